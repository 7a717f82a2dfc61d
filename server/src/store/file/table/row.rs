//! A log's row, and what is found by it.

use super::{EntryKey, EntryValue, IdKey, LogKey, LogName, LogValue};
use crate::store::{Entry, Span};
use protocol::{Epoch, MessageId, Position, Seq, UserId, id::BadId};
use redb::{Error, ReadableTable};
use std::ops::Range;

/// A log's row. Where it has none yet, the one that it would begin with.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) epoch: Epoch,
    /// Place of the oldest entry that is kept; one more than `last` where none is.
    pub(super) first: Seq,
    pub(super) last: Seq,
    /// Place of the last entry that the snapshot holds; 0 where there is none.
    pub(super) held: Seq,
}

impl Row {
    /// The row of this log, or the one it would begin with.
    pub(super) fn of(logs: &impl ReadableTable<LogKey, LogValue>, log: &LogName) -> Result<Self, Error> {
        let (epoch, first, last, held) = match logs.get(log.key())? {
            Some(row) => row.value(),
            None => (log.unwritten.0, 1, 0, 0),
        };
        Ok(Self {
            epoch: Epoch(epoch),
            first: Seq(first),
            last: Seq(last),
            held: Seq(held),
        })
    }

    /// As it stands in the file.
    pub(super) fn value(&self) -> LogValue {
        (self.epoch.0, self.first.0, self.last.0, self.held.0)
    }

    pub(super) fn end(&self) -> Position {
        Position {
            epoch: self.epoch,
            seq: self.last,
        }
    }

    pub(super) fn key(&self, seq: Seq) -> (u64, u64) {
        (self.epoch.0, seq.0)
    }

    pub(super) fn find(
        &self,
        ids: &impl ReadableTable<IdKey, u64>,
        entries: &impl ReadableTable<EntryKey, EntryValue>,
        by: &UserId,
        id: &MessageId,
    ) -> Result<Option<Entry>, Error> {
        let Some(seq) = ids.get((self.epoch.0, by.as_str(), id.as_str()))? else {
            return Ok(None);
        };
        let seq = Seq(seq.value());
        let found = entries.get(self.key(seq))?;
        found.map(|found| entry(seq, found.value())).transpose()
    }

    /// Bytes of the bodies that are kept.
    pub(super) fn weigh(&self, entries: &impl ReadableTable<EntryKey, EntryValue>) -> Result<usize, Error> {
        let mut kept = entries.range(self.key(self.first)..self.key(self.last.next()))?;
        kept.try_fold(0, |bytes, entry| Ok(bytes + entry?.1.value().2.len()))
    }

    pub(super) fn slice(
        &self,
        entries: &impl ReadableTable<EntryKey, EntryValue>,
        span: Span,
    ) -> Result<Vec<Entry>, Error> {
        let Range { start, end } = span.places(self.first, self.last);
        let range = entries.range((self.epoch.0, start)..(self.epoch.0, end))?;
        range
            .map(|found| {
                let (key, value) = found?;
                entry(Seq(key.value().1), value.value())
            })
            .collect()
    }
}

fn entry(seq: Seq, (by, id, body): (&str, &str, &str)) -> Result<Entry, Error> {
    let crooked = |error: BadId| Error::Corrupted(format!("entry {seq}: {error}"));
    Ok(Entry {
        seq,
        by: by.parse().map_err(crooked)?,
        id: id.parse().map_err(crooked)?,
        body: body.into(),
    })
}
