//! Chat: what was said in the room, and what one is about to have said.

pub mod id;
pub mod model;
pub mod view;
