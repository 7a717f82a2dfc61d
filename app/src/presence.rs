//! Presence: who is in the room.

pub mod model;
pub mod view;
