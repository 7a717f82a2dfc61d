//! One row of the chat, as a view needs it: said or about to be, with a key that is steady for a list.

use super::{Draft, Fate};
use protocol::{MessageId, Millis, Name, Refusal, Seq, UserId, chat::ChatMessage};

/// One row of the chat.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The id its author gave it.
    pub id: MessageId,
    /// Who said it.
    pub user_id: UserId,
    /// What they were called then; `None` for an own message that has no place yet.
    pub name: Option<Name>,
    /// As written.
    pub text: String,
    /// When the server took it; `None` while it has not.
    pub at: Option<Millis>,
    /// Its place; `None` while it has none.
    pub seq: Option<Seq>,
    /// Whether I said it.
    pub mine: bool,
    /// How it stands.
    pub state: State,
}

/// How it stands with a row.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// The server has it.
    Said,
    /// On its way.
    Sending,
    /// Refused, and why. It can be retried or dismissed.
    Refused(Refusal),
}

impl Entry {
    /// A key for a list. It changes with the state, since a row whose key stays is not drawn anew.
    #[must_use]
    pub fn key(&self) -> (UserId, MessageId, u8) {
        let state = match self.state {
            State::Said => 0,
            State::Sending => 1,
            State::Refused(_) => 2,
        };
        (self.user_id.clone(), self.id.clone(), state)
    }

    pub(super) fn said(line: &ChatMessage, me: &UserId) -> Self {
        Self {
            id: line.id.clone(),
            user_id: line.user_id.clone(),
            name: Some(line.name.clone()),
            text: line.text.clone(),
            at: Some(line.at),
            seq: Some(line.seq),
            mine: line.user_id == *me,
            state: State::Said,
        }
    }

    pub(super) fn draft(draft: &Draft, me: &UserId) -> Self {
        let (state, at) = match &draft.fate {
            Fate::Sending => (State::Sending, None),
            Fate::Said(said) => (State::Said, Some(said.at)),
            Fate::Refused(refusal) => (State::Refused(refusal.clone()), None),
        };
        Self {
            id: draft.id.clone(),
            user_id: me.clone(),
            name: None,
            text: draft.text.clone(),
            at,
            seq: None,
            mine: true,
            state,
        }
    }
}
