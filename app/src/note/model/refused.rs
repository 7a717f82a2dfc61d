//! An own change that was refused and taken back: what the person has to be asked or told.

use protocol::{
    Code, NoteId, Refusal,
    note::{Change, Note},
};

/// An own change that was refused and taken back, with all that is needed to decide what now.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// What was to be done.
    pub change: Change,
    /// Why it was not. With [`Code::Conflict`] it holds the note as it is.
    pub refusal: Refusal,
}

/// What there is to decide about an own change that was refused.
#[derive(Clone, Debug, PartialEq)]
pub enum Matter {
    /// Two have written a text on the same note.
    Conflict {
        /// The note as it is.
        theirs: Note,
        /// What I wrote.
        mine: String,
    },
    /// I wrote on a note that somebody has taken away.
    Gone {
        /// What I wrote.
        mine: String,
    },
    /// Anything else: it can be read, and be done again.
    Other {
        /// What I wrote, where I wrote something.
        mine: Option<String>,
    },
}

impl Refused {
    /// Which note it is about.
    #[must_use]
    pub fn note(&self) -> &NoteId {
        self.change.note()
    }

    /// What there is to decide.
    #[must_use]
    pub fn matter(&self) -> Matter {
        match (&self.change, self.refusal.code, self.refusal.current.as_deref()) {
            (Change::Edit { text, .. }, Code::Conflict, Some(note)) => Matter::Conflict {
                theirs: note.clone(),
                mine: text.clone(),
            },
            (Change::Edit { text, .. }, Code::UnknownNote, _) => Matter::Gone { mine: text.clone() },
            (Change::Edit { text, .. } | Change::Make { text, .. }, ..) => Matter::Other {
                mine: Some(text.clone()).filter(|text| !text.is_empty()),
            },
            _ => Matter::Other { mine: None },
        }
    }
}
