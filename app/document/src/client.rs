//! The browser's side of the document: the text as the person sees it, and what of it the server has not confirmed.
//!
//! It is synchronised, or awaits the confirmation of one edit, or awaits one and collects the next meanwhile: the scheme of
//! [ot.js], which has it from Google Wave. One edit under way is what lets the server keep one line of revisions, and lets a
//! client transform what it hears over two operations at most, however much was typed.
//!
//! It neither sends nor paints. Every method that changes the text says what it did to it, for the text field, the carets
//! and [`crate::Undo`].
//!
//! [ot.js]: https://github.com/Operational-Transformation/ot.js/blob/master/lib/client.js

mod heard;
mod pending;
mod places;
#[cfg(test)]
mod tests;
mod withdrawal;

pub use heard::{Astray, Heard};
pub use withdrawal::Undone;

use crate::{
    OperationSeq, Unfit,
    apply::{bytes_after, splice},
    change::{inserted_bytes, insertions},
    wire,
};
use heard::Echoes;
use pending::Pending;
use protocol::{MessageId, Position, document::Operation, limits::DOCUMENT};
use str_indices::chars;

/// One document as a browser holds it.
#[derive(Clone, Debug)]
pub struct Client {
    /// As the person sees it. A string and not a rope: a text field holds its text in one piece too, and wants it whole.
    text: String,
    /// Its characters, which are counted once and not with every edit.
    length: usize,
    position: Position,
    pending: Option<Pending>,
    echoes: Echoes,
}

/// An edit to be sent, as [`EditDocument`](protocol::document::EditDocument) has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sending {
    /// What the edit is called, each time it is sent.
    pub id: MessageId,
    /// The revision it is made for.
    pub base: Position,
    /// What it does.
    pub operation: Operation,
}

impl Client {
    /// The document as a welcome tells it.
    #[must_use]
    pub fn new(position: Position, text: String) -> Self {
        Self {
            length: chars::count(&text),
            text,
            position,
            pending: None,
            echoes: Echoes::default(),
        }
    }

    /// The text as the person sees it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The newest revision heard: what to resume from.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// Whether the server has confirmed all that the person sees.
    #[must_use]
    pub fn is_synchronised(&self) -> bool {
        self.pending.is_none()
    }

    /// The edit that awaits its confirmation.
    #[must_use]
    pub fn outstanding(&self) -> Option<&MessageId> {
        self.pending.as_ref()?.outstanding()
    }

    /// The person edits: done to the text at once, and to be sent with the next [`Self::take`]. On an error
    /// ([`Unfit::Length`], [`Unfit::Line`], [`Unfit::Full`]) nothing was changed.
    pub fn edit(&mut self, operation: &OperationSeq) -> Result<(), Unfit> {
        self.check(operation)?;
        if operation.is_noop() {
            return Ok(());
        }
        let pending = self
            .pending
            .get_or_insert_with(|| Pending::new(&self.text, self.length));
        pending.edit(operation)?;
        self.change(operation);
        self.settle();
        Ok(())
    }

    /// The next edit to send, under an id that `id` makes. `None` while one is under way, when there is nothing to send, and
    /// when `id` has none. What is too large for one packet goes out in several: call again after each confirmation.
    pub fn take(&mut self, id: impl FnOnce() -> Option<MessageId>) -> Option<Sending> {
        self.pending.as_mut()?.take(id)?;
        self.again()
    }

    /// The edit that is under way once more, for today's revision: after a reconnect nobody knows whether it arrived. It
    /// keeps its id, so that the server does it once.
    #[must_use]
    pub fn again(&self) -> Option<Sending> {
        let (id, operation) = self.pending.as_ref()?.sent()?;
        Some(Sending {
            id: id.clone(),
            base: self.position,
            operation: wire::write(operation),
        })
    }

    fn check(&self, operation: &OperationSeq) -> Result<(), Unfit> {
        if operation.base_len() != self.length {
            return Err(Unfit::Length);
        }
        if insertions(operation).any(|text| text.contains('\r')) {
            return Err(Unfit::Line);
        }
        // A document that is too large already may still shrink.
        let full = DOCUMENT.max(self.text.len());
        if self.text.len() + inserted_bytes(operation) > full && bytes_after(&self.text, operation) > full {
            return Err(Unfit::Full);
        }
        Ok(())
    }

    /// Does an operation of the right length to what the person sees.
    fn change(&mut self, operation: &OperationSeq) {
        splice(&mut self.text, operation);
        self.length = operation.target_len();
    }

    /// Forgets what is pending where nothing is.
    fn settle(&mut self) {
        if self.pending.as_ref().is_some_and(Pending::is_empty) {
            self.pending = None;
        }
    }
}
