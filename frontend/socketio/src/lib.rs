//! A Socket.IO v5 (Engine.IO v4) client in pure Rust: one state machine, and two drivers for it, one for the browser
//! (`wasm32-unknown-unknown`, over `web-sys`) and one for native programs (over tokio).
//!
//! # What it does
//! - Connects to the default namespace `/`, with an auth payload that is asked for anew at each attempt.
//! - Events and acknowledgements in both directions, with binary attachments.
//! - Notices a dead connection (no ping within `pingInterval + pingTimeout`) and comes back with full-jitter backoff, or
//!   after the delay the server asked for ([`Client::retry_after`]).
//! - Sends nothing before the server has acknowledged CONNECT; what is emitted earlier waits.
//! - Three ways to send, for three kinds of message: [`Client::emit`] (in order, fails while offline),
//!   [`Client::emit_volatile`] (dropped unless it can leave at once) and [`Client::request`] with [`Delivery::Kept`]
//!   (sent again after each reconnect until it is acknowledged, within a bounded queue).
//!
//! # What it deliberately does not do
//! - **WebSocket is the only transport.** There is no HTTP long-polling and no upgrade, so no sticky sessions are needed.
//! - One namespace, the JSON parser, no connection state recovery: what was missed while away is the application's to
//!   ask for.
//!
//! On native `wss://` needs the feature `tls`; a browser brings its own.
//!
//! # When it does not come back by itself
//! As in the official client: after `connect_error` ([`Event::Refused`]) and after the server disconnected us on purpose
//! ([`Reason::ServerDisconnect`]) it rests until [`Client::reconnect`]. A server that named a delay first
//! ([`Client::retry_after`]) wants us back, so then it does come back.
//!
//! # Example
//! ```no_run
//! # #[cfg(not(target_arch = "wasm32"))]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use serde_json::json;
//! use socketio::{Config, Delivery, Event, connect};
//!
//! let auth = || async { Ok(json!({ "token": "secret" })) };
//! let (client, mut events) = connect(Config::new("http://127.0.0.1:3000"), auth);
//!
//! while let Some(event) = events.next().await {
//!     match event {
//!         Event::Connected { .. } => {
//!             client.emit("hello", &json!({ "from": "rust" }))?;
//!             let answer = client.request("sum", &[1, 2, 3], Delivery::Once).await?;
//!             assert_eq!(answer.parse::<i64>()?, 6);
//!         }
//!         Event::Message { name, payload, ack } => {
//!             let text: String = payload.parse()?;
//!             if let Some(ack) = ack {
//!                 client.reply(ack, &format!("{name}: {text}"))?;
//!             }
//!         }
//!         Event::Refused { message, .. } => return Err(message.into()),
//!         Event::Disconnected { .. } | Event::Reconnecting { .. } => {}
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//! In the browser `connect` takes a third argument, the closure that hears each [`Event`], and returns the [`Client`].
//!
//! # How it is built
//! The state machine (`connection.rs`) is sans-I/O: `(input, moment) -> outputs`. It has no clock, no dice and no socket;
//! a driver hands it the time and a random number and does what the outputs say. The browser therefore runs exactly
//! the code that the native tests have proved.

mod ack;
mod backoff;
mod client;
mod config;
mod connection;
mod driver;
mod error;
mod event;
mod packet;
mod payload;
mod queue;

pub use backoff::Backoff;
pub use client::{Client, Delivery, Request};
pub use config::Config;
#[cfg(not(target_arch = "wasm32"))]
pub use driver::Events;
pub use driver::connect;
pub use error::{EmitError, RequestError};
pub use event::{AckId, Event, Reason};
pub use payload::{Payload, Placeholder};

/// For the fuzz target alone: whether a text is a packet.
#[cfg(fuzzing)]
#[must_use]
pub fn decode_packet(text: &str) -> bool {
    packet::decode::decode(text).is_ok()
}
