//! The canvas: the room's sky, with everybody's cursor in it.
//!
//! What can be thought through without a browser is in `camera` and `gesture`; the rest touches the page and runs inside
//! one effect, so that the server renders no more than an empty `<canvas>`.

pub mod camera;
mod frame_loop;
pub mod gesture;
mod ground;
pub mod hand;
mod keys;
mod layer;
mod paint;
mod palette;
mod sprite;
mod stage;
mod surface;
mod surroundings;
pub mod view;
