//! Who is typing in the chat. Lane: tick.

use crate::{Event, PeerId, RoomId, UserId};
use serde::{Deserialize, Serialize};

/// Says that one is typing, or is no longer. Not acknowledged. It ends by itself five seconds after it was last said, with
/// the next message, and with the connection; so it is to be said again every few seconds while it lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Type {
    /// Where; it must be joined.
    pub room: RoomId,
    /// Whether one is.
    pub typing: bool,
}

impl Event for Type {
    const NAME: &'static str = "typing";
}

/// Somebody began or ended typing: what clients that did not ask for batches get. A receiver forgets it after six seconds
/// without a repetition, should its end be lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TypingChanged {
    /// Where.
    pub room: RoomId,
    /// Who.
    pub user_id: UserId,
    /// On which of the person's connections.
    pub peer: PeerId,
    /// Whether they are.
    pub typing: bool,
}

impl Event for TypingChanged {
    const NAME: &'static str = "typing";
}

/// `[peer, typing]`: the same in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypingAt(pub PeerId, pub bool);
