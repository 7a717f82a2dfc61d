//! What a person has done that the server has not answered yet, of all features in one number, and why it has not.

use super::{Connection, Session};
use crate::{chat::model::Fate, document, note};
use leptos::prelude::*;

impl Session {
    /// How many of my messages and changes are on their way or wait for a connection; whatever I wrote into the document is
    /// one. What was refused is not among them: it is shown by itself, to be decided about. To be read where it is to be
    /// followed.
    #[must_use]
    pub fn unsent(&self) -> usize {
        let said = self.chat.with(|chat| {
            let sending = chat.drafts().iter().filter(|draft| draft.fate == Fate::Sending);
            sending.count()
        });
        let written = self.document.with(document::model::Model::is_pending);
        said + usize::from(written) + self.note.with(note::model::Model::waiting)
    }

    /// The server's words about why it does not take something of that yet, while I am in the room. To be read where it is to
    /// be followed.
    #[must_use]
    pub fn why_unsent(&self) -> Option<String> {
        let why = self.held_up.with(|all| all.last().map(|(_, why)| why.message.clone()));
        why.filter(|_| self.status.with(|status| *status == Connection::Live) && !self.is_cut_off())
    }
}
