//! How much one address, one person and one connection may do. People never meet these limits; scripts do.

use clap::Args;
use ipnet::IpNet;
use protocol::limits::{PACKET, ROOMS_PER_CONNECTION};
use std::{fmt, net::IpAddr, num::NonZeroU32, str::FromStr};

/// Bytes that may be waiting for one connection: a few of the fullest rooms, as they are told to who joins.
const QUEUE: u32 = 8 * 1024 * 1024;

/// What is limited beside rooms.
#[derive(Clone, Debug, Args)]
pub struct Limits {
    /// New sockets from one address (of IPv6: one /64): so many a second, with bursts of so many, or `off`. Refused over
    /// HTTP with 429 and `rate_limited`.
    #[arg(long, env = "RATE_CONNECT", default_value_t = Rate::of(50, 200))]
    pub rate_connect: Rate,

    /// Joins of one connection (`rate_limited`).
    #[arg(long, env = "RATE_JOIN", default_value_t = Rate::of(5, 40))]
    pub rate_join: Rate,

    /// Chat messages of one connection (`rate_limited`).
    #[arg(long, env = "RATE_CHAT", default_value_t = Rate::of(10, 30))]
    pub rate_chat: Rate,

    /// Cursors, carets and typing of one connection. What comes faster is not refused: the newest is kept, and told as soon
    /// as it may.
    #[arg(long, env = "RATE_CURSOR", default_value_t = Rate::of(60, 120))]
    pub rate_cursor: Rate,

    /// Edits of the document by one connection (`rate_limited`).
    #[arg(long, env = "RATE_DOCUMENT", default_value_t = Rate::of(50, 200))]
    pub rate_document: Rate,

    /// Changes of notes by one connection (`rate_limited`).
    #[arg(long, env = "RATE_NOTE", default_value_t = Rate::of(20, 60))]
    pub rate_note: Rate,

    /// All other events of one connection, and those that are none (`rate_limited`).
    #[arg(long, env = "RATE_OTHER", default_value_t = Rate::of(20, 60))]
    pub rate_other: Rate,

    /// Refusals of one connection. Who is refused more often than this does not listen, and is ended.
    #[arg(long, env = "RATE_REFUSED", default_value_t = Rate::of(50, 500))]
    pub rate_refused: Rate,

    /// Notifications by one person over HTTP (429, `rate_limited`).
    #[arg(long, env = "RATE_NOTIFY", default_value_t = Rate::of(5, 20))]
    pub rate_notify: Rate,

    /// Connections that one person may have open, on all replicas together (`too_many_connections`).
    #[arg(long, env = "CONNECTIONS_PER_USER", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub connections_per_user: u32,

    /// Rooms that one connection may be in at once (`too_many_rooms`).
    #[arg(long, env = "ROOMS_PER_CONNECTION", default_value_t = ROOMS_PER_CONNECTION as u32, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rooms_per_connection: u32,

    /// Sockets that have not said yet whose they are; more are refused over HTTP with 503 and `busy`. Each has ten seconds
    /// and 16 KiB to say so, and counts for as long even if it is closed before.
    #[arg(long, env = "PENDING", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub pending: u32,

    /// Bytes of one packet; a connection that sends a larger one is ended, since its rest cannot be skipped.
    #[arg(long, env = "PACKET_BYTES", default_value_t = PACKET as u32, value_parser = clap::value_parser!(u32).range(16_384..=16_777_216))]
    pub packet_bytes: u32,

    /// Bytes that may be waiting for one connection: one that has more is ended, and resumes. From half of it on, joins and
    /// pages of chat are refused (`busy`), since they can be asked for again.
    #[arg(long, env = "QUEUE_BYTES", default_value_t = QUEUE, value_parser = clap::value_parser!(u32).range(65_536..=1_073_741_824))]
    pub queue_bytes: u32,

    /// Bytes of memory that the process may take; where absent three quarters of what the container or the machine has. From
    /// seven eighths of it on, until a quarter is free again, those for whom most is waiting are ended and resume, rooms that
    /// live in memory are forgotten that were left longest ago, and joins, pages of chat, large edits (`busy`) and new
    /// sockets (HTTP 503) are refused; beyond it all that is written is.
    #[arg(long, env = "MEMORY_BYTES", value_parser = clap::value_parser!(u64).range(67_108_864..))]
    pub memory_bytes: Option<u64>,

    /// Networks of the proxies in front, such as `10.0.0.0/8,fd00::/8`: what they say in `X-Forwarded-For` is believed.
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rate_connect: Rate::of(50, 200),
            rate_join: Rate::of(5, 40),
            rate_chat: Rate::of(10, 30),
            rate_cursor: Rate::of(60, 120),
            rate_document: Rate::of(50, 200),
            rate_note: Rate::of(20, 60),
            rate_other: Rate::of(20, 60),
            rate_refused: Rate::of(50, 500),
            rate_notify: Rate::of(5, 20),
            connections_per_user: 50,
            rooms_per_connection: ROOMS_PER_CONNECTION as u32,
            pending: 1000,
            packet_bytes: PACKET as u32,
            queue_bytes: QUEUE,
            memory_bytes: None,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Limits {
    /// No rate is limited: for tests that speak as fast as they can.
    #[must_use]
    pub fn unhurried() -> Self {
        Self {
            rate_connect: Rate::OFF,
            rate_join: Rate::OFF,
            rate_chat: Rate::OFF,
            rate_cursor: Rate::OFF,
            rate_document: Rate::OFF,
            rate_note: Rate::OFF,
            rate_other: Rate::OFF,
            rate_refused: Rate::OFF,
            rate_notify: Rate::OFF,
            ..Self::default()
        }
    }
}

/// How often something may happen: `10/30` is ten times a second, and thirty at once after a rest; `10` is `10/10`; `off`
/// is as often as one likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(Option<(NonZeroU32, NonZeroU32)>);

impl Rate {
    /// As often as one likes.
    pub const OFF: Self = Self(None);

    /// So many a second, and so many at once; 0 counts as 1.
    #[must_use]
    pub const fn of(per_second: u32, burst: u32) -> Self {
        Self(Some((at_least_one(per_second), at_least_one(burst))))
    }

    /// The two numbers; `None` where there is no limit.
    #[must_use]
    pub fn limit(self) -> Option<(NonZeroU32, NonZeroU32)> {
        self.0
    }
}

const fn at_least_one(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((per_second, burst)) => write!(f, "{per_second}/{burst}"),
            None => f.write_str("off"),
        }
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::OFF);
        }
        let (per_second, burst) = text.split_once('/').unwrap_or((text, text));
        match (per_second.parse(), burst.parse()) {
            (Ok(per_second), Ok(burst)) => Ok(Self(Some((per_second, burst)))),
            _ => Err("a rate is `10/30` (a second, and at once after a rest), `10`, or `off`".to_owned()),
        }
    }
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| "an address or a network, such as 10.0.0.0/8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use clap::Parser as _;

    #[test]
    fn a_rate_is_read_as_it_is_written() {
        for text in ["10/30", "1/1", "off"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        assert_eq!("7".parse(), Ok(Rate::of(7, 7)));
        for wrong in ["", "0", "0/5", "5/0", "-1", "1/2/3", "on"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_defaults_are_the_same_by_flag_and_in_code() {
        let parsed = Config::try_parse_from(["orrery"]).unwrap().limits;
        assert_eq!(format!("{parsed:?}"), format!("{:?}", Limits::default()));
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let parsed = Config::try_parse_from(["orrery", "--trusted-proxies", "10.0.0.0/8, ::1,192.0.2.7"]).unwrap();
        let proxies: Vec<String> = parsed.limits.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(proxies, ["10.0.0.0/8", "::1/128", "192.0.2.7/32"]);
        assert!(Config::try_parse_from(["orrery", "--trusted-proxies", "nginx"]).is_err());
    }
}
