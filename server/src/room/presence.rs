//! Who is in a room: connections inside, people outside. Lane: lease.
//!
//! Who is here on other replicas is in `presence/others.rs`.
//!
//! A connection that was lost stays for a grace, so that a blip is not a leave and a join. If its person comes back in that
//! time, the new connection takes its place.

mod others;

pub use others::{Next, Others};

use crate::{
    clock::Now,
    lease::{Holding, people},
};
use protocol::{Name, PeerId, UserId, auth::Identity, presence::PresenceEntry};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// The people of one room.
#[derive(Debug, Default)]
pub struct Presence {
    members: HashMap<PeerId, Member>,
    /// Connections to other replicas.
    pub others: Others,
    /// The list as it was last told.
    told: Vec<PresenceEntry>,
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

    /// When the next grace is over.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.members.values().filter_map(|member| member.grace).min()
    }

    /// What changed since this was last asked; `None` if nothing that people see.
    pub fn change(&mut self) -> Option<Change> {
        let here = self.members.values().map(|member| &member.holding);
        let now = people(here.chain(self.others.held()).cloned().collect());
        let change = difference(&self.told, &now);
        self.told = now;
        change
    }

    /// Everybody, as last told.
    #[must_use]
    pub fn list(&self) -> &[PresenceEntry] {
        &self.told
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
        let entry = self.told.iter().find(|entry| entry.user_id == *user);
        entry.map(|entry| entry.name.clone())
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
    let had: HashMap<&UserId, &PresenceEntry> = before.iter().map(|entry| (&entry.user_id, entry)).collect();
    let have: HashMap<&UserId, &PresenceEntry> = now.iter().map(|entry| (&entry.user_id, entry)).collect();
    let change = Change {
        changed: now
            .iter()
            .filter(|entry| had.get(&entry.user_id) != Some(entry))
            .cloned()
            .collect(),
        left: before
            .iter()
            .map(|entry| &entry.user_id)
            .filter(|user| !have.contains_key(user))
            .cloned()
            .collect(),
    };
    (change != Change::default()).then_some(change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::Hue;

    const GRACE: Duration = Duration::from_secs(2);

    fn identity(user: &str) -> Identity {
        let user_id: UserId = user.parse().unwrap();
        Identity {
            hue: Hue::of(&user_id),
            name: user.parse().unwrap(),
            user_id,
        }
    }

    fn users(change: Option<Change>) -> (Vec<String>, Vec<String>) {
        let change = change.unwrap_or_default();
        let changed = change.changed.iter().map(|entry| entry.user_id.to_string()).collect();
        (changed, change.left.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_second_tab_changes_a_person_and_adds_none() {
        let mut presence = Presence::default();
        presence.join(Now::read(), PeerId(1), identity("ann"));
        assert_eq!(users(presence.change()), (vec!["ann".into()], vec![]));
        presence.join(Now::read(), PeerId(2), identity("ann"));
        assert_eq!(users(presence.change()), (vec!["ann".into()], vec![]));
        assert_eq!(presence.list().len(), 1);
        presence.leave(PeerId(1));
        assert_eq!(users(presence.change()), (vec!["ann".into()], vec![]));
        presence.leave(PeerId(2));
        assert_eq!(users(presence.change()), (vec![], vec!["ann".into()]));
    }

    #[test]
    fn a_blip_is_neither_a_leave_nor_a_join() {
        let mut presence = Presence::default();
        let start = Now::read();
        presence.join(start, PeerId(1), identity("ann"));
        presence.change();
        presence.lose(start, PeerId(1), GRACE);
        assert_eq!(presence.change(), None);
        let replaced = presence.join(start.after(GRACE / 2), PeerId(2), identity("ann"));
        assert_eq!(replaced, [PeerId(1)]);
        let (changed, left) = users(presence.change());
        assert_eq!((changed.len(), left.len()), (1, 0));
        assert_eq!(presence.list()[0].since, start.at);
        assert!(presence.expire(start.after(GRACE * 2)).is_empty());
    }

    #[test]
    fn who_does_not_come_back_has_left() {
        let mut presence = Presence::default();
        let start = Now::read();
        presence.join(start, PeerId(1), identity("ann"));
        presence.change();
        presence.lose(start, PeerId(1), GRACE);
        assert_eq!(presence.due(), Some(start.instant + GRACE));
        assert_eq!(presence.expire(start.after(GRACE)), [PeerId(1)]);
        assert_eq!(users(presence.change()), (vec![], vec!["ann".into()]));
        assert!(presence.is_empty());
    }

    proptest! {
        /// Whoever follows the differences has the same list as whoever asks for all.
        #[test]
        fn differences_add_up_to_the_list(steps in prop::collection::vec((0_u8..4, 0_u32..6), 0..80)) {
            let mut presence = Presence::default();
            let mut now = Now::read();
            let mut followed: HashMap<UserId, PresenceEntry> = HashMap::new();
            for (step, peer) in steps {
                now = now.after(Duration::from_millis(700));
                match step {
                    0 | 1 => drop(presence.join(now, PeerId(peer), identity(["ann", "bob", "cyd"][peer as usize % 3]))),
                    2 => drop(presence.leave(PeerId(peer))),
                    _ => drop(presence.lose(now, PeerId(peer), GRACE)),
                }
                presence.expire(now);
                if let Some(change) = presence.change() {
                    followed.retain(|user, _| !change.left.contains(user));
                    followed.extend(change.changed.into_iter().map(|entry| (entry.user_id.clone(), entry)));
                }
                let list: HashMap<_, _> = presence.list().iter().map(|e| (e.user_id.clone(), e.clone())).collect();
                prop_assert_eq!(&followed, &list);
            }
        }
    }
}
