//! Logs in memory: a ring per room and topic, gone with the process.
//!
//! A ring is there once something was written. Before that a log is only its epoch, which is that of its room's life.

mod ring;

use super::{Appended, Entry, Loaded, Log, LogError, NewEntry, Page, Retention, Snapshot, Span, Topic};
use async_trait::async_trait;
use protocol::{Epoch, MessageId, RoomId, Seq, UserId, health::Store};
use ring::Ring;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Rings by room and topic. The rings of a room live and die together, so that none outlives what another one says.
#[derive(Clone)]
pub struct MemoryLog {
    /// Entries that each ring keeps.
    keep: Retention,
    /// Rooms that are kept; beyond it the one that was longest untouched goes, and with it its epochs, so that nobody
    /// takes a later ring for one of them.
    most: usize,
    /// Whether a room in which nothing stands keeps the epochs that its first reader is told.
    remembers: bool,
    /// A std mutex: it is held for a few map operations and never across an await.
    rooms: Arc<Mutex<Rooms>>,
}

#[derive(Default)]
struct Rooms {
    by_id: HashMap<RoomId, Room>,
    /// The same rooms by their last touch: the first is the one that was longest untouched.
    by_touch: BTreeMap<u64, RoomId>,
    /// Counts touches.
    touches: u64,
}

struct Room {
    touched: u64,
    /// Drawn when the room is first heard of.
    life: u64,
    rings: HashMap<Topic, Ring>,
}

impl MemoryLog {
    /// Rings that keep as many entries as `keep` says, for at most `most` rooms.
    #[must_use]
    pub fn new(keep: Retention, most: usize) -> Self {
        Self {
            keep,
            most,
            remembers: true,
            rooms: Arc::default(),
        }
    }

    /// The same logs for whoever only looks: names that are made up leave nothing behind, and push nothing out. Nothing can be
    /// followed from the epoch of a log that was never written.
    #[must_use]
    pub fn glance(&self) -> Self {
        Self {
            remembers: false,
            ..self.clone()
        }
    }

    fn look<T>(&self, room: &RoomId, topic: Topic, look: impl FnOnce(&Ring) -> T) -> T {
        let mut rooms = self.lock();
        if !self.remembers && !rooms.by_id.contains_key(room) {
            return look(&Ring::new(topic, self.keep, Epoch(0)));
        }
        let room = rooms.touch(room, self.most);
        match room.rings.get(&topic) {
            Some(ring) => look(ring),
            None => look(&Ring::new(topic, self.keep, room.epoch(topic))),
        }
    }

    fn write<T>(&self, room: &RoomId, topic: Topic, write: impl FnOnce(&mut Ring) -> T) -> T {
        let mut rooms = self.lock();
        let room = rooms.touch(room, self.most);
        let epoch = room.epoch(topic);
        let ring = room.rings.entry(topic);
        write(ring.or_insert_with(|| Ring::new(topic, self.keep, epoch)))
    }

    fn lock(&self) -> MutexGuard<'_, Rooms> {
        // A panic while the lock was held cannot leave a ring half written: each operation ends with its last push.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rooms {
    /// The room, which is the last to be forgotten from now on. Where it is new, another may have to make room.
    fn touch(&mut self, id: &RoomId, most: usize) -> &mut Room {
        self.touches += 1;
        let known = self.by_id.get(id).map(|room| room.touched);
        if known.is_none() && self.by_id.len() >= most {
            self.forget_oldest();
        }
        // The name that is kept already, and not the one that came with a request: whatever is kept of a crowd holds the
        // page that it lies on.
        let kept = known.and_then(|touched| self.by_touch.remove(&touched));
        let id = kept.unwrap_or_else(|| id.clone());
        self.by_touch.insert(self.touches, id.clone());
        let room = self.by_id.entry(id).or_insert_with(|| Room {
            touched: 0,
            life: rand::random(),
            rings: HashMap::new(),
        });
        room.touched = self.touches;
        room
    }

    fn forget_oldest(&mut self) {
        if let Some((_, id)) = self.by_touch.pop_first() {
            self.by_id.remove(&id);
        }
    }
}

impl Room {
    /// The epoch of a log of this room.
    fn epoch(&self, topic: Topic) -> Epoch {
        Epoch(self.life.wrapping_add(topic as u64))
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
        Ok(self.write(room, topic, |ring| ring.append(expected, entry)))
    }

    async fn read(&self, room: &RoomId, topic: Topic, span: Span) -> Result<Page, LogError> {
        Ok(self.look(room, topic, |ring| ring.read(span)))
    }

    async fn load(&self, room: &RoomId, topic: Topic) -> Result<Loaded, LogError> {
        Ok(self.look(room, topic, Ring::load))
    }

    async fn find(&self, room: &RoomId, topic: Topic, by: &UserId, id: &MessageId) -> Result<Option<Entry>, LogError> {
        Ok(self.look(room, topic, |ring| ring.find(by, id).cloned()))
    }

    async fn compact(&self, room: &RoomId, topic: Topic, epoch: Epoch, snapshot: Snapshot) -> Result<(), LogError> {
        self.write(room, topic, |ring| ring.compact(epoch, snapshot));
        Ok(())
    }

    fn kind(&self) -> Store {
        Store::Memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Retention = Retention {
        chat: 10,
        document: 10,
        note: 10,
        access: 10,
        bytes: 1000,
    };

    fn room(name: &str) -> RoomId {
        name.parse().unwrap()
    }

    fn written(log: &MemoryLog, name: &str, topic: Topic) {
        let entry = NewEntry {
            by: "ann".parse().unwrap(),
            id: "1".parse().unwrap(),
            body: "{}".into(),
        };
        log.write(&room(name), topic, |ring| ring.append(None, entry));
    }

    fn epoch(log: &MemoryLog, name: &str, topic: Topic) -> Epoch {
        log.look(&room(name), topic, |ring| ring.end().epoch)
    }

    #[test]
    fn the_longest_untouched_room_makes_room() {
        let log = MemoryLog::new(KEEP, 2);
        for name in ["a", "b"] {
            written(&log, name, Topic::Chat);
        }
        let (a, b) = (epoch(&log, "a", Topic::Chat), epoch(&log, "b", Topic::Chat));
        let notes = epoch(&log, "b", Topic::Note);
        assert_eq!(epoch(&log, "a", Topic::Chat), a);
        written(&log, "c", Topic::Document);
        assert_eq!(epoch(&log, "a", Topic::Chat), a, "a was touched after b");
        assert_ne!(epoch(&log, "b", Topic::Chat), b, "b began a new life");
        assert_ne!(epoch(&log, "b", Topic::Note), notes, "with all its logs");
    }

    #[test]
    fn whoever_only_looks_leaves_nothing_behind() {
        let log = MemoryLog::new(KEEP, 2);
        written(&log, "a", Topic::Chat);
        let glance = log.glance();
        for name in ["b", "c", "d"] {
            assert_eq!(epoch(&glance, name, Topic::Chat), epoch(&glance, name, Topic::Chat));
        }
        assert_eq!(epoch(&glance, "a", Topic::Chat), epoch(&log, "a", Topic::Chat));
        let rooms = log.lock();
        assert!(rooms.by_id.contains_key(&room("a")) && rooms.by_id.len() == 1);
    }

    #[test]
    fn touches_and_rooms_stay_as_many() {
        let log = MemoryLog::new(KEEP, 3);
        for turn in 0..50_u32 {
            written(&log, &(turn * 7 % 5).to_string(), Topic::Chat);
        }
        let rooms = log.rooms.lock().unwrap();
        assert_eq!((rooms.by_id.len(), rooms.by_touch.len()), (3, 3));
    }
}
