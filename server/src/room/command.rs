//! The closed list of what can be asked of a room, and the way an answer takes back.

use protocol::{
    InviteId, PeerId, Refusal, Role,
    access::{AccessChanged, ChangeAccess},
    auth::Identity,
    chat::{ChatPage, ReadChat, Said, Say},
    document::{Caret, EditDocument, Edited, Operation, Step},
    note::{ChangeNote, Noted},
    room::{Join, Left, Welcome},
};
use serde::Serialize;
use std::fmt;

/// What can be asked of a room. Payloads were held against their limits before. What is larger than a cursor is boxed: each
/// open room has 32 places for commands at least.
#[derive(Debug)]
pub enum Command {
    /// Let a connection in.
    Join {
        /// Which.
        peer: PeerId,
        /// Whose, and what it asked for.
        wished: Box<(Identity, Join)>,
        /// The role that its token grants here.
        granted: Option<Role>,
        /// Answered with [`Reply::Welcome`].
        ticket: Ticket,
    },
    /// Let it out, at its own wish.
    Leave {
        /// Which.
        peer: PeerId,
        /// Answered with [`Reply::Left`].
        ticket: Ticket,
    },
    /// Its connection was lost: it has left, unless the person is back within the grace.
    Lose(PeerId),
    /// Tell all that moved once more: somebody has missed it, and can take it now.
    Repeat,
    /// Say something.
    Say {
        /// Who.
        peer: PeerId,
        /// What.
        say: Box<Say>,
        /// Answered with [`Reply::Said`].
        ticket: Ticket,
    },
    /// Read older chat.
    ReadChat {
        /// Who.
        peer: PeerId,
        /// From where.
        read: Box<ReadChat>,
        /// Answered with [`Reply::ChatPage`].
        ticket: Ticket,
    },
    /// Be shown as typing, or no longer.
    Type {
        /// Who.
        peer: PeerId,
        /// Whether.
        typing: bool,
        /// Answered only where it is refused.
        ticket: Ticket,
    },
    /// Change the document.
    EditDocument {
        /// Who.
        peer: PeerId,
        /// How.
        edit: Box<EditDocument>,
        /// Answered with [`Reply::Edited`].
        ticket: Ticket,
    },
    /// Move a caret.
    MoveCaret {
        /// Whose.
        peer: PeerId,
        /// Where to; `None` takes it away.
        caret: Option<Box<Caret>>,
        /// Answered only where it is refused.
        ticket: Ticket,
    },
    /// Change a note.
    ChangeNote {
        /// Who.
        peer: PeerId,
        /// How.
        change: Box<ChangeNote>,
        /// Answered with [`Reply::Noted`].
        ticket: Ticket,
    },
    /// Change who may do what.
    ChangeAccess {
        /// Who.
        peer: PeerId,
        /// How, and the id of the invitation that this may make.
        wished: Box<(ChangeAccess, InviteId)>,
        /// Answered with [`Reply::AccessChanged`].
        ticket: Ticket,
    },
    /// A connection has another token.
    Regrant {
        /// Which.
        peer: PeerId,
        /// The role that this one grants here.
        granted: Option<Role>,
    },
    /// Move a cursor.
    MoveCursor {
        /// Whose.
        peer: PeerId,
        /// Canvas units.
        x: f64,
        /// Canvas units.
        y: f64,
        /// Answered only where it is refused.
        ticket: Ticket,
    },
}

/// What memory a command takes that is not given back at once: for what is written, or for a long answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Burden {
    /// None to speak of.
    None,
    /// As much as people write by hand.
    Little,
    /// More.
    Much,
}

/// Bytes of an edit by hand, at most.
const LITTLE: usize = 1024;

/// Bytes that an operation has in memory, about.
fn weight(operation: &Operation) -> usize {
    operation.0.len() * size_of::<Step>() + operation.inserted().map(str::len).sum::<usize>()
}

const _: () = assert!(size_of::<Command>() <= 40, "what is larger than a cursor is boxed");

impl Command {
    /// Lets a connection out whose end nobody waits for an answer to.
    #[must_use]
    pub fn leave_silently(peer: PeerId) -> Self {
        Self::Leave {
            peer,
            ticket: Ticket::new(drop),
        }
    }

    /// Whose writing it is, of what viewers may not write.
    #[must_use]
    pub fn writes(&self) -> Option<PeerId> {
        match self {
            Self::Say { peer, .. }
            | Self::Type { peer, .. }
            | Self::EditDocument { peer, .. }
            | Self::MoveCaret { peer, .. }
            | Self::ChangeNote { peer, .. } => Some(*peer),
            _ => None,
        }
    }

    /// What memory it takes.
    #[must_use]
    pub fn burden(&self) -> Burden {
        match self {
            Self::Join { .. } | Self::ReadChat { .. } => Burden::Much,
            Self::EditDocument { edit, .. } if weight(&edit.operation) > LITTLE => Burden::Much,
            Self::Say { .. } | Self::EditDocument { .. } | Self::ChangeNote { .. } => Burden::Little,
            _ => Burden::None,
        }
    }

    /// Answers a command that reached no room.
    pub fn refuse(self, refusal: Refusal) {
        if let Some(ticket) = self.into_ticket() {
            ticket.answer(Err(refusal));
        }
    }

    /// The way its answer takes, where it is answered.
    #[must_use]
    pub fn into_ticket(self) -> Option<Ticket> {
        match self {
            Self::Join { ticket, .. }
            | Self::Leave { ticket, .. }
            | Self::Say { ticket, .. }
            | Self::ReadChat { ticket, .. }
            | Self::Type { ticket, .. }
            | Self::EditDocument { ticket, .. }
            | Self::MoveCaret { ticket, .. }
            | Self::ChangeNote { ticket, .. }
            | Self::ChangeAccess { ticket, .. }
            | Self::MoveCursor { ticket, .. } => Some(ticket),
            Self::Lose(_) | Self::Repeat | Self::Regrant { .. } => None,
        }
    }
}

/// What a room answers. Serializes as the bare reply.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// To a join. Boxed: it is far larger than the rest.
    Welcome(Box<Welcome>),
    /// To a leave.
    Left(Left),
    /// To a chat message.
    Said(Said),
    /// To a wish for older chat.
    ChatPage(ChatPage),
    /// To an edit of the document.
    Edited(Edited),
    /// To a change of a note.
    Noted(Noted),
    /// To a change of access.
    AccessChanged(AccessChanged),
}

/// Whom an answer goes to.
pub trait Addressee: Send {
    /// Why what can be asked for again, and takes much, is better not answered now.
    fn puts_off(&self) -> Option<Refusal> {
        None
    }

    /// Takes the answer. Must not block.
    fn answer(self: Box<Self>, answer: Result<Reply, Refusal>);
}

impl<F: FnOnce(Result<Reply, Refusal>) + Send> Addressee for F {
    fn answer(self: Box<Self>, answer: Result<Reply, Refusal>) {
        self(answer);
    }
}

/// The way an answer takes back to who asked. The room does not know what is behind it. Dropped unused, nobody is answered.
pub struct Ticket(Box<dyn Addressee>);

impl Ticket {
    /// A ticket that gives its answer to this one.
    pub fn new(addressee: impl Addressee + 'static) -> Self {
        Self(Box::new(addressee))
    }

    /// See [`Addressee::puts_off`].
    #[must_use]
    pub fn puts_off(&self) -> Option<Refusal> {
        self.0.puts_off()
    }

    /// Answers.
    pub fn answer(self, answer: Result<Reply, Refusal>) {
        self.0.answer(answer);
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Epoch, Position, Seq};

    fn burden(steps: Vec<Step>) -> Burden {
        let edit = Box::new(EditDocument {
            room: "sky".parse().unwrap(),
            base: Position {
                epoch: Epoch(1),
                seq: Seq(1),
            },
            operation: Operation(steps),
            id: None,
        });
        let (peer, ticket) = (PeerId(1), Ticket::new(drop));
        Command::EditDocument { peer, edit, ticket }.burden()
    }

    #[test]
    fn what_is_written_by_hand_is_little() {
        assert_eq!(
            burden(vec![Step::Retain(70), Step::Insert("word ".into())]),
            Burden::Little
        );
        assert_eq!(burden(vec![Step::Insert("x".repeat(2 * LITTLE))]), Burden::Much);
        assert_eq!(burden(vec![Step::Retain(1); LITTLE]), Burden::Much);
    }
}
