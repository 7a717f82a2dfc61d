//! Logs in memory: a ring per room and topic, gone with the process. Its epoch is drawn anew each time one begins.

mod ring;

use super::{Appended, Entry, Loaded, Log, LogError, NewEntry, Page, Retention, Snapshot, Span, Topic};
use async_trait::async_trait;
use protocol::{Epoch, MessageId, RoomId, Seq, UserId, health::Store};
use ring::Ring;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

/// Rings by room and topic. The rings of a room live and die together, so that none outlives what another one says.
pub struct MemoryLog {
    /// Entries that each ring keeps.
    keep: Retention,
    /// Rooms that are kept; beyond it the one that was longest untouched goes, and with it its epochs, so that nobody
    /// takes a later ring for one of them.
    most: usize,
    /// A std mutex: it is held for a few map operations and never across an await.
    rooms: Mutex<Rooms>,
}

#[derive(Default)]
struct Rooms {
    by_id: HashMap<RoomId, Room>,
    /// The same rooms by their last touch: the first is the one that was longest untouched.
    by_touch: BTreeMap<u64, RoomId>,
    /// Counts touches.
    touches: u64,
}

#[derive(Default)]
struct Room {
    touched: u64,
    rings: HashMap<Topic, Ring>,
}

impl MemoryLog {
    /// Rings that keep as many entries as `keep` says, for at most `most` rooms.
    #[must_use]
    pub fn new(keep: Retention, most: usize) -> Self {
        Self {
            keep,
            most,
            rooms: Mutex::default(),
        }
    }

    fn with<T>(&self, room: &RoomId, topic: Topic, use_ring: impl FnOnce(&mut Ring) -> T) -> T {
        // A panic while the lock was held cannot leave a ring half written: each operation ends with its last push.
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let room = rooms.touch(room, self.most);
        use_ring(room.rings.entry(topic).or_insert_with(|| Ring::new(topic, self.keep)))
    }
}

impl Rooms {
    /// The room, which is the last to be forgotten from now on. Where it is new, another may have to make room.
    fn touch(&mut self, id: &RoomId, most: usize) -> &mut Room {
        self.touches += 1;
        match self.by_id.get(id) {
            Some(room) => _ = self.by_touch.remove(&room.touched),
            None if self.by_id.len() >= most => self.forget_oldest(),
            None => {}
        }
        self.by_touch.insert(self.touches, id.clone());
        let room = self.by_id.entry(id.clone()).or_default();
        room.touched = self.touches;
        room
    }

    fn forget_oldest(&mut self) {
        if let Some((_, id)) = self.by_touch.pop_first() {
            self.by_id.remove(&id);
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
        Ok(self.with(room, topic, |ring| ring.append(expected, entry)))
    }

    async fn read(&self, room: &RoomId, topic: Topic, span: Span) -> Result<Page, LogError> {
        Ok(self.with(room, topic, |ring| ring.read(span)))
    }

    async fn load(&self, room: &RoomId, topic: Topic) -> Result<Loaded, LogError> {
        Ok(self.with(room, topic, |ring| ring.load()))
    }

    async fn find(&self, room: &RoomId, topic: Topic, by: &UserId, id: &MessageId) -> Result<Option<Entry>, LogError> {
        Ok(self.with(room, topic, |ring| ring.find(by, id).cloned()))
    }

    async fn is_known(&self, room: &RoomId) -> Result<bool, LogError> {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(rooms.by_id.contains_key(room))
    }

    async fn compact(&self, room: &RoomId, topic: Topic, epoch: Epoch, snapshot: Snapshot) -> Result<(), LogError> {
        self.with(room, topic, |ring| ring.compact(epoch, snapshot));
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
    };

    #[test]
    fn the_longest_untouched_room_makes_room() {
        let log = MemoryLog::new(KEEP, 2);
        let room = |name: &str| name.parse::<RoomId>().unwrap();
        let epoch = |name: &str, topic| log.with(&room(name), topic, |ring| ring.end().epoch);
        let (a, b, notes) = (
            epoch("a", Topic::Chat),
            epoch("b", Topic::Chat),
            epoch("b", Topic::Note),
        );
        assert_eq!(epoch("a", Topic::Chat), a);
        epoch("c", Topic::Document);
        assert_eq!(epoch("a", Topic::Chat), a, "a was touched after b");
        assert_ne!(epoch("b", Topic::Chat), b, "b began a new life");
        assert_ne!(epoch("b", Topic::Note), notes, "with all its logs");
    }

    #[tokio::test]
    async fn whoever_only_asks_keeps_no_room() {
        let log = MemoryLog::new(KEEP, 2);
        let room = |name: &str| name.parse::<RoomId>().unwrap();
        log.with(&room("a"), Topic::Chat, |_| ());
        assert!(log.is_known(&room("a")).await.unwrap());
        for name in ["b", "c", "d"] {
            assert!(!log.is_known(&room(name)).await.unwrap(), "{name}");
        }
        assert!(log.is_known(&room("a")).await.unwrap());
    }

    #[test]
    fn touches_and_rooms_stay_as_many() {
        let log = MemoryLog::new(KEEP, 3);
        for turn in 0..50_u32 {
            let room: RoomId = (turn * 7 % 5).to_string().parse().unwrap();
            log.with(&room, Topic::Chat, |_| ());
        }
        let rooms = log.rooms.lock().unwrap();
        assert_eq!((rooms.by_id.len(), rooms.by_touch.len()), (3, 3));
    }
}
