//! Notes on the canvas: making, moving, colouring, editing and deleting them. Lane: log.
//!
//! Where a note is and what colour it has, the last change in the log says. Its text is locked by version: an edit names the
//! version that its author saw, and is refused with `conflict` where the text is another by now.

mod wire;

use crate::{
    Code, Event, Hue, MessageId, Millis, NoteId, Refusal, Request, RoomId, Seq, UserId, cursor::check_place,
    limits::NOTE_TEXT,
};
use serde::{Deserialize, Serialize};

/// A note as it stands on the canvas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// Which.
    pub id: NoteId,
    /// Who made it.
    pub user_id: UserId,
    /// Its top left corner, in canvas units.
    pub x: f64,
    /// Its top left corner, in canvas units.
    pub y: f64,
    /// Its colour.
    pub hue: Hue,
    /// What stands on it; may be empty.
    pub text: String,
    /// The change that wrote the text: what the next edit of it has to name.
    pub version: Seq,
    /// When it was last changed.
    pub at: Millis,
}

/// A wish to change the notes of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeNote {
    /// Which room; it must be joined.
    pub room: RoomId,
    /// What to do.
    pub change: Change,
    /// Made by the client, so that sending again after a lost ack does not do it twice. Absent: the server makes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageId>,
}

/// What is done to a note: `{ "move": { "note": "n1", "x": 10, "y": 20 } }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "wire::Wire")]
pub enum Change {
    /// There is one more. Refused with `notes_full` where there are 500, with `conflict` where one is called so already.
    Make {
        /// What it is called.
        note: NoteId,
        /// Canvas units, finite, within ±1,000,000; else `bad_coordinates`.
        x: f64,
        /// Canvas units, finite, within ±1,000,000; else `bad_coordinates`.
        y: f64,
        /// Its colour.
        hue: Hue,
        /// Up to 1000 characters (Unicode scalar values), else `text_too_long`.
        text: String,
    },
    /// It is somewhere else. This and the following are refused with `unknown_note` where there is none of this name.
    Move {
        /// Which.
        note: NoteId,
        /// Canvas units, finite, within ±1,000,000; else `bad_coordinates`.
        x: f64,
        /// Canvas units, finite, within ±1,000,000; else `bad_coordinates`.
        y: f64,
    },
    /// It has another colour.
    Color {
        /// Which.
        note: NoteId,
        /// Its colour from now on.
        hue: Hue,
    },
    /// It says something else.
    Edit {
        /// Which.
        note: NoteId,
        /// The version that was edited; where it is not the newest, the edit is refused with `conflict`.
        version: Seq,
        /// Up to 1000 characters (Unicode scalar values), else `text_too_long`.
        text: String,
    },
    /// It is gone.
    Delete {
        /// Which.
        note: NoteId,
    },
}

impl Change {
    /// Which note it is about.
    #[must_use]
    pub fn note(&self) -> &NoteId {
        match self {
            Self::Make { note, .. }
            | Self::Move { note, .. }
            | Self::Color { note, .. }
            | Self::Edit { note, .. }
            | Self::Delete { note } => note,
        }
    }

    /// Holds it against the limits that need no notes to be checked. Both sides call this.
    pub fn check(&self) -> Result<(), Refusal> {
        match self {
            Self::Make { x, y, text, .. } => check_place(*x, *y).and_then(|()| check_text(text)),
            Self::Move { x, y, .. } => check_place(*x, *y),
            Self::Edit { text, .. } => check_text(text),
            Self::Color { .. } | Self::Delete { .. } => Ok(()),
        }
    }
}

fn check_text(text: &str) -> Result<(), Refusal> {
    let length = text.chars().count();
    if length <= NOTE_TEXT {
        return Ok(());
    }
    let message = format!("A note has at most {NOTE_TEXT} characters; this one has {length}.");
    Err(Refusal::new(Code::TextTooLong, message))
}

impl Event for ChangeNote {
    const NAME: &'static str = "note.change";
}

impl Request for ChangeNote {
    type Reply = Noted;
}

/// The ack of [`ChangeNote`]: the change has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Its place in the room's log of notes; after an edit, the note's version.
    pub seq: Seq,
    /// When the server took it.
    pub at: Millis,
}

/// One change as everybody in the room hears it, its author too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoteChanged {
    /// In which room.
    pub room: RoomId,
    /// Who changed it.
    pub user_id: UserId,
    /// Its place in the room's log of notes; one more than the change before.
    pub seq: Seq,
    /// The id that its author gave the change.
    pub id: MessageId,
    /// When the server took it.
    pub at: Millis,
    /// What was done.
    pub change: Change,
}

impl Event for NoteChanged {
    const NAME: &'static str = "note.change";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(json: &str) -> Option<Code> {
        let change: Change = serde_json::from_str(json).unwrap();
        change.check().err().map(|refusal| refusal.code)
    }

    #[test]
    fn a_change_is_held_against_its_limits() {
        assert_eq!(code(r#"{"move":{"note":"n","x":0,"y":-1000000}}"#), None);
        assert_eq!(
            code(r#"{"move":{"note":"n","x":0,"y":1000001}}"#),
            Some(Code::BadCoordinates)
        );
        let edit = |text: String| Change::Edit {
            note: "n".parse().unwrap(),
            version: Seq(1),
            text,
        };
        assert!(edit("🪐".repeat(NOTE_TEXT)).check().is_ok());
        assert_eq!(
            edit("a".repeat(NOTE_TEXT + 1)).check().unwrap_err().code,
            Code::TextTooLong
        );
    }
}
