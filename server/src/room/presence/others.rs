//! Who is in a room on other replicas: a list that was read, and the changes told since, which are counted, so that one that
//! was missed is noticed. Pure.

use crate::{
    cluster::{Life, message::Present},
    lease::{self, Holding},
};
use protocol::PeerId;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// A replica that is missing from the list gets so long to be there when it is read again: after Redis came back empty, each
/// writes down its own.
const MISSING: Duration = Duration::from_secs(3);

/// What is known of other replicas.
#[derive(Debug, Default)]
pub struct Others {
    /// Up to which change.
    version: u64,
    held: HashMap<Life, HashMap<PeerId, Holding>>,
    /// Where the list is being read: the newest change that was told meanwhile.
    reading: Option<u64>,
    /// Replicas that were missing from the list when it was read, and since when.
    missing: HashMap<Life, Instant>,
    /// When the list is to be read again, since it could not be read.
    again: Option<Instant>,
}

/// Whether the list has to be read.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is as it is.
    Nothing,
    /// It has to be.
    Read,
}

impl Others {
    /// All connections.
    pub fn held(&self) -> impl Iterator<Item = &Holding> {
        self.held.values().flat_map(HashMap::values)
    }

    /// This connection.
    #[must_use]
    pub fn get(&self, peer: PeerId) -> Option<&Holding> {
        self.held.values().find_map(|held| held.get(&peer))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.values().map(HashMap::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The list is to be read, unless it is being read.
    pub fn ask(&mut self) -> Next {
        if let Some(newest) = &mut self.reading {
            // What is being read may be older than what was missed: once more after it.
            *newest = u64::MAX;
            return Next::Nothing;
        }
        self.again = None;
        self.reading = Some(0);
        Next::Read
    }

    /// A change was told, by this replica (`own`) or another.
    pub fn told(&mut self, life: Life, own: bool, present: Present) -> Next {
        if let Some(newest) = &mut self.reading {
            *newest = present.version.max(*newest);
            return Next::Nothing;
        }
        if present.version <= self.version {
            // Told before the list was read.
            return Next::Nothing;
        }
        if present.version > self.version + 1 {
            return self.ask();
        }
        self.version = present.version;
        if !own {
            self.change(life, present);
        }
        Next::Nothing
    }

    fn change(&mut self, life: Life, Present { whole, change, .. }: Present) {
        self.missing.remove(&life);
        let held = self.held.entry(life.clone()).or_default();
        if whole {
            held.clear();
        }
        held.extend(change.held.into_iter().map(|holding| (holding.peer, holding)));
        change.gone.iter().for_each(|peer| _ = held.remove(peer));
        if held.is_empty() {
            self.held.remove(&life);
        }
    }

    /// The list was read.
    pub fn read(&mut self, now: Instant, others: lease::Others) -> Next {
        let newest = self.reading.take().unwrap_or_default();
        self.version = others.version;
        let mut held: HashMap<Life, HashMap<PeerId, Holding>> = HashMap::new();
        for (life, holding) in others.held {
            held.entry(life).or_default().insert(holding.peer, holding);
        }
        let before = std::mem::replace(&mut self.held, held);
        self.missing.retain(|life, _| !self.held.contains_key(life));
        for (life, was) in before {
            if self.held.contains_key(&life) {
                continue;
            }
            if now < *self.missing.entry(life.clone()).or_insert(now) + MISSING {
                self.held.insert(life, was);
            } else {
                self.missing.remove(&life);
            }
        }
        if newest > self.version {
            self.ask()
        } else {
            Next::Nothing
        }
    }

    /// The list could not be read: what is known stays.
    pub fn unread(&mut self, now: Instant) {
        self.reading = None;
        self.again = Some(now + MISSING);
    }

    /// When the list is to be read again.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        let missing = self.missing.values().map(|since| *since + MISSING);
        missing.chain(self.again).min().filter(|_| self.reading.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::message::PresentChange;
    use protocol::{Hue, Millis, UserId, auth::Identity};

    fn holding(peer: u32) -> Holding {
        let user_id: UserId = "ann".parse().unwrap();
        Holding {
            peer: PeerId(peer),
            who: Identity {
                hue: Hue::of(&user_id),
                name: "Ann".parse().unwrap(),
                user_id,
            },
            since: Millis(1),
        }
    }

    fn present(version: u64, whole: bool, held: &[u32], gone: &[u32]) -> Present {
        let change = PresentChange {
            held: held.iter().map(|peer| holding(*peer)).collect(),
            gone: gone.iter().map(|peer| PeerId(*peer)).collect(),
        };
        Present { version, whole, change }
    }

    fn list(version: u64, held: &[(&Life, u32)]) -> lease::Others {
        let held = held.iter().map(|(life, peer)| ((*life).clone(), holding(*peer)));
        lease::Others {
            version,
            held: held.collect(),
        }
    }

    fn peers(others: &Others) -> Vec<u32> {
        let mut peers: Vec<u32> = others.held().map(|holding| holding.peer.0).collect();
        peers.sort_unstable();
        peers
    }

    #[test]
    fn changes_are_followed_and_one_that_was_missed_is_noticed() {
        let (mut others, a) = (Others::default(), Life::of("a"));
        assert_eq!(
            others.told(a.clone(), false, present(1, true, &[1, 2], &[])),
            Next::Nothing
        );
        assert_eq!(
            others.told(a.clone(), false, present(2, false, &[3], &[1])),
            Next::Nothing
        );
        assert_eq!(peers(&others), [2, 3]);
        assert_eq!(
            others.told(a.clone(), true, present(3, false, &[9], &[])),
            Next::Nothing
        );
        assert_eq!(peers(&others), [2, 3], "one's own are known otherwise");
        assert_eq!(others.told(a.clone(), false, present(5, false, &[4], &[])), Next::Read);
        assert_eq!(
            others.told(a.clone(), false, present(6, false, &[5], &[])),
            Next::Nothing
        );
        let read = others.read(Instant::now(), list(5, &[(&a, 2), (&a, 4)]));
        assert_eq!(read, Next::Read, "the sixth was told while the list was read");
        assert_eq!(others.read(Instant::now(), list(6, &[(&a, 4), (&a, 5)])), Next::Nothing);
        assert_eq!(peers(&others), [4, 5]);
    }

    #[test]
    fn a_replica_that_is_swept_has_nobody() {
        let (mut others, a) = (Others::default(), Life::of("a"));
        _ = others.told(a.clone(), false, present(1, true, &[1], &[]));
        _ = others.told(a, false, present(2, true, &[], &[]));
        assert!(others.is_empty());
    }

    #[test]
    fn who_is_missing_from_the_list_gets_a_second_look() {
        let (mut others, a, b) = (Others::default(), Life::of("a"), Life::of("b"));
        let start = Instant::now();
        _ = others.ask();
        _ = others.read(start, list(9, &[(&a, 1), (&b, 2)]));
        // Redis has come back empty.
        _ = others.ask();
        _ = others.read(start, list(0, &[]));
        assert_eq!(peers(&others), [1, 2]);
        // One has written its own down again.
        _ = others.told(a.clone(), false, present(1, true, &[1], &[]));
        assert_eq!(others.due(), Some(start + MISSING));
        _ = others.ask();
        _ = others.read(start + MISSING, list(1, &[(&a, 1)]));
        assert_eq!(peers(&others), [1]);
        assert_eq!(others.due(), None);
    }
}
