//! The telemetry tape: what the system says of itself to the people who use it.

use crate::{
    Event, Millis, Request,
    health::{Bus, Mode},
};
use serde::{Deserialize, Serialize};

/// Asks for a reading. The time until the ack is the round-trip time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadTape {}

impl Event for ReadTape {
    const NAME: &'static str = "tape";
}

impl Request for ReadTape {
    type Reply = TapeReading;
}

/// The ack of [`ReadTape`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TapeReading {
    /// Name of the replica that answers.
    pub instance: String,
    /// How replicas share rooms.
    pub mode: Mode,
    /// How this connection travels.
    pub transport: Transport,
    /// Connections to this replica.
    pub connections: u64,
    /// Rooms with somebody in them on this replica.
    pub rooms: u64,
    /// State of the bus between replicas. Absent means `none`.
    #[serde(default)]
    pub bus: Bus,
    /// Milliseconds that the newest heartbeat took through the bus; absent before the first, and in memory mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bus_lag_ms: Option<f64>,
    /// Server time.
    pub at: Millis,
}

/// How a connection travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// One WebSocket.
    Websocket,
    /// HTTP long polling.
    Polling,
}

impl Transport {
    /// The word on the wire and on the tape.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Websocket => "websocket",
            Self::Polling => "polling",
        }
    }
}
