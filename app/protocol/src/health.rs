//! How a server is: the payloads of `GET /healthz` and `/api/rooms`, and the words that the tape shares with them.

use crate::{RoomId, presence::PresenceEntry};
use serde::{Deserialize, Serialize};

/// How replicas share rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// One process, nothing beside it.
    Memory,
    /// Any number of processes, which share them over Redis.
    Redis,
}

impl Mode {
    /// The word on the wire and on the tape.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Redis => "redis",
        }
    }
}

/// Where the logs are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Store {
    /// In the process, and gone with it.
    Memory,
    /// In a file under `DATA_DIR`.
    File,
    /// In the Redis that replicas share.
    Redis,
}

/// What `/healthz` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// `ok`; `degraded` while Redis is away; `draining` once the server was told to stop.
    pub status: Status,
    /// Name of this replica.
    pub instance: String,
    /// How replicas share rooms.
    pub mode: Mode,
    /// Where the logs are kept.
    pub store: Store,
    /// Version of the binary.
    pub version: String,
    /// Seconds since start.
    pub uptime: u64,
    /// Rooms with somebody in them here.
    pub rooms: u64,
    /// Connections that are past CONNECT.
    pub connections: u64,
    /// State of the bus between replicas; `none` in memory mode.
    pub bus: Bus,
    /// Milliseconds that the newest heartbeat took through the bus; absent before the first, and in memory mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bus_lag_ms: Option<f64>,
}

/// Whether the server takes new people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It does.
    Ok,
    /// It does, but is cut off from the other replicas: rooms that are open go on, and what is written waits.
    Degraded,
    /// It is stopping.
    Draining,
}

/// The bus between replicas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bus {
    /// There is none to need.
    #[default]
    None,
    /// Heartbeats come through.
    Up,
    /// They do not: Redis cannot be reached, or does not answer.
    Away,
}

impl Bus {
    /// The word on the wire and on the tape.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Up => "up",
            Self::Away => "away",
        }
    }
}

/// A room with people in it, as the lobby shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveRoom {
    /// Its id.
    pub room: RoomId,
    /// Who is there, in the order they came.
    pub present: Vec<PresenceEntry>,
}
