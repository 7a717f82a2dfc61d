//! Who is in a room: connections inside, people outside. Lane: lease.
//!
//! Who is here on other replicas is in `presence/others.rs`.
//!
//! A connection that was lost stays for a grace, so that a blip is not a leave and a join. If its person comes back in that
//! time, the new connection takes its place.
//!
//! What changed is told at once after a rest, and else with whatever else has changed once a pause is over. Where pause
//! follows pause they grow: when a hundred come back at the same time, they do not hear of each other a hundred times.

mod others;

pub use others::{Next, Others};

use crate::{
    clock::Now,
    lease::{Holding, people},
};
use protocol::{Name, PeerId, RoomId, UserId, auth::Identity, presence::PresenceEntry};
use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    time::{Duration, Instant},
};

/// The pause between two tellings, after a rest and at most. Not a tick: what is told of those who come costs the square of
/// their number, most of what a crowd that comes in costs at all, and a list of names need not move like a cursor.
const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(1);
/// By which share of itself a pause is longer in the slowest of rooms.
const SLOWER: f32 = 0.5;

/// The people of one room.
#[derive(Debug, Default)]
pub struct Presence {
    /// Ordered, as what a room holds of each connection always is: for the few who are in most rooms that takes half the
    /// memory of a hash table.
    members: BTreeMap<PeerId, Member>,
    /// Connections to other replicas.
    pub others: Others,
    /// The list as it was last told. An entry without connections stands for one of which somebody knows something else:
    /// it is told anew.
    told: Vec<PresenceEntry>,
    /// When it was last told, and the pause that began then.
    last: Option<(Instant, Duration)>,
    /// Whether something may have changed since.
    stale: bool,
    /// By which share pauses are longer here than elsewhere: rooms that fill side by side are not to tell at one moment.
    slower: f32,
}

#[derive(Debug)]
struct Member {
    holding: Holding,
    /// Until when a lost connection still counts; `None` while it lives.
    grace: Option<Instant>,
}

/// The difference between two tellings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Who came or changed.
    pub changed: Vec<PresenceEntry>,
    /// Who left.
    pub left: Vec<UserId>,
}

impl Presence {
    /// Nobody yet.
    #[must_use]
    pub fn of(room: &RoomId) -> Self {
        let mut hasher = DefaultHasher::new();
        room.hash(&mut hasher);
        Self {
            slower: SLOWER * (hasher.finish() as u8) as f32 / 256.0,
            ..Self::default()
        }
    }

    /// Lets a connection in. Returns the connections whose place it takes: lost ones of the same person.
    pub fn join(&mut self, now: Now, peer: PeerId, who: Identity) -> Vec<PeerId> {
        let same = |member: &Member| member.grace.is_some() && member.holding.who.user_id == who.user_id;
        let replaced: Vec<PeerId> = self
            .members
            .iter()
            .filter(|(_, member)| same(member))
            .map(|(peer, _)| *peer)
            .collect();
        // Who comes back has been here since they first came.
        let first = replaced
            .iter()
            .filter_map(|lost| self.members.remove(lost))
            .map(|member| member.holding.since)
            .min();
        let since = self
            .members
            .get(&peer)
            .map(|member| member.holding.since)
            .or(first)
            .unwrap_or(now.at);
        self.members.insert(
            peer,
            Member {
                holding: Holding { peer, who, since },
                grace: None,
            },
        );
        replaced
    }

    /// Lets a connection out. `false` where it was not in.
    pub fn leave(&mut self, peer: PeerId) -> bool {
        self.members.remove(&peer).is_some()
    }

    /// Marks a connection as lost, to be gone after `grace`. `false` where it was not in.
    pub fn lose(&mut self, now: Now, peer: PeerId, grace: Duration) -> bool {
        let Some(member) = self.members.get_mut(&peer) else {
            return false;
        };
        member.grace = Some(now.instant + grace);
        true
    }

    /// Lets those out whose grace is over.
    pub fn expire(&mut self, now: Now) -> Vec<PeerId> {
        let over = |member: &Member| member.grace.is_some_and(|end| end <= now.instant);
        let gone: Vec<PeerId> = self
            .members
            .iter()
            .filter(|(_, member)| over(member))
            .map(|(peer, _)| *peer)
            .collect();
        gone.into_iter().filter(|peer| self.leave(*peer)).collect()
    }

    /// When the next grace is over, or a change is to be told.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        let grace = self.members.values().filter_map(|member| member.grace).min();
        let told = self.last.filter(|_| self.stale).map(|(last, pause)| last + pause);
        grace.into_iter().chain(told).min()
    }

    /// Something may have changed. What is to be told of it, if it is time; `None` if nothing that people see.
    pub fn changed(&mut self, now: Instant) -> Option<Change> {
        self.stale = true;
        self.due_change(now)
    }

    /// What is to be told now, if it is time.
    pub fn due_change(&mut self, now: Instant) -> Option<Change> {
        if !self.stale || self.last.is_some_and(|(last, pause)| now < last + pause) {
            return None;
        }
        self.stale = false;
        let mut list = self.list();
        let change = difference(&self.told, &list)?;
        list.shrink_to_fit();
        self.told = list;
        self.last = Some((now, self.pause(now)));
        Some(change)
    }

    /// The pause after what is told now: twice the last one, unless that was followed by as long a rest.
    fn pause(&self, now: Instant) -> Duration {
        let [shortest, longest] = [SHORTEST, LONGEST].map(|pause| pause.mul_f32(1.0 + self.slower));
        match self.last {
            Some((last, pause)) if now < last + 2 * pause => longest.min(2 * pause),
            _ => shortest,
        }
    }

    /// Everybody, as last told.
    #[must_use]
    pub fn told(&self) -> &[PresenceEntry] {
        &self.told
    }

    /// Everybody, in the order they came.
    #[must_use]
    pub fn list(&self) -> Vec<PresenceEntry> {
        let here = self.members.values().map(|member| &member.holding);
        people(here.chain(self.others.held()).cloned().collect())
    }

    /// Everybody, for somebody who follows the changes from now on.
    pub fn show(&mut self) -> Vec<PresenceEntry> {
        let list = self.list();
        for entry in difference(&self.told, &list).map_or_else(Vec::new, |change| change.changed) {
            self.told.retain(|told| told.user_id != entry.user_id);
            let peers = Vec::new();
            self.told.push(PresenceEntry { peers, ..entry });
        }
        list
    }

    /// The connection, if it is in and not lost.
    #[must_use]
    pub fn holding(&self, peer: PeerId) -> Option<&Holding> {
        self.members
            .get(&peer)
            .filter(|member| member.grace.is_none())
            .map(|member| &member.holding)
    }

    /// Whose connection this is, if it is in, be it lost or not, here or elsewhere.
    #[must_use]
    pub fn person(&self, peer: PeerId) -> Option<&Identity> {
        let here = self.members.get(&peer).map(|member| &member.holding);
        here.or_else(|| self.others.get(peer)).map(|holding| &holding.who)
    }

    /// All connections that are in here, the lost ones too.
    #[must_use]
    pub fn here(&self) -> Vec<PeerId> {
        self.members.keys().copied().collect()
    }

    /// What a person who is in is called.
    #[must_use]
    pub fn named(&self, user: &UserId) -> Option<Name> {
        let here = self.members.values().map(|member| &member.holding);
        let holding = here.chain(self.others.held()).find(|one| one.who.user_id == *user);
        holding.map(|holding| holding.who.name.clone())
    }

    /// Whether this connection is one to this replica, be it lost or not.
    #[must_use]
    pub fn is_here(&self, peer: PeerId) -> bool {
        self.members.contains_key(&peer)
    }

    /// How many connections are in, the lost ones too, on all replicas.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len() + self.others.len()
    }

    /// Whether nobody is in on this replica.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

fn difference(before: &[PresenceEntry], now: &[PresenceEntry]) -> Option<Change> {
    let (had, have) = (sorted(before), sorted(now));
    let change = Change {
        changed: now
            .iter()
            .filter(|entry| find(&had, &entry.user_id) != Some(entry))
            .cloned()
            .collect(),
        left: before
            .iter()
            .map(|entry| &entry.user_id)
            .filter(|user| find(&have, user).is_none())
            .cloned()
            .collect(),
    };
    (change != Change::default()).then_some(change)
}

/// Sorted, to be looked through: there is a list for everybody who comes, and a hash table costs several times as much.
fn sorted(list: &[PresenceEntry]) -> Vec<&PresenceEntry> {
    let mut list: Vec<&PresenceEntry> = list.iter().collect();
    list.sort_unstable_by(|one, other| one.user_id.cmp(&other.user_id));
    list
}

fn find<'a>(sorted: &[&'a PresenceEntry], user: &UserId) -> Option<&'a PresenceEntry> {
    let place = sorted.binary_search_by(|entry| entry.user_id.cmp(user)).ok()?;
    Some(sorted[place])
}

#[cfg(test)]
mod tests;
