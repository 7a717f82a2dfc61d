//! The shared document: the text that everybody in the room edits at once.

pub mod model;
pub mod view;
