//! Logs in memory: a ring per room and topic, gone with the process.
//!
//! A ring is there once something was written. Before that a log is only its epoch, which is that of its room's life.

mod ring;

use super::{Appended, Entry, Loaded, Log, LogError, NewEntry, Page, Retention, Snapshot, Span, Topic};
use async_trait::async_trait;
use protocol::{Epoch, MessageId, RoomId, Seq, UserId, health::Store};
use ring::Ring;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Rings by room and topic. The rings of a room live and die together, so that none outlives what another one says.
#[derive(Clone)]
pub struct MemoryLog {
    /// Entries that each ring keeps.
    keep: Retention,
    /// Rooms that are kept; beyond it one that nobody holds and that was longest untouched goes, and with it its epochs, so
    /// that nobody takes a later ring for one of them.
    most: usize,
    /// Whether a room in which nothing stands keeps the epochs that its first reader is told.
    remembers: bool,
    /// A std mutex: it is held for a few map operations and never across an await.
    rooms: Arc<Mutex<Rooms>>,
}

#[derive(Default)]
struct Rooms {
    by_id: HashMap<RoomId, Room>,
    /// Touches of those that nobody held, the oldest first. Only a room's last one counts. In one piece, and no tree: what is
    /// kept of a crowd holds each page that it lies on.
    touches: VecDeque<(u64, RoomId)>,
    /// Counts touches.
    touched: u64,
}

/// Touches beside those that count before the others are swept out.
const SWEEP: usize = 64;

struct Room {
    touched: u64,
    /// By how many it is held.
    held: u32,
    /// Drawn when the room is first heard of.
    life: u64,
    /// Of the topics of which something was written: few, and in a crowd of rooms none.
    rings: Vec<Ring>,
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
        match room.rings.iter().find(|ring| ring.topic == topic) {
            Some(ring) => look(ring),
            None => look(&Ring::new(topic, self.keep, room.epoch(topic))),
        }
    }

    fn write<T>(&self, room: &RoomId, topic: Topic, write: impl FnOnce(&mut Ring) -> T) -> T {
        let mut rooms = self.lock();
        let room = rooms.touch(room, self.most);
        write(room.ring(topic, self.keep))
    }

    fn lock(&self) -> MutexGuard<'_, Rooms> {
        lock(&self.rooms)
    }
}

fn lock(rooms: &Mutex<Rooms>) -> MutexGuard<'_, Rooms> {
    // A panic while the lock was held cannot leave a ring half written: each operation ends with its last push.
    rooms.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rooms {
    /// The room, which is the last to be forgotten from now on. Where it is new, another may have to make room.
    fn touch(&mut self, id: &RoomId, most: usize) -> &mut Room {
        if self.by_id.len() >= most && !self.by_id.contains_key(id) {
            self.forget_oldest();
        }
        if self.touches.len() >= self.by_id.len() * 2 + SWEEP {
            self.sweep();
        }
        self.touched += 1;
        let room = self.by_id.entry(id.clone()).or_insert_with(|| Room {
            touched: 0,
            held: 0,
            life: rand::random(),
            rings: Vec::new(),
        });
        room.touched = self.touched;
        if room.held == 0 {
            self.touches.push_back((self.touched, id.clone()));
        }
        room
    }

    /// Drops the touches that do not count.
    fn sweep(&mut self) {
        let Self { by_id, touches, .. } = self;
        touches.retain(|(touched, id)| by_id.get(id).is_some_and(|room| room.is_last(*touched)));
    }

    /// From now on this room is not forgotten.
    fn hold(&mut self, id: &RoomId, most: usize) {
        self.touch(id, most).held += 1;
    }

    /// One holds it no more.
    fn release(&mut self, id: &RoomId) {
        let Some(room) = self.by_id.get_mut(id) else { return };
        room.held -= 1;
        if room.held == 0 {
            self.touch(id, usize::MAX);
        }
    }

    /// Returns the bytes that it took, or `None` where all are held.
    fn forget_oldest(&mut self) -> Option<usize> {
        loop {
            let (touched, id) = self.touches.pop_front()?;
            if self.by_id.get(&id).is_some_and(|room| room.is_last(touched)) {
                let room = self.by_id.remove(&id)?;
                return Some(room.rings.iter().map(Ring::weight).sum());
            }
        }
    }
}

/// That a room is held.
struct Held {
    room: RoomId,
    rooms: Arc<Mutex<Rooms>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        lock(&self.rooms).release(&self.room);
    }
}

impl Room {
    /// Whether nobody holds it and this was its last touch.
    fn is_last(&self, touched: u64) -> bool {
        self.held == 0 && self.touched == touched
    }

    /// The ring of a topic, from now on.
    fn ring(&mut self, topic: Topic, keep: Retention) -> &mut Ring {
        let place = self.rings.iter().position(|ring| ring.topic == topic);
        let place = place.unwrap_or_else(|| {
            let ring = Ring::new(topic, keep, self.epoch(topic));
            self.rings.reserve_exact(1);
            self.rings.push(ring);
            self.rings.len() - 1
        });
        &mut self.rings[place]
    }

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

    fn hold(&self, room: &RoomId) -> Box<dyn Send> {
        self.lock().hold(room, self.most);
        Box::new(Held {
            room: room.clone(),
            rooms: Arc::clone(&self.rooms),
        })
    }

    fn forget(&self, bytes: u64) -> u64 {
        let mut rooms = self.lock();
        let mut freed = 0;
        while freed < bytes
            && let Some(weight) = rooms.forget_oldest()
        {
            freed += weight as u64;
        }
        freed
    }

    fn shrink(&self) {
        let mut rooms = self.lock();
        rooms.sweep();
        rooms.touches.shrink_to_fit();
        rooms.by_id.shrink_to_fit();
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

    /// What a room weighs in which one thing was written.
    fn weight(keep: &MemoryLog, name: &str) -> u64 {
        let log = MemoryLog::new(keep.keep, 1);
        written(&log, name, Topic::Chat);
        log.forget(1)
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
    fn a_room_that_somebody_is_in_is_not_forgotten() {
        let log = MemoryLog::new(KEEP, 2);
        written(&log, "a", Topic::Chat);
        let a = epoch(&log, "a", Topic::Chat);
        let held = log.hold(&room("a"));
        let twice = log.hold(&room("a"));
        for name in ["b", "c", "d"] {
            written(&log, name, Topic::Chat);
        }
        assert_eq!(log.forget(u64::MAX), weight(&log, "d"), "of two rooms one is held");
        drop(twice);
        assert_eq!(log.forget(u64::MAX), 0);
        assert_eq!(epoch(&log, "a", Topic::Chat), a);
        let one = weight(&log, "a");
        drop(held);
        assert_eq!(log.forget(u64::MAX), one);
        assert_ne!(epoch(&log, "a", Topic::Chat), a);
    }

    #[test]
    fn those_are_forgotten_first_that_were_left_longest_ago() {
        let log = MemoryLog::new(KEEP, 10);
        for name in ["a", "b", "c"] {
            written(&log, name, Topic::Chat);
        }
        let (b, c) = (epoch(&log, "b", Topic::Chat), epoch(&log, "c", Topic::Chat));
        let held = log.hold(&room("a"));
        written(&log, "b", Topic::Chat);
        drop(held);
        assert_eq!(log.forget(1), weight(&log, "c"));
        assert_ne!(epoch(&log, "c", Topic::Chat), c);
        assert_eq!(epoch(&log, "b", Topic::Chat), b);
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
        for turn in 0..500_u32 {
            written(&log, &(turn * 7 % 5).to_string(), Topic::Chat);
        }
        let kept = || {
            let rooms = log.lock();
            (rooms.by_id.len(), rooms.touches.len())
        };
        let (rooms, touches) = kept();
        assert!(rooms == 3 && touches <= 3 * 2 + SWEEP, "{rooms} and {touches}");
        log.shrink();
        assert_eq!(kept(), (3, 3));
    }
}
