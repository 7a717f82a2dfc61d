//! What a room wants to happen, as data; and the trait of who makes it heard.

use super::command::{Reply, Ticket};
use crate::{
    cluster::message::Moved,
    lease::Holding,
    store::{NewEntry, Snapshot, Span, Topic, Witness},
};
use protocol::{
    Epoch, MessageId, PeerId, Refusal, Seq, ServerEvent, UserId, chat::ReadChat, cursor::CursorsMoved,
    notification::Notification, room::Resume,
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
    /// What moved here, for other replicas to hear.
    Tell(Moved),
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
    /// Something for one connection.
    Tell(PeerId, ServerEvent),
    /// This connection may not be here any more, and is told why.
    PutOut(PeerId, Refusal),
    /// A line for one person, on all their connections everywhere.
    Notify(UserId, Notification),
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

/// What moved in one tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// For those who asked for batches: one message.
    pub batch: CursorsMoved,
    /// For those who did not: one message each, of what really moved.
    pub singles: Vec<Single>,
    /// Everything, where this frame holds everybody: for those who did not ask for batches and lost some.
    pub everyone: Vec<Single>,
}

/// Something that moved, as an event of its own, for all but whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Single {
    /// Whose.
    pub peer: PeerId,
    /// What.
    pub event: ServerEvent,
}

/// For the lease lane.
#[derive(Clone, Debug, PartialEq)]
pub enum Lease {
    /// This connection is in the room.
    Hold(Holding),
    /// It is not.
    Release(PeerId),
    /// Who is here on other replicas is to be read. What comes of it is a [`super::state::Done`].
    Read,
}

/// For the log lane.
#[derive(Debug)]
pub enum LogCall {
    /// Write an entry. At most one a log is under way at a time, so that their order is that of their places.
    Append {
        /// Into which log.
        topic: Topic,
        /// Where the log has to end.
        expected: Option<Seq>,
        /// What to write.
        entry: NewEntry,
    },
    /// Look whether what is to be refused was done before.
    Find {
        /// In which log.
        topic: Topic,
        /// Whose.
        by: UserId,
        /// What they call it.
        id: MessageId,
        /// What they are answered where it is not there.
        refusal: Refusal,
    },
    /// Read stretches, one of each log.
    Read {
        /// Which.
        spans: Vec<(Topic, Span)>,
        /// What for.
        purpose: Purpose,
    },
    /// Read a log from its beginning: it is not the one that was known.
    Load(Topic),
    /// Say what was known of a log, and read what came after.
    Witness(Topic, Witness),
    /// Keep a snapshot.
    Compact {
        /// Of which log.
        topic: Topic,
        /// In which life of it.
        epoch: Epoch,
        /// What.
        snapshot: Snapshot,
    },
}

/// What logs are read for.
#[derive(Debug)]
pub enum Purpose {
    /// To welcome somebody.
    Welcome(Newcomer),
    /// To show somebody older lines.
    Page {
        /// What they asked for.
        read: ReadChat,
        /// Their answer.
        ticket: Ticket,
    },
    /// To take what others have written into this log meanwhile.
    CatchUp(Topic),
}

/// A connection that waits for its welcome.
#[derive(Debug)]
pub struct Newcomer {
    /// Which.
    pub peer: PeerId,
    /// Where it says that it stands.
    pub resume: Resume,
    /// Its answer.
    pub ticket: Ticket,
    /// Whether the chat does not go on from where it stood, so that it gets the newest lines in place of what it missed.
    pub chat_lost: bool,
}

/// Makes a room heard. Its one implementation that is not a test's is in the gateway.
pub trait Outlet: Send + 'static {
    /// Does one thing; it must not wait for any peer.
    fn deliver(&mut self, out: Out) -> impl Future<Output = ()> + Send;
}
