//! Who is typing in a room, and until when without saying so again. Lane: tick.

use protocol::{PeerId, limits::TYPING_MS};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// How long it lasts unless it is said again.
const LASTS: Duration = Duration::from_millis(TYPING_MS);

/// Those who type.
#[derive(Debug, Default)]
pub struct Typing(BTreeMap<PeerId, Instant>);

impl Typing {
    /// Somebody is typing, still or again.
    pub fn went_on(&mut self, now: Instant, peer: PeerId) {
        self.0.insert(peer, now + LASTS);
    }

    /// Somebody is done. `false` where they had not been typing.
    pub fn ended(&mut self, peer: PeerId) -> bool {
        self.0.remove(&peer).is_some()
    }

    /// Takes those who have not said so for long.
    pub fn expire(&mut self, now: Instant) -> Vec<PeerId> {
        let gone: Vec<PeerId> = self
            .0
            .iter()
            .filter(|(_, end)| **end <= now)
            .map(|(peer, _)| *peer)
            .collect();
        gone.into_iter().filter(|peer| self.ended(*peer)).collect()
    }

    /// When the next one is to be taken.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.0.values().min().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_by_itself_unless_it_is_said_again() {
        let (mut typing, start) = (Typing::default(), Instant::now());
        typing.went_on(start, PeerId(1));
        typing.went_on(start, PeerId(2));
        typing.went_on(start + LASTS / 2, PeerId(2));
        assert_eq!(typing.due(), Some(start + LASTS));
        assert_eq!(typing.expire(start + LASTS), [PeerId(1)]);
        assert!(typing.ended(PeerId(2)) && !typing.ended(PeerId(2)));
        assert_eq!(typing.due(), None);
    }
}
