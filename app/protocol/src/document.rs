//! The shared document: edits and the text they come to (lane: log), and carets in it (lane: tick).
//!
//! Places and lengths are counted in characters (Unicode scalar values), never in bytes or UTF-16 units. Lines end with a
//! line feed alone. How operations are transformed is the crate `document`'s business; here is only what they look like.

mod operation;

pub use operation::{Operation, Step};

use crate::{Event, MessageId, PeerId, Position, Refusal, Request, RoomId, Seq, UserId};
use serde::{Deserialize, Serialize};

/// A wish to change the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditDocument {
    /// Of which room; it must be joined.
    pub room: RoomId,
    /// The revision that the operation is made for. One that is older than the document's is transformed on the server;
    /// one of another epoch, or so old that its successors are kept no longer, is refused with `history_gone`; one that is
    /// yet to come with `unknown_revision`.
    pub base: Position,
    /// What to do to the text of that revision; see [`Operation::check`] for its limits. Refused with `bad_operation` where
    /// its length is not the text's, with `document_full` where the text would grow beyond 1 MiB of UTF-8.
    pub operation: Operation,
    /// Made by the client, so that sending again after a lost ack does not do it twice. Absent: the server makes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageId>,
}

impl EditDocument {
    /// Holds the operation against the limits that need no text to be checked.
    pub fn check(&self) -> Result<(), Refusal> {
        self.operation.check()
    }
}

impl Event for EditDocument {
    const NAME: &'static str = "document.edit";
}

impl Request for EditDocument {
    type Reply = Edited;
}

/// The ack of [`EditDocument`]: the edit has its place, and everybody heard it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// Its place: the revision that it made.
    pub seq: Seq,
}

/// One edit as everybody in the room hears it, its author too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentEdited {
    /// Of which room.
    pub room: RoomId,
    /// Who edited.
    pub user_id: UserId,
    /// Which of the person's connections.
    pub peer: PeerId,
    /// The revision that it made; one more than the edit before.
    pub seq: Seq,
    /// The id that its author gave it.
    pub id: MessageId,
    /// What it does to the text of the revision before.
    pub operation: Operation,
}

impl Event for DocumentEdited {
    const NAME: &'static str = "document.edit";
}

/// A wish to have one's caret shown. Not acknowledged; only the newest of a tick is passed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveCaret {
    /// Of which room; it must be joined.
    pub room: RoomId,
    /// Where; `null` where the caret is not in the document any more.
    pub caret: Option<Caret>,
}

impl Event for MoveCaret {
    const NAME: &'static str = "document.caret";
}

/// A caret, or what is selected between it and its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caret {
    /// The revision in which the places are counted. Of a revision that is gone or yet to come, a caret is not shown.
    pub seq: Seq,
    /// Characters before the place where the selection began; the same as `head` where nothing is selected. Beyond the end
    /// of the text it is taken as the end.
    pub anchor: u32,
    /// Characters before the caret.
    pub head: u32,
}

/// One connection's caret moved: what clients that did not ask for batches get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaretMoved {
    /// Of which room.
    pub room: RoomId,
    /// Whose.
    pub user_id: UserId,
    /// On which of the person's connections.
    pub peer: PeerId,
    /// Where, in a revision that the server had at that time; `null` where it is not in the document any more.
    pub caret: Option<Caret>,
}

impl Event for CaretMoved {
    const NAME: &'static str = "document.caret";
}

/// A caret in a frame, or in a welcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaretAt {
    /// Whose.
    pub peer: PeerId,
    /// See [`CaretMoved::caret`].
    pub caret: Option<Caret>,
}
