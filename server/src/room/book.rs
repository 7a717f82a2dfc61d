//! What a log comes to, and how an entry of it is written and read. Lane: log.
//!
//! All that a book knows comes from entries, whoever wrote them, so that two replicas with the same log hold the same.

use super::{command::Reply, outbox::Outbox};
use crate::store::{Entry, Loaded, LogError, Topic};
use protocol::{Code, Millis, Position, Refusal, RoomId};
use std::sync::Arc;

/// When to try again after `busy` or `store_unavailable`, in milliseconds.
pub const RETRY: u64 = 1000;

/// What a log comes to.
pub trait Book: Sized {
    /// What somebody wants to have written.
    type Wish;

    /// Which log.
    const TOPIC: Topic;

    /// Whether what was composed is right only where the log ends as the book does, and not wherever it comes to stand.
    const EXACT: bool = true;

    /// Entries between two snapshots, where it has any: about so many are read when a room opens.
    const SNAPSHOT: u64 = u64::MAX;

    /// What the log of a room comes to.
    fn open(room: RoomId, loaded: &Loaded) -> Result<Self, LogError>;

    /// The body of the entry that does what is wished, as things are now; or why it cannot be done.
    fn compose(&self, wish: &Self::Wish, at: Millis) -> Result<Arc<str>, Refusal>;

    /// Where the log stands with what the book holds.
    fn position(&self) -> Position;

    /// Takes the entry that is next, and tells everybody.
    fn take(&mut self, entry: &Entry, out: &mut Outbox);

    /// What its author is answered.
    fn reply(&self, entry: &Entry) -> Reply;

    /// All that it holds, to be kept in place of the entries; `None` where it is not to be kept.
    fn snapshot(&self) -> Option<Arc<str>> {
        None
    }
}

/// The refusal of what the store did not take, or could not give.
#[must_use]
pub fn unavailable() -> Refusal {
    Refusal::new(Code::StoreUnavailable, "The store does not answer just now.").retry_after(RETRY)
}

/// Writes a body as JSON.
pub fn body<T: serde::Serialize>(written: &T) -> Result<Arc<str>, Refusal> {
    // Strings and numbers always serialize; should that change, the wish is refused and does not block those behind it.
    serde_json::to_string(written).map(Arc::from).map_err(|error| {
        tracing::error!(%error, "an entry does not serialize");
        unavailable()
    })
}

/// Reads the body of an entry. `None`, and a line in ours, where it is not what the topic writes.
pub fn read<T: serde::de::DeserializeOwned>(topic: Topic, entry: &Entry) -> Option<T> {
    serde_json::from_str(&entry.body)
        .inspect_err(|error| tracing::error!(?topic, seq = %entry.seq, %error, "an entry of the log is not readable"))
        .ok()
}
