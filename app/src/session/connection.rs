//! How it stands with the connection, in the words of the person who waits for it.

use super::Session;
use leptos::prelude::*;
use protocol::{Refusal, health::Bus};

/// What a person is told of the connection.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    /// The room is being asked for.
    Connecting,
    /// In the room: what is seen is what is.
    Live,
    /// It was lost. What is written meanwhile is kept.
    Reconnecting {
        /// Which attempt comes next, from 1.
        attempt: u32,
        /// When it begins, in milliseconds of [`crate::clock::now`].
        until: f64,
        /// Why, where the server has said so.
        why: Option<Refusal>,
    },
    /// The server said no, and nothing happens until the person asks for it ([`super::Session::reconnect`]).
    Refused(Refusal),
}

impl Connection {
    /// A word for a `data-state` attribute: `connecting`, `live`, `reconnecting` or `refused`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Reconnecting { .. } => "reconnecting",
            Self::Refused(_) => "refused",
        }
    }

    /// Whether the server said no.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// Whole seconds until the next attempt as seen at `now`, rounded up; 0 when nothing is waited for.
    #[must_use]
    pub fn seconds_left(&self, now: f64) -> u32 {
        match self {
            Self::Reconnecting { until, .. } => ((until - now) / 1000.0).ceil().max(0.0) as u32,
            _ => 0,
        }
    }
}

impl Session {
    /// Whether I am in the room, but its server is cut off from the others, so that what I write waits. To be read where it
    /// is to be followed.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        let live = self.status.with(|status| *status == Connection::Live);
        live && self.tape.with(|tape| tape.bus == Bus::Away)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_ends_at_zero() {
        let waiting = Connection::Reconnecting {
            attempt: 1,
            until: 5000.0,
            why: None,
        };
        assert_eq!(waiting.seconds_left(1900.0), 4);
        assert_eq!(waiting.seconds_left(5000.0), 0);
        assert_eq!(waiting.seconds_left(9000.0), 0);
        assert_eq!(Connection::Live.seconds_left(0.0), 0);
    }
}
