//! What a room wants to happen, as data; and the trait of who makes it heard.

use super::command::{Reply, Ticket};
use crate::{
    lease::Holding,
    store::{NewEntry, Span},
};
use protocol::{
    Millis, PeerId, Position, Refusal, ServerEvent,
    chat::ReadChat,
    cursor::{CursorMoved, CursorsMoved},
};
use std::future::Future;

/// The effects of one step, in the order in which they are to happen.
pub type Outbox = Vec<Effect>;

/// One thing that a room wants to happen.
#[derive(Debug)]
pub enum Effect {
    /// Something for connections to hear.
    Out(Out),
    /// Something for the lease lane.
    Lease(Lease),
    /// Something for the log lane. What comes of it is a [`super::state::Done`].
    Log(LogCall),
}

/// For connections.
#[derive(Debug)]
pub enum Out {
    /// From now on this connection hears the room.
    Admit {
        /// Which.
        peer: PeerId,
        /// Whether it asked for batches.
        batch: bool,
    },
    /// From now on it does not.
    Dismiss(PeerId),
    /// An event of the log or lease lane: who cannot take it loses the connection and resumes.
    Emit(Audience, ServerEvent),
    /// An event of the tick lane: who cannot take it gets a newer one later.
    Frame(Frame),
    /// An answer.
    Answer(Ticket, Result<Reply, Refusal>),
}

/// Who hears an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// All in the room.
    All,
    /// Those who asked for batches.
    Batching,
    /// Those who did not.
    Single,
}

/// Cursors of one tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// For those who asked for batches: one message.
    pub batch: CursorsMoved,
    /// For those who did not: one message each, of those who really moved.
    pub singles: Vec<CursorMoved>,
    /// Everybody's place, where this frame holds everybody: for those who did not ask for batches and lost some.
    pub everyone: Vec<CursorMoved>,
}

/// For the lease lane.
#[derive(Clone, Debug, PartialEq)]
pub enum Lease {
    /// This connection is in the room.
    Hold(Holding),
    /// It is not.
    Release(PeerId),
}

/// For the log lane.
#[derive(Debug)]
pub enum LogCall {
    /// Write a chat line. At most one is under way at a time, so that their order is that of their places.
    Append {
        /// What to write.
        entry: NewEntry,
        /// The time that stands in it.
        at: Millis,
    },
    /// Read chat lines.
    Read {
        /// Which.
        span: Span,
        /// What for.
        purpose: Purpose,
    },
}

/// What chat lines are read for.
#[derive(Debug)]
pub enum Purpose {
    /// To welcome this connection.
    Welcome {
        /// Which.
        peer: PeerId,
        /// Where it says that it stands.
        resume: Option<Position>,
        /// Its answer.
        ticket: Ticket,
    },
    /// To show somebody older lines.
    Page {
        /// What they asked for.
        read: ReadChat,
        /// Their answer.
        ticket: Ticket,
    },
}

/// Makes a room heard. Its one implementation that is not a test's is in the gateway.
pub trait Outlet: Send + 'static {
    /// Does one thing; it must not wait for any peer.
    fn deliver(&mut self, out: Out) -> impl Future<Output = ()> + Send;
}
