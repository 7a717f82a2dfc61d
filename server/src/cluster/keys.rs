//! Every key and channel of ours in Redis, and how long each lives. Nothing else names one.
//!
//! The keys of a room share a hash tag, so that Redis Cluster keeps them in one slot and one script may use them together.

use crate::store::Topic;
use protocol::{RoomId, UserId};
use std::time::Duration;

/// How long the entries of people who are in a room outlive the replica that last refreshed them. Their lease ends far
/// earlier; this is for rooms in which nobody is left to sweep.
pub const PRESENCE_TTL: Duration = Duration::from_secs(60);

/// How long a replica is taken for alive after its last sign of life.
pub const LEASE: Duration = Duration::from_secs(5);

/// How long the count of a person's connections is believed after it was last written.
pub const CONNECTIONS_TTL: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How long a room is known to be private after access to it was last changed: ten years.
pub const ACCESS_TTL: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// How long a log lives in which nothing was ever written: as long as somebody may hold a page of it open.
pub const EMPTY_LOG_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// What replicas tell each other beside rooms: heartbeats, notifications and revocations.
pub const BUS: &str = "orrery:bus";

/// A sorted set: replicas that are alive, by when their lease ends, in milliseconds of Redis' clock. Needs no TTL: each
/// sign of life takes out those whose end is past, and the last to go takes the key with it.
pub const REPLICAS: &str = "orrery:replicas";

/// A sorted set: rooms in which somebody is or lately was, by when that has to be said again, in milliseconds of Redis'
/// clock. Kept as [`REPLICAS`] is.
pub const ROOMS: &str = "orrery:rooms";

/// A sorted set: people whose tokens were revoked, by the second up to which those were signed. Lives as long as the
/// longest token after the newest of them; what is older goes with each change.
pub const REVOKED: &str = "orrery:revoked";

/// What replicas tell each other of a room; subscribed only while somebody is in it.
#[must_use]
pub fn channel(room: &RoomId) -> String {
    format!("orrery:{{{room}}}")
}

/// The room of such a channel.
#[must_use]
pub fn room_of(channel: &str) -> Option<RoomId> {
    channel.strip_prefix("orrery:{")?.strip_suffix('}')?.parse().ok()
}

/// A hash: who is in a room on which replica, and the count of changes. Lives for [`PRESENCE_TTL`] after it was refreshed.
#[must_use]
pub fn presence(room: &RoomId) -> String {
    format!("orrery:{{{room}}}:presence")
}

/// A hash: how many connections a person has on each replica. Lives for [`CONNECTIONS_TTL`] after it was written.
#[must_use]
pub fn connections(user: &UserId) -> String {
    format!("orrery:connections:{user}")
}

/// The keys of a log, in the order in which scripts take them: a hash (its epoch, its last entry, its snapshot), the stream
/// of its entries, and a hash from authors' ids to places. They live as long as `Config::keep_days` says, counted from the
/// last entry.
#[must_use]
pub fn log(room: &RoomId, topic: Topic) -> Vec<String> {
    let topic = topic.as_str();
    vec![
        format!("orrery:{{{room}}}:{topic}"),
        format!("orrery:{{{room}}}:{topic}:entries"),
        format!("orrery:{{{room}}}:{topic}:ids"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Redis Cluster hashes of a key.
    fn tag(key: &str) -> &str {
        let (_, after) = key.split_once('{').unwrap();
        after.split_once('}').unwrap().0
    }

    #[test]
    fn the_keys_of_a_room_share_a_slot() {
        let room: RoomId = "Sky_1.b-2".parse().unwrap();
        let mut keys = vec![channel(&room), presence(&room)];
        for topic in Topic::ALL {
            keys.extend(log(&room, topic));
        }
        assert!(keys.iter().all(|key| tag(key) == room.as_str()), "{keys:?}");
    }

    #[test]
    fn a_channel_names_its_room() {
        let room: RoomId = "sky".parse().unwrap();
        assert_eq!(room_of(&channel(&room)), Some(room));
        for other in [BUS, "orrery:{}", "orrery:{a b}", "sky"] {
            assert_eq!(room_of(other), None, "{other}");
        }
    }
}
