//! A note that I write on: what comes of it when I am done. Pure.

use protocol::{
    NoteId, Seq,
    limits::NOTE_TEXT,
    note::{Change, Note},
};

/// Characters left from which on they are counted before the eyes of who writes.
const NEAR: usize = 100;

/// A note that I write on. It keeps what it began with: whatever others do to the note meanwhile, the server decides when I
/// am done, and nothing moves under my hands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Editing {
    /// Which.
    pub(super) note: NoteId,
    /// The text when I began.
    pub(super) before: String,
    version: Seq,
    /// Whether I have just made it.
    fresh: bool,
}

impl Editing {
    /// I begin to write on what I see.
    pub(super) fn begun(note: &Note, fresh: bool) -> Self {
        Self {
            note: note.id.clone(),
            before: note.text.clone(),
            version: note.version,
            fresh,
        }
    }

    /// I am done, with this text. A note that was just made and is left empty goes again.
    pub(super) fn done(&self, text: &str) -> Option<Change> {
        if text.trim().is_empty() && self.fresh {
            return self.cancelled();
        }
        (text != self.before).then(|| Change::Edit {
            note: self.note.clone(),
            version: self.version,
            text: text.to_owned(),
        })
    }

    /// I want none of it.
    pub(super) fn cancelled(&self) -> Option<Change> {
        let note = self.note.clone();
        self.fresh.then_some(Change::Delete { note })
    }
}

/// How many of its characters a text has, where it comes near the limit.
pub(super) fn count(text: &str) -> Option<String> {
    let length = text.chars().count();
    (length + NEAR >= NOTE_TEXT).then(|| format!("{length} of {NOTE_TEXT}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Hue, Millis};

    fn begun(text: &str, fresh: bool) -> Editing {
        let note = Note {
            id: "n".parse().unwrap(),
            user_id: "ann".parse().unwrap(),
            x: 0.0,
            y: 0.0,
            hue: Hue::try_from(0).unwrap(),
            text: text.to_owned(),
            version: Seq(3),
            at: Millis(0),
        };
        Editing::begun(&note, fresh)
    }

    #[test]
    fn an_edit_names_what_it_began_with() {
        let editing = begun("one", false);
        assert_eq!((editing.done("one"), editing.cancelled()), (None, None));
        let edit = editing.done("two");
        assert!(matches!(edit, Some(Change::Edit { version: Seq(3), text, .. }) if text == "two"));
        assert!(
            matches!(editing.done(""), Some(Change::Edit { .. })),
            "emptied, not taken away"
        );
    }

    #[test]
    fn a_new_note_that_is_left_empty_goes_again() {
        let editing = begun("", true);
        assert!(matches!(editing.done(" \n"), Some(Change::Delete { .. })));
        assert!(matches!(editing.cancelled(), Some(Change::Delete { .. })));
        assert!(matches!(editing.done("kept"), Some(Change::Edit { .. })));
    }

    #[test]
    fn characters_are_counted_near_the_limit() {
        assert_eq!(count(&"a".repeat(899)), None);
        assert_eq!(count(&"ü".repeat(900)).as_deref(), Some("900 of 1000"));
        assert_eq!(count(&"a".repeat(1001)).as_deref(), Some("1001 of 1000"));
    }
}
