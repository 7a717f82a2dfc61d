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
        if self.reading.is_some() {
            return Next::Nothing;
        }
        self.again = None;
        self.reading = Some(self.version);
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
