//! What a connection told of the tick lane faster than it may: of each kind and room the newest, until it is its turn.

use crate::room::command::Command;
use protocol::RoomId;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is held of one connection.
#[derive(Default)]
pub struct Held(Mutex<Vec<One>>);

struct One {
    event: &'static str,
    room: RoomId,
    command: Command,
}

impl Held {
    /// Holds a command in place of an older one. `true` where nothing was held, so that somebody has to let it go.
    pub fn keep(&self, event: &'static str, room: &RoomId, command: Command) -> bool {
        let mut held = self.lock();
        let first = held.is_empty();
        held.retain(|one| !one.is(event, room));
        held.push(One {
            event,
            room: room.clone(),
            command,
        });
        first
    }

    /// Drops what is older than what just went through.
    pub fn outdate(&self, event: &'static str, room: &RoomId) {
        self.lock().retain(|one| !one.is(event, room));
    }

    /// Lets everything go.
    pub fn release(&self) -> Vec<(RoomId, Command)> {
        let held = std::mem::take(&mut *self.lock());
        held.into_iter().map(|one| (one.room, one.command)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<One>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl One {
    fn is(&self, event: &str, room: &RoomId) -> bool {
        self.event == event && self.room == *room
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::PeerId;

    fn held(held: &Held, event: &'static str, room: &str, peer: u32) -> bool {
        held.keep(event, &room.parse().unwrap(), Command::Lose(PeerId(peer)))
    }

    fn released(held: &Held) -> Vec<(String, u32)> {
        let commands = held.release().into_iter();
        let peers = commands.map(|(room, command)| match command {
            Command::Lose(PeerId(peer)) => (room.to_string(), peer),
            other => panic!("{other:?}"),
        });
        peers.collect()
    }

    #[test]
    fn the_newest_of_each_kind_and_room_is_held() {
        let all = Held::default();
        assert!(held(&all, "cursor", "a", 1));
        for (event, room, peer) in [("cursor", "b", 2), ("typing", "a", 3), ("cursor", "a", 4)] {
            assert!(!held(&all, event, room, peer));
        }
        let expected = [("b", 2), ("a", 3), ("a", 4)].map(|(room, peer)| (room.to_owned(), peer));
        assert_eq!(released(&all), expected);
        assert!(held(&all, "cursor", "a", 5), "nothing is held any more");
    }

    #[test]
    fn what_is_older_than_what_went_through_is_dropped() {
        let all = Held::default();
        held(&all, "cursor", "a", 1);
        all.outdate("cursor", &"a".parse().unwrap());
        assert!(released(&all).is_empty());
    }
}
