//! The server's farewell before it stops.

use crate::Event;
use serde::{Deserialize, Serialize};

/// The server is about to stop: come back after this long. Each client gets its own delay, so that they do not all come
/// at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draining {
    /// Milliseconds to wait before the next attempt to connect.
    pub retry_after_ms: u64,
}

impl Event for Draining {
    const NAME: &'static str = "server.draining";
}
