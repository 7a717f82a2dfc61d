//! Logs in one file under `DATA_DIR`: what was acknowledged survives the process, `kill -9` and power loss.
//!
//! The file is redb's: well kept, pure Rust, one file, and a transaction is in it whole or not at all, whenever the
//! power goes. `rusqlite` would do too, but wants a C compiler; an append-only file of our own would want an index, a
//! compaction and a recovery of our own.

mod open;
mod overlay;
mod shelf;
mod table;
mod writer;

use super::{Appended, Entry, Loaded, Log, LogError, NewEntry, Page, Retention, Snapshot, Span, Topic};
use crate::revocation::{Register, Revocation};
use async_trait::async_trait;
pub use open::OpenError;
use protocol::{Epoch, MessageId, RoomId, Seq, UserId, health::Store};
use redb::ReadTransaction;
use shelf::Shelf;
use std::{
    hash::{BuildHasher, RandomState},
    path::Path,
    sync::Arc,
};
use table::LogName;
use writer::Writer;

/// Logs in `DATA_DIR/orrery.redb`. One process at a time has it; dropping this waits until what was accepted has been
/// written, and gives it back.
///
/// Writes go through one thread, which commits whatever waits in one transaction. Reads see what is committed, and run
/// on tokio's blocking threads rather than the writer's: none of them has to wait for a disk that writes.
pub struct FileLog {
    keep: Retention,
    writer: Writer,
    shelf: Arc<Shelf>,
    /// Draws the epochs of logs that are not in the file, from room and topic and a key of this process. So a reader is
    /// told the epoch that the first append will write, and nothing has to be remembered, let alone written, for a
    /// reader. Logs never leave the file: one that did would have to begin again under another key.
    epochs: RandomState,
}

impl FileLog {
    /// Opens the logs in this directory, which is made where it is missing, and looks through all of the file first. A
    /// file that is refused is left as it is, byte for byte.
    ///
    /// Blocks until that is done. The writer's thread stands beside tokio's; whoever reads has to be inside a tokio
    /// runtime.
    pub fn open(dir: &Path, keep: Retention) -> Result<Self, OpenError> {
        Ok(Self::on(open::shelf(dir)?, keep)?)
    }

    fn on(shelf: Shelf, keep: Retention) -> std::io::Result<Self> {
        let shelf = Arc::new(shelf);
        Ok(Self {
            keep,
            writer: Writer::start(Arc::clone(&shelf))?,
            shelf,
            epochs: RandomState::new(),
        })
    }

    fn name(&self, room: &RoomId, topic: Topic) -> LogName {
        LogName {
            room: room.clone(),
            topic,
            unwritten: Epoch(self.epochs.hash_one((room, topic))),
        }
    }

    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error> + Send + 'static,
    ) -> Result<T, LogError> {
        let shelf = Arc::clone(&self.shelf);
        tokio::task::spawn_blocking(move || shelf.read(look))
            .await
            .unwrap_or_else(|ended| Err(LogError::Unavailable(ended.to_string())))
    }
}

#[async_trait]
impl Log for FileLog {
    async fn append(
        &self,
        room: &RoomId,
        topic: Topic,
        expected: Option<Seq>,
        entry: NewEntry,
    ) -> Result<Appended, LogError> {
        let (log, keep) = (self.name(room, topic), self.keep);
        self.writer
            .write(move |tables| tables.append(&log, keep, expected, &entry))
            .await
    }

    async fn read(&self, room: &RoomId, topic: Topic, span: Span) -> Result<Page, LogError> {
        let log = self.name(room, topic);
        self.look(move |read| table::read(read, &log, span)).await
    }

    async fn load(&self, room: &RoomId, topic: Topic) -> Result<Loaded, LogError> {
        let log = self.name(room, topic);
        self.look(move |read| table::load(read, &log)).await
    }

    async fn find(&self, room: &RoomId, topic: Topic, by: &UserId, id: &MessageId) -> Result<Option<Entry>, LogError> {
        let (log, by, id) = (self.name(room, topic), by.clone(), id.clone());
        self.look(move |read| table::find(read, &log, &by, &id)).await
    }

    async fn compact(&self, room: &RoomId, topic: Topic, epoch: Epoch, snapshot: Snapshot) -> Result<(), LogError> {
        let (log, keep) = (self.name(room, topic), self.keep);
        self.writer
            .write(move |tables| tables.compact(&log, keep, epoch, &snapshot))
            .await
    }

    fn kind(&self) -> Store {
        Store::File
    }

    fn close(&self) {
        self.shelf.close();
    }
}

#[async_trait]
impl Register for FileLog {
    async fn keep(&self, revocation: &Revocation) -> Result<(), LogError> {
        let revocation = revocation.clone();
        self.writer.write(move |tables| tables.revoke(&revocation)).await
    }

    /// A file loses nothing, so that it is only read.
    async fn exchange(&self, _: Vec<Revocation>, _: u64) -> Result<Vec<Revocation>, LogError> {
        self.look(table::revoked).await
    }
}

#[cfg(test)]
pub(in crate::store) mod tests;
