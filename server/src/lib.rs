//! Orrery's network edge: one process that serves pages, sockets, HTTP API and metrics from one origin.
//!
//! A [`Server`] is a value: make it from a [`Config`], let it listen, shut it down. `main.rs` does just that; tests start
//! several in one process.
//!
//! What lives where:
//! - [`gateway`] is the only place that names socketioxide: it decodes, checks and hands over.
//! - [`room`] is what happens in a room: pure state in an actor's shell. It names no socket, no HTTP and no store.
//! - [`store`] keeps logs, [`lease`] keeps who is where; both are traits.
//! - [`cluster`] is what it takes to be one of many; it and `store::redis` name fred.
//! - [`token`] says who may come in, [`revocation`] who no longer may.
//! - [`web`] is everything over plain HTTP.

pub mod clock;
pub mod cluster;
pub mod config;
pub mod gateway;
pub mod lease;
pub mod limit;
pub mod listener;
pub mod memory;
pub mod metrics;
pub mod revocation;
pub mod room;
pub mod rooms;
pub mod server;
pub mod store;
pub mod token;
pub mod web;

pub use config::Config;
pub use server::Server;
