//! Logs in memory: a ring per room and topic, gone with the process. Its epoch is drawn anew each time one begins.

use super::{Appended, Entry, Log, LogError, NewEntry, Page, Span, Topic};
use async_trait::async_trait;
use protocol::{Epoch, MessageId, Position, RoomId, Seq, UserId};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

/// Rings by room and topic.
pub struct MemoryLog {
    /// Entries that each ring keeps.
    keep: usize,
    /// Rings that are kept; beyond it the one that was longest untouched goes, and with it its epoch, so that nobody takes
    /// a later ring for it.
    most: usize,
    /// A std mutex: it is held for a few map operations and never across an await.
    rings: Mutex<Rings>,
}

#[derive(Default)]
struct Rings {
    by_log: HashMap<(RoomId, Topic), Ring>,
    /// Counts touches, to find the ring that was longest untouched.
    touches: u64,
}

struct Ring {
    epoch: Epoch,
    last: Seq,
    touched: u64,
    entries: VecDeque<Entry>,
    /// Where each kept entry is, by author and id: how a repetition is known.
    known: HashMap<(UserId, MessageId), Seq>,
}

impl MemoryLog {
    /// Rings of `keep` entries each, at most `most` of them.
    #[must_use]
    pub fn new(keep: usize, most: usize) -> Self {
        Self {
            keep,
            most,
            rings: Mutex::default(),
        }
    }

    fn with<T>(&self, room: &RoomId, topic: Topic, use_ring: impl FnOnce(&mut Ring) -> T) -> T {
        // A panic while the lock was held cannot leave a ring half written: each operation ends with its last push.
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        rings.touches += 1;
        let touches = rings.touches;
        let key = (room.clone(), topic);
        if !rings.by_log.contains_key(&key) && rings.by_log.len() >= self.most {
            rings.forget_oldest();
        }
        let ring = rings.by_log.entry(key).or_insert_with(Ring::new);
        ring.touched = touches;
        use_ring(ring)
    }
}

impl Rings {
    fn forget_oldest(&mut self) {
        let oldest = self
            .by_log
            .iter()
            .min_by_key(|(_, ring)| ring.touched)
            .map(|(key, _)| key.clone());
        if let Some(key) = oldest {
            self.by_log.remove(&key);
        }
    }
}

impl Ring {
    fn new() -> Self {
        Self {
            epoch: Epoch(rand::random()),
            last: Seq::default(),
            touched: 0,
            entries: VecDeque::new(),
            known: HashMap::new(),
        }
    }

    fn append(&mut self, expected: Option<Seq>, new: NewEntry, keep: usize) -> Appended {
        let key = (new.by.clone(), new.id.clone());
        if let Some(entry) = self.known.get(&key).and_then(|seq| self.at(*seq)) {
            return Appended::Repeated(entry.clone());
        }
        if expected.is_some_and(|expected| expected != self.last) {
            return Appended::Conflict(self.last);
        }
        self.last = self.last.next();
        self.known.insert(key, self.last);
        self.entries.push_back(Entry {
            seq: self.last,
            by: new.by,
            id: new.id,
            body: new.body,
        });
        if self.entries.len() > keep
            && let Some(gone) = self.entries.pop_front()
        {
            self.known.remove(&(gone.by, gone.id));
        }
        Appended::New(self.end())
    }

    fn read(&self, span: Span) -> Page {
        let entries: Vec<Entry> = match span {
            Span::After(seq) => self.slice(seq.next(), Seq(u64::MAX)),
            Span::Before(seq, limit) => {
                let end = seq.min(self.last.next());
                self.slice(Seq(end.0.saturating_sub(limit as u64)), end)
            }
            Span::Newest(limit) => self.slice(Seq((self.last.0 + 1).saturating_sub(limit as u64)), Seq(u64::MAX)),
        };
        Page {
            end: self.end(),
            first: self.first(),
            entries,
        }
    }

    /// Entries from `from` up to but without `to`.
    fn slice(&self, from: Seq, to: Seq) -> Vec<Entry> {
        let skip = usize::try_from(from.0.saturating_sub(self.first().0)).unwrap_or(usize::MAX);
        self.entries
            .iter()
            .skip(skip)
            .take_while(|entry| entry.seq < to)
            .cloned()
            .collect()
    }

    fn at(&self, seq: Seq) -> Option<&Entry> {
        let index = seq.0.checked_sub(self.first().0)?;
        self.entries.get(usize::try_from(index).ok()?)
    }

    fn first(&self) -> Seq {
        self.entries.front().map_or(self.last.next(), |entry| entry.seq)
    }

    fn end(&self) -> Position {
        Position {
            epoch: self.epoch,
            seq: self.last,
        }
    }
}

#[async_trait]
impl Log for MemoryLog {
    async fn append(
        &self,
        room: &RoomId,
        topic: Topic,
        expected: Option<Seq>,
        entry: NewEntry,
    ) -> Result<Appended, LogError> {
        Ok(self.with(room, topic, |ring| ring.append(expected, entry, self.keep)))
    }

    async fn read(&self, room: &RoomId, topic: Topic, span: Span) -> Result<Page, LogError> {
        Ok(self.with(room, topic, |ring| ring.read(span)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(by: &str, id: u64) -> NewEntry {
        NewEntry {
            by: by.parse().unwrap(),
            id: id.to_string().parse().unwrap(),
            body: id.to_string().into(),
        }
    }

    fn seqs(page: &Page) -> Vec<u64> {
        page.entries.iter().map(|entry| entry.seq.0).collect()
    }

    #[test]
    fn a_repetition_is_known_by_author_and_id() {
        let mut ring = Ring::new();
        assert!(matches!(ring.append(None, entry("ann", 7), 10), Appended::New(at) if at.seq == Seq(1)));
        assert!(matches!(ring.append(None, entry("ann", 7), 10), Appended::Repeated(e) if e.seq == Seq(1)));
        assert!(matches!(ring.append(None, entry("bob", 7), 10), Appended::New(at) if at.seq == Seq(2)));
    }

    #[test]
    fn an_append_can_insist_on_the_end() {
        let mut ring = Ring::new();
        assert!(matches!(
            ring.append(Some(Seq(0)), entry("ann", 1), 10),
            Appended::New(_)
        ));
        assert_eq!(
            ring.append(Some(Seq(0)), entry("ann", 2), 10),
            Appended::Conflict(Seq(1))
        );
    }

    #[test]
    fn the_longest_untouched_ring_makes_room() {
        let log = MemoryLog::new(10, 2);
        let room = |name: &str| name.parse::<RoomId>().unwrap();
        let epoch = |name: &str| log.with(&room(name), Topic::Chat, |ring| ring.epoch);
        let (a, b) = (epoch("a"), epoch("b"));
        assert_eq!(epoch("a"), a);
        epoch("c");
        assert_eq!(epoch("a"), a, "a was touched after b");
        assert_ne!(epoch("b"), b, "b began a new life");
    }

    proptest! {
        /// The ring against the plainest model there is: a vector of everything ever written.
        #[test]
        fn reads_agree_with_a_list_of_everything(
            writes in 0_u64..60,
            keep in 1_usize..20,
            place in 0_u64..70,
            limit in 0_usize..30,
        ) {
            let mut ring = Ring::new();
            for id in 1..=writes {
                ring.append(None, entry("ann", id), keep);
            }
            let kept: Vec<u64> = (1..=writes).skip((writes as usize).saturating_sub(keep)).collect();
            let after: Vec<u64> = kept.iter().copied().filter(|seq| *seq > place).collect();
            prop_assert_eq!(seqs(&ring.read(Span::After(Seq(place)))), after);
            let before: Vec<u64> = kept.iter().copied().filter(|seq| *seq < place).collect();
            let before: Vec<u64> = before.iter().copied().skip(before.len().saturating_sub(limit)).collect();
            prop_assert_eq!(seqs(&ring.read(Span::Before(Seq(place), limit))), before);
            let newest: Vec<u64> = kept.iter().copied().skip(kept.len().saturating_sub(limit)).collect();
            prop_assert_eq!(seqs(&ring.read(Span::Newest(limit))), newest);
        }
    }
}
