//! Logs in memory: a ring per room and topic, gone with the process.
//!
//! A ring is there once something was written. Before that a log is only its epoch, which is drawn from its name: so nothing
//! has to be remembered for whoever only looks, and the first append writes the epoch that they were told.

mod ring;

use super::{Appended, Entry, Loaded, Log, LogError, NewEntry, Page, Retention, Snapshot, Span, Topic};
use async_trait::async_trait;
use protocol::{Epoch, MessageId, RoomId, Seq, UserId, health::Store};
use ring::Ring;
use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Rooms share this many counts of lives: when one is forgotten, the logs of so few others in which nothing stands begin a
/// new life with it.
const LIVES: usize = 4096;

/// Rings by room and topic. The rings of a room live and die together, so that none outlives what another one says.
pub struct MemoryLog {
    /// Entries that each ring keeps.
    keep: Retention,
    /// Rooms that are kept; beyond it the one that was longest untouched goes, and with it its epochs, so that nobody
    /// takes a later ring for one of them.
    most: usize,
    /// Draws epochs.
    dice: RandomState,
    /// A std mutex: it is held for a few map operations and never across an await.
    rooms: Mutex<Rooms>,
}

struct Rooms {
    by_id: HashMap<RoomId, Room>,
    /// The same rooms by their last touch: the first is the one that was longest untouched.
    by_touch: BTreeMap<u64, RoomId>,
    /// Counts touches.
    touches: u64,
    /// How often rooms were forgotten, by what their names hash to.
    lives: Vec<u32>,
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
            dice: RandomState::new(),
            rooms: Mutex::new(Rooms {
                by_id: HashMap::new(),
                by_touch: BTreeMap::new(),
                touches: 0,
                lives: vec![0; LIVES],
            }),
        }
    }

    /// Looks at a log. One that was never written is made for the look.
    fn look<T>(&self, room: &RoomId, topic: Topic, look: impl FnOnce(&Ring) -> T) -> T {
        let mut rooms = self.lock();
        match rooms.known(room, topic) {
            Some(ring) => look(ring),
            None => look(&Ring::new(topic, self.keep, self.epoch(&rooms, room, topic))),
        }
    }

    /// Writes to a log.
    fn write<T>(&self, room: &RoomId, topic: Topic, write: impl FnOnce(&mut Ring) -> T) -> T {
        let mut rooms = self.lock();
        let epoch = self.epoch(&rooms, room, topic);
        if !rooms.by_id.contains_key(room) && rooms.by_id.len() >= self.most {
            rooms.forget_oldest(&self.dice);
        }
        let rings = &mut rooms.touch(room).rings;
        write(rings.entry(topic).or_insert_with(|| Ring::new(topic, self.keep, epoch)))
    }

    /// The epoch of a log in which nothing stands.
    fn epoch(&self, rooms: &Rooms, room: &RoomId, topic: Topic) -> Epoch {
        let life = rooms.lives[shelf(&self.dice, room)];
        Epoch(self.dice.hash_one((room, topic, life)))
    }

    fn lock(&self) -> MutexGuard<'_, Rooms> {
        // A panic while the lock was held cannot leave a ring half written: each operation ends with its last push.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which count of lives is a room's.
fn shelf(dice: &RandomState, room: &RoomId) -> usize {
    (dice.hash_one(room) % LIVES as u64) as usize
}

impl Rooms {
    /// A ring, if there is one. Its room is the last to be forgotten from now on.
    fn known(&mut self, room: &RoomId, topic: Topic) -> Option<&Ring> {
        if !self.by_id.contains_key(room) {
            return None;
        }
        self.touch(room).rings.get(&topic)
    }

    /// The room, made where there is none; the last to be forgotten from now on.
    fn touch(&mut self, id: &RoomId) -> &mut Room {
        self.touches += 1;
        if let Some(room) = self.by_id.get(id) {
            self.by_touch.remove(&room.touched);
        }
        self.by_touch.insert(self.touches, id.clone());
        let room = self.by_id.entry(id.clone()).or_default();
        room.touched = self.touches;
        room
    }

    fn forget_oldest(&mut self, dice: &RandomState) {
        if let Some((_, id)) = self.by_touch.pop_first() {
            self.by_id.remove(&id);
            let life = &mut self.lives[shelf(dice, &id)];
            *life = life.wrapping_add(1);
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
        for name in ["b", "c", "d"] {
            epoch(&log, name, Topic::Chat);
        }
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
