//! The server's farewell before it stops.

use crate::Event;
use serde::{Deserialize, Serialize};

/// The server is about to stop: come back after this long, counted from now. Each client gets its own delay, so that they
/// do not all come at once, and is served until then: the server ends the connection when the time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draining {
    /// Milliseconds until the next attempt to connect.
    pub retry_after_ms: u64,
}

impl Event for Draining {
    const NAME: &'static str = "server.draining";
}
