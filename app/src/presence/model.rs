//! Who is in the room, in the order they came.
//!
//! Pure. Where their cursors are is [`crate::cursor::sky`].

use protocol::{
    Hue, PeerId, UserId,
    presence::{PresenceChanged, PresenceEntry},
};

/// The people in the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    me: UserId,
    present: Vec<PresenceEntry>,
}

impl Model {
    /// Nobody yet, seen by `me`.
    #[must_use]
    pub fn new(me: UserId) -> Self {
        Self {
            me,
            present: Vec::new(),
        }
    }

    /// Everybody, in the order they came; I am among them.
    #[must_use]
    pub fn people(&self) -> &[PresenceEntry] {
        &self.present
    }

    /// How many people; tabs are not counted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.present.len()
    }

    /// Whether this entry is me.
    #[must_use]
    pub fn is_me(&self, entry: &PresenceEntry) -> bool {
        entry.user_id == self.me
    }

    /// Whose connection this is. `None` for one that is not here, or of which the cursor was faster than the name.
    #[must_use]
    pub fn of(&self, peer: PeerId) -> Option<&PresenceEntry> {
        self.present.iter().find(|entry| entry.peers.contains(&peer))
    }

    /// In which colour somebody is shown: their own, or the one of their id where they are not here.
    #[must_use]
    pub fn hue_of(&self, user: &UserId) -> Hue {
        let here = self.present.iter().find(|entry| entry.user_id == *user);
        here.map_or_else(|| Hue::of(user), |entry| entry.hue)
    }

    /// The whole list came.
    pub fn replaced(&mut self, present: Vec<PresenceEntry>) {
        self.present = present;
    }

    /// A difference came.
    pub fn changed(&mut self, change: PresenceChanged) {
        self.present.retain(|entry| !change.left.contains(&entry.user_id));
        for entry in change.changed {
            self.present.retain(|known| known.user_id != entry.user_id);
            // By hand and not by the library's sort, which would weigh more than this whole file.
            let place = self.present.partition_point(|known| known.since <= entry.since);
            self.present.insert(place, entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::{Millis, Name};

    fn entry(user: &str, peers: &[u32], since: u64) -> PresenceEntry {
        let user_id: UserId = user.parse().unwrap();
        PresenceEntry {
            name: Name::of(&user_id),
            hue: Hue::of(&user_id),
            user_id,
            peers: peers.iter().copied().map(PeerId).collect(),
            since: Millis(since),
        }
    }

    fn change(changed: Vec<PresenceEntry>, left: &[&str]) -> PresenceChanged {
        PresenceChanged {
            room: "sky".parse().unwrap(),
            changed,
            left: left.iter().map(|user| user.parse().unwrap()).collect(),
        }
    }

    fn names(model: &Model) -> Vec<&str> {
        model.people().iter().map(|entry| entry.name.as_str()).collect()
    }

    #[test]
    fn people_stand_in_the_order_they_came() {
        let mut room = Model::new("ann".parse().unwrap());
        room.replaced(vec![entry("ann", &[1], 1), entry("bob", &[2], 2)]);
        room.changed(change(vec![entry("cy", &[3], 3), entry("ann", &[1, 4], 1)], &[]));
        assert_eq!(names(&room), ["ann", "bob", "cy"]);
        room.changed(change(vec![], &["bob"]));
        assert_eq!(names(&room), ["ann", "cy"]);
    }

    #[test]
    fn each_tab_leads_to_its_person() {
        let mut room = Model::new("ann".parse().unwrap());
        room.replaced(vec![entry("ann", &[1, 4], 1), entry("bob", &[2], 2)]);
        assert!(room.of(PeerId(4)).is_some_and(|ann| room.is_me(ann)));
        assert!(room.of(PeerId(2)).is_some_and(|bob| !room.is_me(bob)));
        assert_eq!(room.of(PeerId(9)), None);
    }

    proptest! {
        #[test]
        fn nobody_is_listed_twice(steps in prop::collection::vec((0..6_u32, any::<bool>(), 0..4_u64), 0..60)) {
            let mut room = Model::new("0".parse().unwrap());
            for (user, here, since) in steps {
                let user = user.to_string();
                if here {
                    room.changed(change(vec![entry(&user, &[1], since)], &[]));
                } else {
                    room.changed(change(vec![], &[&user]));
                }
                let mut listed = names(&room);
                listed.sort_unstable();
                listed.dedup();
                prop_assert_eq!(listed.len(), room.count());
                prop_assert!(room.people().is_sorted_by_key(|entry| entry.since));
            }
        }
    }
}
