//! The log lane's storage: one log a room and topic, in which every entry has its place. Knows no sockets and no rooms.

pub mod file;
pub mod memory;
pub mod redis;

use async_trait::async_trait;
use protocol::{Epoch, MessageId, Position, RoomId, Seq, UserId, health::Store};
use std::{ops::Range, sync::Arc};

/// Which of a room's logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// What people say.
    Chat,
    /// Edits of the shared text.
    Document,
    /// Changes of the notes.
    Note,
    /// Changes of who may do what. It outlives the others: a room that is private must not become open by being forgotten.
    Access,
}

impl Topic {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Document, Self::Note, Self::Access];

    /// Its word in every layer; stores may use it in their keys, so it never changes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::Chat => "chat",
            Topic::Document => "document",
            Topic::Note => "note",
            Topic::Access => "access",
        }
    }

    /// Whether its entries come to a state that a snapshot can hold.
    #[must_use]
    pub fn has_snapshots(self) -> bool {
        !matches!(self, Topic::Chat)
    }
}

/// How many entries of each topic are kept. Of a topic with snapshots more may be: no entry goes before a snapshot
/// holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Of [`Topic::Chat`], which has no snapshots.
    pub chat: usize,
    /// Of [`Topic::Document`].
    pub document: usize,
    /// Of [`Topic::Note`].
    pub note: usize,
    /// Of [`Topic::Access`].
    pub access: usize,
    /// Bytes of bodies that a log with snapshots keeps: beyond it fewer entries.
    pub bytes: usize,
}

impl Retention {
    /// Entries that are kept of this topic.
    #[must_use]
    pub fn of(self, topic: Topic) -> usize {
        match topic {
            Topic::Chat => self.chat,
            Topic::Document => self.document,
            Topic::Note => self.note,
            Topic::Access => self.access,
        }
    }

    /// Whether the oldest entry goes, of a log whose entries, from `first` to `last`, take so many bytes, and whose snapshot
    /// holds those up to `held`, or none: 0.
    #[must_use]
    pub fn is_beyond(self, topic: Topic, first: Seq, last: Seq, held: Seq, bytes: usize) -> bool {
        let many = last.0.saturating_sub(self.of(topic) as u64) >= first.0;
        if topic.has_snapshots() {
            first <= held && (many || bytes > self.bytes)
        } else {
            many
        }
    }
}

/// An entry that has its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place; the first is 1.
    pub seq: Seq,
    /// Whose it is.
    pub by: UserId,
    /// What its author calls it; unique for that author.
    pub id: MessageId,
    /// What it says, as JSON of the topic's own shape. Shared, since it is read far more often than written.
    pub body: Arc<str>,
}

/// An entry that wants a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// See [`Entry::by`].
    pub by: UserId,
    /// See [`Entry::id`].
    pub id: MessageId,
    /// See [`Entry::body`].
    pub body: Arc<str>,
}

/// What came of an append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It has this place now.
    New(Position),
    /// Its author had sent it before, and here it is. Nothing was written.
    Repeated(Entry),
    /// The log does not end where the caller believed, but here. Nothing was written.
    Conflict(Seq),
}

/// Which entries to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// All after this place.
    After(Seq),
    /// The `limit` before this place.
    Before(Seq, usize),
    /// The last `limit`.
    Newest(usize),
}

impl Span {
    /// The places it names, in a log that keeps those from `first` to `last`. Places come from clients: none overflows.
    #[must_use]
    pub fn places(self, first: Seq, last: Seq) -> Range<u64> {
        let end = last.0 + 1;
        let (from, to) = match self {
            Span::After(seq) => (seq.0.saturating_add(1), end),
            Span::Before(seq, limit) => (seq.0.min(end).saturating_sub(limit as u64), seq.0.min(end)),
            Span::Newest(limit) => (end.saturating_sub(limit as u64), end),
        };
        from.max(first.0).min(to)..to
    }
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where the log ends now.
    pub end: Position,
    /// Place of the oldest entry that is kept; one more than the end where none is.
    pub first: Seq,
    /// Oldest first, without gaps.
    pub entries: Vec<Entry>,
}

/// What all entries up to one come to, in a topic that has a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last entry that is in it.
    pub seq: Seq,
    /// As the topic writes it. Shared, as entries are.
    pub body: Arc<str>,
}

/// All that is needed to go on from where a log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Where it ends.
    pub end: Position,
    /// Its newest snapshot, if there ever was one.
    pub snapshot: Option<Snapshot>,
    /// The entries after the snapshot, or all where there is none; oldest first, without gaps.
    pub entries: Vec<Entry>,
}

/// What somebody who followed a log knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Where it ended.
    pub position: Position,
    /// Whose the last entry was, and what its author calls it; `None` where that is not known.
    pub entry: Option<(UserId, MessageId)>,
}

/// Why the store did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// It cannot be reached. What was to be written may or may not have been; trying again with the same id is safe.
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    /// It is gone for a while, and will be back. Otherwise as above.
    #[error("the store is away: {0}")]
    Away(String),
    /// It was reached, and holds what it cannot have written. Trying again does not help.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

impl LogError {
    /// Its label in `collab_store_errors_total`.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "refused",
            Self::Away(_) => "away",
            Self::Damaged(_) => "damaged",
        }
    }
}

/// Logs. A log that was never written is empty, with an epoch of its own.
#[async_trait]
pub trait Log: Send + Sync + 'static {
    /// Gives an entry the next place. Where `expected` is given and the log does not end there, nothing is written.
    async fn append(
        &self,
        room: &RoomId,
        topic: Topic,
        expected: Option<Seq>,
        entry: NewEntry,
    ) -> Result<Appended, LogError>;

    /// Reads a stretch. Entries that are kept no longer are missing from its beginning: compare with [`Page::first`].
    async fn read(&self, room: &RoomId, topic: Topic, span: Span) -> Result<Page, LogError>;

    /// Reads what a log comes to: its newest snapshot and what was appended since.
    async fn load(&self, room: &RoomId, topic: Topic) -> Result<Loaded, LogError>;

    /// Finds an entry by its author and id, among those that are kept.
    async fn find(&self, room: &RoomId, topic: Topic, by: &UserId, id: &MessageId) -> Result<Option<Entry>, LogError>;

    /// Takes a snapshot of the log of this epoch, in place of the one before. Entries that it holds may go from now on,
    /// but the newest are kept as [`Retention`] says. One of another epoch, or older than the one that is there, is
    /// ignored; so is one from beyond the end, and any of a topic without snapshots.
    async fn compact(&self, room: &RoomId, topic: Topic, epoch: Epoch, snapshot: Snapshot) -> Result<(), LogError>;

    /// Says what a log was known to hold, and reads what came after. A store that others write to, and that may lose what it
    /// had taken, begins a new life of the log where that is not so any more: nobody must go on from a place that now means
    /// something else.
    async fn witness(&self, room: &RoomId, topic: Topic, known: &Witness) -> Result<Page, LogError> {
        self.read(room, topic, Span::After(known.position.seq)).await
    }

    /// Keeps what only this process remembers of a room, for as long as what is returned lives: somebody is in it.
    fn hold(&self, _room: &RoomId) -> Box<dyn Send> {
        Box::new(())
    }

    /// Forgets so many bytes of what only this process remembers, of rooms that nobody holds, or all there are: those first
    /// that were left longest ago. Returns how many those were.
    fn forget(&self, _bytes: u64) -> u64 {
        0
    }

    /// Cuts tables to what is in them.
    fn shrink(&self) {}

    /// Where this store keeps its logs.
    fn kind(&self) -> Store;

    /// Gives back what only one process can have. To be called when all appends have been answered; from then on nothing is
    /// written or read.
    fn close(&self) {}
}

#[cfg(test)]
mod tests;
