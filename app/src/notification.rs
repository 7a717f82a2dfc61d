//! Notifications: who was named in a text, and what the page shows to somebody who was.

pub mod mention;
pub mod model;
pub mod view;
