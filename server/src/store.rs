//! The log lane's storage: one log a room and topic, in which every entry has its place. Knows no sockets and no rooms.

pub mod memory;

use async_trait::async_trait;
use protocol::{MessageId, Position, RoomId, Seq, UserId};
use std::sync::Arc;

/// Which of a room's logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// What people say.
    Chat,
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

/// Why the store did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// It cannot be reached. What was to be written may or may not have been; trying again with the same id is safe.
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
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
}
