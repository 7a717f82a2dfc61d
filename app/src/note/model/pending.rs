//! One's own change of a note from the moment it is made until it is heard in its place in the log.

use protocol::{MessageId, NoteId, Seq, note::Change};

/// An own change that is shown already but has no place in the log that this page has seen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pending {
    /// Made here; the server's answer and the broadcast carry it too.
    pub(super) id: MessageId,
    /// What is done.
    pub(super) change: Change,
    /// The version that its text has until the log gives it one.
    pub(super) version: Seq,
    /// How it stands.
    pub(super) stage: Stage,
}

/// How it stands with an own change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// An earlier change of the same note is under way.
    Waiting,
    /// It was sent, and is sent again until it is answered.
    Sent,
    /// The server has it, in this place; it is yet to be heard.
    Taken(Seq),
}

impl Pending {
    /// Whether it waits for its turn behind another change of this note.
    pub(super) fn waits_for(&self, note: &NoteId) -> bool {
        self.stage == Stage::Waiting && self.change.note() == note
    }

    /// Whether the server has yet to answer it.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Taken(_))
    }
}

/// Whether, once `newer` is done, nothing is seen of `older`.
pub(super) fn replaces(newer: &Change, older: &Change) -> bool {
    let alike = matches!(
        (newer, older),
        (Change::Move { .. }, Change::Move { .. })
            | (Change::Color { .. }, Change::Color { .. })
            | (Change::Edit { .. }, Change::Edit { .. })
            | (Change::Delete { .. }, _)
    );
    alike && newer.note() == older.note()
}
