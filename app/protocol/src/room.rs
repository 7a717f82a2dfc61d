//! Joining and leaving a room, and the welcome that holds all one needs to begin.

use crate::{
    Access, Event, Hue, InviteId, Millis, Name, PeerId, Position, Replay, Request, RoomId, UserId,
    chat::ChatMessage,
    cursor::CursorAt,
    document::{CaretAt, DocumentEdited},
    health::Mode,
    note::{Note, NoteChanged},
    presence::PresenceEntry,
};
use serde::{Deserialize, Serialize};

/// A wish to be in a room. Joining again is harmless: it is answered with a new welcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// Which; it is opened where it does not exist.
    pub room: RoomId,
    /// Where the client stands after a lost connection. Absent: it has nothing yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
    /// `true` asks for `cursors` and `presence.diff` in place of `cursor` and `presence`.
    #[serde(default)]
    pub batch: bool,
    /// An invitation to a private room; refused with `invite_invalid` where it is none that holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<InviteId>,
}

/// The last entry that the client has of each log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Of the chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<Position>,
    /// Of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Position>,
    /// Of the notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Position>,
}

impl Event for Join {
    const NAME: &'static str = "room.join";
}

impl Request for Join {
    type Reply = Welcome;
}

/// The ack of [`Join`]: the state of the room at one moment. What happened later comes as events, and nothing falls
/// between: the newcomer is among the hearers before this is cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Welcome {
    /// Which room.
    pub room: RoomId,
    /// How the others see the newcomer.
    pub you: You,
    /// Everybody who is there, the newcomer too.
    pub present: Vec<PresenceEntry>,
    /// Where their cursors rest.
    pub cursors: Vec<CursorAt>,
    /// The chat that was missed, or its newest lines.
    pub chat: Replay<ChatMessage>,
    /// The edits of the document that were missed, or its text.
    pub document: Replay<DocumentEdited, String>,
    /// The changes of notes that were missed, or all notes.
    pub note: Replay<NoteChanged, Vec<Note>>,
    /// Where the others' carets are.
    pub carets: Vec<CaretAt>,
    /// Which connections are typing.
    pub typing: Vec<PeerId>,
    /// Who may do what here.
    #[serde(default)]
    pub access: Access,
    /// Whether all logs that the client said where it stands in go on exactly there.
    pub recovered: bool,
    /// Name of the replica that answers.
    pub instance: String,
    /// How replicas share rooms.
    pub mode: Mode,
    /// Milliseconds between two frames of cursors as the room is now, at least; sending more often than this is of no use.
    pub tick_ms: u32,
    /// Server time.
    pub at: Millis,
}

/// The newcomer, as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct You {
    /// Who.
    pub user_id: UserId,
    /// This connection.
    pub peer: PeerId,
    /// Shown name.
    pub name: Name,
    /// Shown colour.
    pub hue: Hue,
}

/// A wish to be in a room no longer. Leaving a room that was not joined is refused with `not_joined`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// Which.
    pub room: RoomId,
}

impl Event for Leave {
    const NAME: &'static str = "room.leave";
}

impl Request for Leave {
    type Reply = Left;
}

/// The ack of [`Leave`], for those who ask for one: `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {}
