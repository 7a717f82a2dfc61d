//! Access: who may come into this room and who may write in it; the button that says so, and the dialog to change it.

pub mod address;
pub mod model;
pub mod view;
