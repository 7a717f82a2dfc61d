//! The document of one room as this page knows it: the text, what of it the server has not confirmed, what of it the text
//! field does not show yet, carets, undo.
//!
//! Pure: it neither sends nor paints. [`crate::session::Session`] hands it what was heard and does what it asks for; the
//! text field tells it what was typed and shows what has changed. What the field shows can lag behind the text, since it must
//! not be touched while a character is being composed.

mod carets;
mod ends;
mod hearing;
mod kept;
mod stroke;
#[cfg(test)]
mod tests;
mod writing;

pub use carets::Shown;
pub use hearing::After;
pub use kept::Kept;

use crate::log::Follower;
use ::document::{Client, OperationSeq, Undo, difference, utf16};
use carets::{Mine, Others};
use protocol::{
    PeerId, Position, UserId,
    document::{Caret, CaretAt, DocumentEdited},
};
use stroke::Stroke;

/// The document of one room.
#[derive(Debug)]
pub struct Model {
    me: UserId,
    follower: Follower<DocumentEdited>,
    /// `None` before the first welcome.
    client: Option<Client>,
    undo: Undo,
    /// What the person typed last.
    typed: Option<Stroke>,
    /// What the text field shows.
    shown: String,
    /// What leads from what is shown to the text.
    unseen: OperationSeq,
    /// Whether the last of what is unseen is an own undo or redo.
    stepped: bool,
    others: Others,
    mine: Mine,
    kept: Option<Kept>,
}

impl Model {
    /// No document, as far as is known.
    #[must_use]
    pub fn new(me: UserId) -> Self {
        Self {
            me,
            follower: Follower::default(),
            client: None,
            undo: Undo::new(),
            typed: None,
            shown: String::new(),
            unseen: OperationSeq::default(),
            stepped: false,
            others: Others::default(),
            mine: Mine::default(),
            kept: None,
        }
    }

    /// Whether the text is known and can be edited.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.client.is_some()
    }

    /// The document is not mine to read any more. What was refused or lost of what I wrote stays mine.
    pub fn close(&mut self) {
        let (shown, kept) = (std::mem::take(&mut self.shown), self.kept.take());
        *self = Self::new(self.me.clone());
        self.unseen = difference(&shown, "", None);
        (self.shown, self.kept) = (shown, kept);
    }

    /// The text, with all that is not confirmed yet.
    #[must_use]
    pub fn text(&self) -> &str {
        self.client.as_ref().map_or("", Client::text)
    }

    /// What the text field shows, as far as we know.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether something is not confirmed by the server yet.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.client.as_ref().is_some_and(|client| !client.is_synchronised())
    }

    /// What was written and then refused, or lost by the server, until the person has decided about it.
    #[must_use]
    pub fn kept(&self) -> Option<&Kept> {
        self.kept.as_ref()
    }

    /// The person has what was kept, or does not want it.
    pub fn let_go(&mut self) {
        self.kept = None;
    }

    /// Where we stand, to resume from. `None` before the first welcome, and where only a snapshot helps.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.follower.position()
    }

    /// Somebody's caret came.
    pub fn caret_moved(&mut self, moved: CaretAt) {
        self.others.moved(moved, self.client.as_ref());
    }

    /// Forgets the carets of those who are no longer there.
    pub fn retain_carets(&mut self, present: impl Fn(PeerId) -> bool) {
        self.others.retain(present);
    }

    /// Whether there are carets of others, seen from the connection `me`.
    #[must_use]
    pub fn has_carets(&self, me: Option<PeerId>) -> bool {
        self.others.any(me)
    }

    /// The others' carets in what is shown.
    #[must_use]
    pub fn carets(&self, me: Option<PeerId>) -> Vec<Shown> {
        match &self.client {
            Some(client) => self.others.shown(client, &self.unseen, &self.shown, me),
            None => Vec::new(),
        }
    }

    /// My caret is in the text field, in UTF-16 units of what is shown: where the selection began, and where it ends. `None`:
    /// it is not there.
    pub fn placed(&mut self, caret: Option<(usize, usize)>) {
        let chars = |units| utf16::to_chars(&self.shown, units);
        let caret = caret.map(|(anchor, head)| (chars(anchor), chars(head)));
        self.mine.placed(caret);
    }

    /// What to tell of my caret at `now` (milliseconds), if it is time; `every`: milliseconds between two. Asked once a frame.
    pub fn caret_due(&mut self, now: f64, every: f64) -> Option<Option<Caret>> {
        let client = self.client.as_ref()?;
        self.mine.due(client, &self.unseen, now, every)
    }
}
