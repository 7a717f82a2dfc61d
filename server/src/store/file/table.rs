//! What is in the file, and how logs are read from it and written into it. Knows no threads and no disk.
//!
//! A log's epoch is drawn from 64 bits and is no other log's: it is the key of all that belongs to that log.

mod row;

use crate::{
    revocation::{Revocation, oldest},
    store::{Appended, Entry, Loaded, NewEntry, Page, Retention, Snapshot, Span, Topic},
};
use protocol::{Epoch, MessageId, RoomId, Seq, UserId};
use redb::{Error, ReadTransaction, ReadableTable, Table, TableDefinition, TableError, WriteTransaction};
use row::Row;
use std::collections::HashMap;

/// Names the format. This table stays as it is in all versions to come, so that each can tell what it has before it.
pub(super) const META: TableDefinition<'_, &str, &str> = TableDefinition::new("meta");
const LOGS: TableDefinition<'_, LogKey, LogValue> = TableDefinition::new("logs");
const ENTRIES: TableDefinition<'_, EntryKey, EntryValue> = TableDefinition::new("entries");
const IDS: TableDefinition<'_, IdKey, u64> = TableDefinition::new("ids");
const SNAPSHOTS: TableDefinition<'_, u64, SnapshotValue> = TableDefinition::new("snapshots");
/// Whose tokens were revoked, and those of which seconds. Files from before it have no such table until they are written to.
const REVOKED: TableDefinition<'_, &str, u64> = TableDefinition::new("revoked");

/// Room and topic.
type LogKey = (&'static str, &'static str);
/// Epoch, place of the oldest entry that is kept, place of the last, place of the last that the snapshot holds. That stands
/// here too since each append asks for it, and a snapshot is as large as what it holds.
type LogValue = (u64, u64, u64, u64);
/// Epoch and place.
type EntryKey = (u64, u64);
/// Author, id and body.
type EntryValue = (&'static str, &'static str, &'static str);
/// Epoch, author and id, of the entries that are kept; to the place. By it a repetition is known.
type IdKey = (u64, &'static str, &'static str);
/// Place and body; by epoch.
type SnapshotValue = (u64, &'static str);

/// A log, by all its names.
pub(super) struct LogName {
    pub(super) room: RoomId,
    pub(super) topic: Topic,
    /// Its epoch as long as it is not in the file.
    pub(super) unwritten: Epoch,
}

/// Bytes of the bodies that each log with snapshots keeps, as far as it was written to lately: what is not here is read off
/// the entries.
#[derive(Default)]
pub(super) struct Weights(HashMap<Epoch, usize>);

impl Weights {
    /// Logs that are known; beyond it all are weighed anew.
    const MOST: usize = 10_000;

    fn know(&mut self, log: Epoch, bytes: usize) {
        if self.0.len() >= Self::MOST && !self.0.contains_key(&log) {
            self.0.clear();
        }
        self.0.insert(log, bytes);
    }
}

/// The tables, open to be written. They belong to one transaction.
pub(super) struct Tables<'txn> {
    logs: Table<'txn, LogKey, LogValue>,
    entries: Table<'txn, EntryKey, EntryValue>,
    ids: Table<'txn, IdKey, u64>,
    snapshots: Table<'txn, u64, SnapshotValue>,
    revoked: Table<'txn, &'static str, u64>,
    weights: &'txn mut Weights,
    changed: bool,
}

impl<'txn> Tables<'txn> {
    /// Opens them, and makes those that are missing.
    pub(super) fn open(write: &'txn WriteTransaction, weights: &'txn mut Weights) -> Result<Self, Error> {
        Ok(Self {
            logs: write.open_table(LOGS)?,
            entries: write.open_table(ENTRIES)?,
            ids: write.open_table(IDS)?,
            snapshots: write.open_table(SNAPSHOTS)?,
            revoked: write.open_table(REVOKED)?,
            weights,
            changed: false,
        })
    }

    /// Says whether there is anything to commit.
    pub(super) fn close(self) -> bool {
        self.changed
    }

    /// See [`crate::store::Log::append`].
    pub(super) fn append(
        &mut self,
        log: &LogName,
        keep: Retention,
        expected: Option<Seq>,
        new: &NewEntry,
    ) -> Result<Appended, Error> {
        let mut row = Row::of(&self.logs, log)?;
        if let Some(entry) = row.find(&self.ids, &self.entries, &new.by, &new.id)? {
            return Ok(Appended::Repeated(entry));
        }
        if expected.is_some_and(|expected| expected != row.last) {
            return Ok(Appended::Conflict(row.last));
        }
        let bytes = self.weight(log, &row)? + new.body.len();
        row.last = row.last.next();
        let (by, id) = (new.by.as_str(), new.id.as_str());
        self.entries.insert(row.key(row.last), (by, id, &*new.body))?;
        self.ids.insert((row.epoch.0, by, id), row.last.0)?;
        self.keep(log, row, bytes, keep)?;
        Ok(Appended::New(row.end()))
    }

    /// See [`crate::store::Log::compact`].
    pub(super) fn compact(
        &mut self,
        log: &LogName,
        keep: Retention,
        epoch: Epoch,
        snapshot: &Snapshot,
    ) -> Result<(), Error> {
        let mut row = Row::of(&self.logs, log)?;
        let fits = (row.held..=row.last).contains(&snapshot.seq);
        if !log.topic.has_snapshots() || epoch != row.epoch || !fits {
            return Ok(());
        }
        row.held = snapshot.seq;
        self.snapshots.insert(epoch.0, (snapshot.seq.0, &*snapshot.body))?;
        let bytes = self.weight(log, &row)?;
        self.keep(log, row, bytes, keep)
    }

    /// See [`crate::revocation::Register::keep`]. Those that are about nothing any more go.
    pub(super) fn revoke(&mut self, revocation: &Revocation) -> Result<(), Error> {
        let user = revocation.user.as_str();
        let known = self.revoked.get(user)?.map(|at| at.value());
        self.revoked
            .insert(user, known.unwrap_or_default().max(revocation.at))?;
        self.revoked.retain(|_, at| at >= oldest(revocation.at))?;
        self.changed = true;
        Ok(())
    }

    /// Bytes of the bodies that are kept; 0 where no bound is on them.
    fn weight(&self, log: &LogName, row: &Row) -> Result<usize, Error> {
        match self.weights.0.get(&row.epoch) {
            Some(known) => Ok(*known),
            None if log.topic.has_snapshots() => row.weigh(&self.entries),
            None => Ok(0),
        }
    }

    /// Lets go what may go, and writes the row.
    fn keep(&mut self, log: &LogName, mut row: Row, mut bytes: usize, keep: Retention) -> Result<(), Error> {
        while keep.is_beyond(log.topic, row.first, row.last, row.held, bytes) {
            if let Some(entry) = self.entries.remove(row.key(row.first))? {
                let (by, id, body) = entry.value();
                self.ids.remove((row.epoch.0, by, id))?;
                bytes = bytes.saturating_sub(body.len());
            }
            row.first = row.first.next();
        }
        self.logs.insert(log.key(), row.value())?;
        if log.topic.has_snapshots() {
            self.weights.know(row.epoch, bytes);
        }
        self.changed = true;
        Ok(())
    }
}

/// See [`crate::store::Log::read`].
pub(super) fn read(read: &ReadTransaction, log: &LogName, span: Span) -> Result<Page, Error> {
    let row = Row::of(&read.open_table(LOGS)?, log)?;
    Ok(Page {
        end: row.end(),
        first: row.first,
        entries: row.slice(&read.open_table(ENTRIES)?, span)?,
    })
}

/// See [`crate::store::Log::load`].
pub(super) fn load(read: &ReadTransaction, log: &LogName) -> Result<Loaded, Error> {
    let row = Row::of(&read.open_table(LOGS)?, log)?;
    let snapshot = read.open_table(SNAPSHOTS)?.get(row.epoch.0)?.map(|held| {
        let (seq, body) = held.value();
        Snapshot {
            seq: Seq(seq),
            body: body.into(),
        }
    });
    Ok(Loaded {
        end: row.end(),
        snapshot,
        entries: row.slice(&read.open_table(ENTRIES)?, Span::After(row.held))?,
    })
}

/// See [`crate::store::Log::find`].
pub(super) fn find(read: &ReadTransaction, log: &LogName, by: &UserId, id: &MessageId) -> Result<Option<Entry>, Error> {
    let row = Row::of(&read.open_table(LOGS)?, log)?;
    row.find(&read.open_table(IDS)?, &read.open_table(ENTRIES)?, by, id)
}

/// See [`crate::revocation::Register::exchange`].
pub(super) fn revoked(read: &ReadTransaction) -> Result<Vec<Revocation>, Error> {
    let table = match read.open_table(REVOKED) {
        Ok(table) => table,
        Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut all = Vec::new();
    for row in table.iter()? {
        let (user, at) = row?;
        let user = user.value().parse();
        let user = user.map_err(|_| Error::Corrupted("a revocation is of nobody".to_owned()))?;
        all.push(Revocation { user, at: at.value() });
    }
    Ok(all)
}

impl LogName {
    fn key(&self) -> (&str, &str) {
        (self.room.as_str(), self.topic.as_str())
    }
}

/// How many entries there are, and how many ids.
#[cfg(test)]
pub(super) fn counts(read: &ReadTransaction) -> Result<(u64, u64), Error> {
    use redb::ReadableTableMetadata;
    Ok((read.open_table(ENTRIES)?.len()?, read.open_table(IDS)?.len()?))
}
