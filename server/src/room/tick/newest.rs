//! The newest that each connection said of one thing, and in how many more frames it has to stand.

use protocol::PeerId;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Frames in which something stands: its own and one repetition, since a frame may be lost on its way to a slow receiver.
const STANDS_IN: u8 = 2;

/// One kind of thing, by connection.
#[derive(Debug)]
pub struct Newest<T>(BTreeMap<PeerId, Spot<T>>);

#[derive(Clone, Copy, Debug)]
struct Spot<T> {
    value: T,
    said: Instant,
    /// In how many more frames it has to stand.
    owed: u8,
}

/// What is to be told of one kind in one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Told<T> {
    /// What was said since the last frame.
    pub fresh: Vec<(PeerId, T)>,
    /// What is told once more.
    pub repeated: Vec<(PeerId, T)>,
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Copy> Newest<T> {
    /// Only the newest counts. Returns how long after the one before it came.
    pub fn say(&mut self, now: Instant, peer: PeerId, value: T) -> Option<Duration> {
        let spot = Spot {
            value,
            said: now,
            owed: STANDS_IN,
        };
        let before = self.0.insert(peer, spot)?;
        Some(now.saturating_duration_since(before.said))
    }

    /// Takes away what a connection said. That it is gone is told by presence.
    pub fn remove(&mut self, peer: PeerId) {
        self.0.remove(&peer);
    }

    /// What this connection said last.
    #[must_use]
    pub fn get(&self, peer: PeerId) -> Option<T> {
        self.0.get(&peer).map(|spot| spot.value)
    }

    /// All that was said, for a newcomer.
    pub fn all(&self) -> impl Iterator<Item = (PeerId, T)> + '_ {
        self.0.iter().map(|(peer, spot)| (*peer, spot.value))
    }

    /// Changes all in place. Nobody is told: they know by themselves.
    pub fn change(&mut self, change: impl Fn(PeerId, T) -> T) {
        for (peer, spot) in &mut self.0 {
            spot.value = change(*peer, spot.value);
        }
    }

    /// Whether something has yet to be told.
    #[must_use]
    pub fn owes(&self) -> bool {
        self.0.values().any(|spot| spot.owed > 0)
    }

    /// Whether there is nothing to tell, even to a newcomer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes what a frame has to hold: what is owed, or everything where it is to be `full`. What need not `stay` once it
    /// was told is forgotten.
    pub fn frame(&mut self, full: bool, stay: impl Fn(&T) -> bool) -> Told<T> {
        let mut told = Told {
            fresh: Vec::new(),
            repeated: Vec::new(),
        };
        for (peer, spot) in &mut self.0 {
            match spot.owed {
                STANDS_IN => told.fresh.push((*peer, spot.value)),
                0 if !full => continue,
                _ => told.repeated.push((*peer, spot.value)),
            }
            spot.owed = spot.owed.saturating_sub(1);
        }
        self.0.retain(|_, spot| spot.owed > 0 || stay(&spot.value));
        told
    }
}

impl<T> Told<T> {
    /// What is new, and where it is wanted what is told once more.
    pub fn told(&self, repeated: bool) -> impl Iterator<Item = (PeerId, T)> + '_
    where
        T: Copy,
    {
        let again = self.repeated.iter().filter(move |_| repeated);
        self.fresh.iter().chain(again).copied()
    }

    /// All of it.
    pub fn all(&self) -> impl Iterator<Item = &(PeerId, T)> {
        self.fresh.iter().chain(&self.repeated)
    }
}
