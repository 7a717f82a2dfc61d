//! The lease lane's storage: which connections are in which room. State, not events; knows no sockets and no actors. What
//! several processes share is in `cluster/lease.rs`.

pub mod memory;

use crate::{cluster::Life, store::LogError};
use async_trait::async_trait;
use protocol::{Millis, PeerId, RoomId, UserId, auth::Identity, presence::PresenceEntry};
use serde::{Deserialize, Serialize};

/// One connection in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Which connection.
    pub peer: PeerId,
    /// Whose.
    pub who: Identity,
    /// Since when.
    pub since: Millis,
}

/// Who is in a room on other replicas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// The count of changes of the room's presence up to which this is so.
    pub version: u64,
    /// Their connections, with the replica that holds each.
    pub held: Vec<(Life, Holding)>,
}

/// Who is where. Writing returns at once and in order; a store across a network queues.
#[async_trait]
pub trait Leases: Send + Sync + 'static {
    /// This connection is in the room, or is called otherwise from now on.
    fn hold(&self, room: &RoomId, holding: Holding);

    /// This connection is in the room no longer.
    fn release(&self, room: &RoomId, peer: PeerId);

    /// Everybody in a room, on all replicas, in the order they came.
    async fn present(&self, room: &RoomId) -> Vec<PresenceEntry>;

    /// Who is in a room on other replicas, as far as these live. Nobody, where there is one process alone.
    async fn others(&self, room: &RoomId) -> Result<Others, LogError> {
        _ = room;
        Ok(Others::default())
    }

    /// A person has so many connections here from now on, one more than before. Returns how many they have on other replicas.
    async fn count_in(&self, user: &UserId, here: usize) -> usize {
        _ = (user, here);
        0
    }

    /// A person has only so many connections here from now on.
    fn count_out(&self, user: &UserId, here: usize) {
        _ = (user, here);
    }

    /// Every room in which somebody is, on all replicas, with who is there.
    async fn rooms(&self) -> Vec<(RoomId, Vec<PresenceEntry>)>;
}

/// One entry a person out of one a connection. The newest connection says what the person is called.
#[must_use]
pub fn people(mut holdings: Vec<Holding>) -> Vec<PresenceEntry> {
    let order = |holding: &Holding| (holding.since, holding.peer);
    holdings.sort_unstable_by(|one, other| (&one.who.user_id, order(one)).cmp(&(&other.who.user_id, order(other))));
    let mut people: Vec<PresenceEntry> = Vec::with_capacity(holdings.len());
    for Holding { peer, who, since } in holdings {
        match people.last_mut() {
            Some(person) if person.user_id == who.user_id => {
                person.peers.push(peer);
                (person.name, person.hue) = (who.name, who.hue);
            }
            _ => people.push(PresenceEntry {
                user_id: who.user_id,
                name: who.name,
                hue: who.hue,
                peers: vec![peer],
                since,
            }),
        }
    }
    people.sort_unstable_by_key(|person| (person.since, person.peers.first().copied()));
    people
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Hue;

    fn holding(user: &str, name: &str, peer: u32, since: u64) -> Holding {
        let user_id = user.parse().unwrap();
        let who = Identity {
            hue: Hue::of(&user_id),
            user_id,
            name: name.parse().unwrap(),
        };
        Holding {
            peer: PeerId(peer),
            who,
            since: Millis(since),
        }
    }

    #[test]
    fn tabs_of_one_person_are_one_entry() {
        let people = people(vec![
            holding("ann", "Anna", 3, 30),
            holding("bob", "Bob", 2, 20),
            holding("ann", "Ann", 1, 10),
        ]);
        assert_eq!(people.len(), 2);
        assert_eq!(people[0].peers, [PeerId(1), PeerId(3)]);
        assert_eq!((people[0].since, people[0].name.as_str()), (Millis(10), "Anna"));
        assert_eq!(people[1].user_id.as_str(), "bob");
    }
}
