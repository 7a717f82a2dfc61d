//! One log in memory: the newest entries, and the snapshot that holds those before.

use crate::store::{Appended, Entry, Loaded, NewEntry, Page, Retention, Snapshot, Span, Topic};
use protocol::{Epoch, MessageId, Position, Seq, UserId};
use std::{
    collections::{HashMap, VecDeque},
    ops::Range,
};

/// Bytes that an entry takes beside its body, with its place among those that are known.
const ENTRY: usize = 2 * size_of::<Entry>();

/// A log. It can be asked before anything was written.
pub(super) struct Ring {
    pub(super) topic: Topic,
    keep: Retention,
    epoch: Epoch,
    last: Seq,
    snapshot: Option<Snapshot>,
    entries: VecDeque<Entry>,
    /// Bytes of their bodies.
    bytes: usize,
    /// Where each kept entry is, by author and id: how a repetition is known.
    known: HashMap<(UserId, MessageId), Seq>,
}

impl Ring {
    /// A log in which nothing stands yet.
    pub(super) fn new(topic: Topic, keep: Retention, epoch: Epoch) -> Self {
        Self {
            topic,
            keep,
            epoch,
            last: Seq::default(),
            snapshot: None,
            entries: VecDeque::new(),
            bytes: 0,
            known: HashMap::new(),
        }
    }

    /// See [`crate::store::Log::append`].
    pub(super) fn append(&mut self, expected: Option<Seq>, new: NewEntry) -> Appended {
        if let Some(entry) = self.find(&new.by, &new.id) {
            return Appended::Repeated(entry.clone());
        }
        if expected.is_some_and(|expected| expected != self.last) {
            return Appended::Conflict(self.last);
        }
        self.last = self.last.next();
        self.known.insert((new.by.clone(), new.id.clone()), self.last);
        self.bytes += new.body.len();
        self.entries.push_back(Entry {
            seq: self.last,
            by: new.by,
            id: new.id,
            body: new.body,
        });
        self.trim();
        Appended::New(self.end())
    }

    /// See [`crate::store::Log::read`].
    pub(super) fn read(&self, span: Span) -> Page {
        Page {
            end: self.end(),
            first: self.first(),
            entries: self.slice(span.places(self.first(), self.last)),
        }
    }

    /// See [`crate::store::Log::load`].
    pub(super) fn load(&self) -> Loaded {
        Loaded {
            end: self.end(),
            snapshot: self.snapshot.clone(),
            entries: self.slice(Span::After(self.held()).places(self.first(), self.last)),
        }
    }

    /// See [`crate::store::Log::find`].
    pub(super) fn find(&self, by: &UserId, id: &MessageId) -> Option<&Entry> {
        let seq = self.known.get(&(by.clone(), id.clone()))?;
        self.entries.get(usize::try_from(seq.0 - self.first().0).ok()?)
    }

    /// See [`crate::store::Log::compact`].
    pub(super) fn compact(&mut self, epoch: Epoch, snapshot: Snapshot) {
        let fits = (self.held()..=self.last).contains(&snapshot.seq);
        if self.topic.has_snapshots() && epoch == self.epoch && fits {
            self.snapshot = Some(snapshot);
            self.trim();
        }
    }

    /// Bytes that it takes, about.
    pub(super) fn weight(&self) -> usize {
        let snapshot = self.snapshot.as_ref().map_or(0, |snapshot| snapshot.body.len());
        self.bytes + snapshot + self.entries.len() * ENTRY
    }

    /// Where it ends.
    pub(super) fn end(&self) -> Position {
        Position {
            epoch: self.epoch,
            seq: self.last,
        }
    }

    /// The last entry that the snapshot holds; 0 where there is none.
    fn held(&self) -> Seq {
        self.snapshot.as_ref().map_or(Seq::default(), |snapshot| snapshot.seq)
    }

    fn trim(&mut self) {
        let (keep, topic, last, held) = (self.keep, self.topic, self.last, self.held());
        let bytes = &mut self.bytes;
        while let Some(entry) = self
            .entries
            .pop_front_if(|entry| keep.is_beyond(topic, entry.seq, last, held, *bytes))
        {
            *bytes -= entry.body.len();
            self.known.remove(&(entry.by, entry.id));
        }
    }

    fn slice(&self, places: Range<u64>) -> Vec<Entry> {
        let first = self.first().0;
        let kept = self.entries.iter();
        kept.skip(usize::try_from(places.start.saturating_sub(first)).unwrap_or(usize::MAX))
            .take_while(|entry| entry.seq.0 < places.end)
            .cloned()
            .collect()
    }

    fn first(&self) -> Seq {
        self.entries.front().map_or(self.last.next(), |entry| entry.seq)
    }
}

#[cfg(test)]
mod tests;
