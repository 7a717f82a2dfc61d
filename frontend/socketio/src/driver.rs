//! The drivers: each gives the state machine a socket, a clock and dice, and does what it says. One of them is compiled.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub use native::{Events, connect};
#[cfg(target_arch = "wasm32")]
pub use web::connect;
