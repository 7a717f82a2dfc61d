//! What is so here, and how far it is written down. Pure.

use crate::lease::{Holding, people};
use protocol::{PeerId, RoomId, presence::PresenceEntry};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The rooms that are open here.
#[derive(Debug, Default)]
pub(super) struct Mirror {
    rooms: BTreeMap<RoomId, Room>,
    /// Rooms of which something is not written down.
    changed: BTreeSet<RoomId>,
    /// Counts what was written, over all rooms: what is written later has the higher number.
    written: u64,
}

#[derive(Debug, Default)]
struct Room {
    held: HashMap<PeerId, Holding>,
    /// Whose entries are not as they are written down.
    changed: BTreeSet<PeerId>,
    /// Whether what is written down is right but for `changed`; it is not, where nothing was written yet, or where nobody
    /// knows what came of it.
    known: bool,
}

/// What is to be written down of a room.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// Whether `held` is all.
    pub(super) whole: bool,
    /// Who came or changed.
    pub(super) held: Vec<Holding>,
    /// Who left.
    pub(super) gone: Vec<PeerId>,
}

impl Mirror {
    /// Somebody came or changed.
    pub(super) fn hold(&mut self, room: &RoomId, holding: Holding) {
        let entry = self.rooms.entry(room.clone()).or_default();
        entry.changed.insert(holding.peer);
        entry.held.insert(holding.peer, holding);
        self.changed.insert(room.clone());
    }

    /// Somebody left.
    pub(super) fn release(&mut self, room: &RoomId, peer: PeerId) {
        if let Some(entry) = self.rooms.get_mut(room)
            && entry.held.remove(&peer).is_some()
        {
            entry.changed.insert(peer);
            self.changed.insert(room.clone());
        }
    }

    /// Nothing is known any more of what is written down.
    pub(super) fn anew(&mut self) {
        self.rooms.values_mut().for_each(|room| room.known = false);
        self.changed = self.rooms.keys().cloned().collect();
    }

    /// It is not known what is written down of a room.
    pub(super) fn failed(&mut self, room: &RoomId) {
        if let Some(entry) = self.rooms.get_mut(room) {
            entry.known = false;
            self.changed.insert(room.clone());
        } else {
            // It was empty, and forgotten as such: that has to be written again.
            self.rooms.insert(room.clone(), Room::default());
            self.changed.insert(room.clone());
        }
    }

    /// Takes what is to be written next: of which room, as the so many-th thing.
    pub(super) fn next(&mut self) -> Option<(RoomId, u64, Change)> {
        let room = self.changed.pop_first()?;
        self.written += 1;
        let entry = self.rooms.get_mut(&room)?;
        let changed = std::mem::take(&mut entry.changed);
        let change = if std::mem::replace(&mut entry.known, true) {
            let (held, gone): (Vec<PeerId>, Vec<PeerId>) =
                changed.into_iter().partition(|peer| entry.held.contains_key(peer));
            Change {
                whole: false,
                held: held.iter().filter_map(|peer| entry.held.get(peer).cloned()).collect(),
                gone,
            }
        } else {
            Change {
                whole: true,
                held: entry.held.values().cloned().collect(),
                gone: Vec::new(),
            }
        };
        if entry.held.is_empty() {
            self.rooms.remove(&room);
        }
        Some((room, self.written, change))
    }

    /// All rooms.
    pub(super) fn rooms(&self) -> Vec<RoomId> {
        self.rooms.keys().cloned().collect()
    }

    /// Who is in a room here.
    pub(super) fn held(&self, room: &RoomId) -> Vec<Holding> {
        let entry = self.rooms.get(room);
        entry
            .map(|entry| entry.held.values().cloned().collect())
            .unwrap_or_default()
    }

    /// All rooms with who is in them here.
    pub(super) fn list(&self) -> Vec<(RoomId, Vec<PresenceEntry>)> {
        let inhabited = self.rooms.iter().filter(|(_, room)| !room.held.is_empty());
        inhabited
            .map(|(id, room)| (id.clone(), people(room.held.values().cloned().collect())))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::{Hue, Millis, UserId, auth::Identity};

    fn holding(peer: u32, since: u64) -> Holding {
        let user_id: UserId = "ann".parse().unwrap();
        Holding {
            peer: PeerId(peer),
            who: Identity {
                hue: Hue::of(&user_id),
                name: "Ann".parse().unwrap(),
                user_id,
            },
            since: Millis(since),
        }
    }

    fn room(n: u8) -> RoomId {
        format!("room-{n}").parse().unwrap()
    }

    /// Writes down a change, as the script does.
    fn write(written: &mut HashMap<RoomId, HashMap<PeerId, Holding>>, room: RoomId, change: Change) {
        let held = written.entry(room).or_default();
        if change.whole {
            held.clear();
        }
        held.extend(change.held.into_iter().map(|holding| (holding.peer, holding)));
        change.gone.iter().for_each(|peer| _ = held.remove(peer));
    }

    #[test]
    fn the_first_writing_of_a_room_is_whole_and_later_ones_are_changes() {
        let mut mirror = Mirror::default();
        mirror.hold(&room(0), holding(1, 1));
        let (_, first, change) = mirror.next().unwrap();
        assert!(change.whole);
        mirror.hold(&room(0), holding(2, 1));
        mirror.release(&room(0), PeerId(1));
        let (_, second, change) = mirror.next().unwrap();
        assert!(second > first, "what is written later has the higher number");
        assert_eq!(
            (change.whole, change.held.len(), change.gone),
            (false, 1, vec![PeerId(1)])
        );
        assert_eq!(mirror.next(), None);
    }

    proptest! {
        /// Whatever fails in between and whatever is lost meanwhile, in the end all is written down as it is.
        #[test]
        fn what_is_written_down_ends_as_what_is_held(
            steps in prop::collection::vec((0_u8..6, 0_u8..3, 0_u32..4, any::<bool>()), 0..80),
        ) {
            let (mut mirror, mut written) = (Mirror::default(), HashMap::new());
            let mut held: HashMap<RoomId, HashMap<PeerId, Holding>> = HashMap::new();
            for (at, (step, n, peer, works)) in steps.into_iter().enumerate() {
                let holding = holding(peer, at as u64);
                match step {
                    0 | 1 => {
                        held.entry(room(n)).or_default().insert(holding.peer, holding.clone());
                        mirror.hold(&room(n), holding);
                    }
                    2 => {
                        held.entry(room(n)).or_default().remove(&PeerId(peer));
                        mirror.release(&room(n), PeerId(peer));
                    }
                    3 => {
                        // Redis has come back empty.
                        written.clear();
                        mirror.anew();
                    }
                    _ => {
                        if let Some((room, _, change)) = mirror.next() {
                            // One that fails may have been done, or not.
                            if works || peer % 2 == 0 {
                                write(&mut written, room.clone(), change);
                            }
                            if !works {
                                mirror.failed(&room);
                            }
                        }
                    }
                }
            }
            while let Some((room, _, change)) = mirror.next() {
                write(&mut written, room, change);
            }
            written.retain(|_, held| !held.is_empty());
            held.retain(|_, held| !held.is_empty());
            prop_assert_eq!(written, held);
        }
    }
}
