//! Presence: who is in a room. Lane: lease.

use crate::{Event, Hue, Millis, Name, PeerId, RoomId, UserId};
use serde::{Deserialize, Serialize};

/// One person in a room, however many tabs they have open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PresenceEntry {
    /// Who.
    pub user_id: UserId,
    /// What they are called, by their newest connection.
    pub name: Name,
    /// Colour of avatar and cursors.
    pub hue: Hue,
    /// Their connections in this room, oldest first; never empty.
    pub peers: Vec<PeerId>,
    /// When they came.
    pub since: Millis,
}

/// Everybody in a room: what clients that did not ask for batches get on each join and leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Where.
    pub room: RoomId,
    /// All of them, in the order they came.
    pub present: Vec<PresenceEntry>,
}

impl Event for Presence {
    const NAME: &'static str = "presence";
}

/// The difference to the list before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceChanged {
    /// Where.
    pub room: RoomId,
    /// Those who came or changed (a tab more, another name), as they are now.
    pub changed: Vec<PresenceEntry>,
    /// Those who left.
    pub left: Vec<UserId>,
}

impl Event for PresenceChanged {
    const NAME: &'static str = "presence.diff";
}
