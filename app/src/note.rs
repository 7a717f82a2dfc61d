//! Notes: what sticks on the canvas, and what one is about to change about it.

pub mod board;
mod card;
mod drag;
mod editing;
pub mod model;
pub mod view;
