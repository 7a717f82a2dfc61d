//! One room, as those in it share it here: when each sent which position, so that whoever hears it knows how long that took.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use protocol::RoomId;

/// How many positions back a hearer can be. At 20 a second these are seconds.
const KEPT: u64 = 256;

/// A room.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) room: RoomId,
    movers: Vec<Mover>,
}

/// The positions of one person, which are numbered from 1.
#[derive(Debug)]
struct Mover {
    newest: AtomicU64,
    /// When each of the newest was sent, in microseconds.
    times: Box<[AtomicU64]>,
}

impl Place {
    /// A room in which so many may move.
    pub(crate) fn new(room: RoomId, movers: usize) -> Self {
        let mover = || Mover {
            newest: AtomicU64::new(0),
            times: (0..KEPT).map(|_| AtomicU64::new(0)).collect(),
        };
        Self {
            room,
            movers: std::iter::repeat_with(mover).take(movers).collect(),
        }
    }

    /// Somebody is about to send their next position: its number. Only they call this.
    pub(crate) fn next_position(&self, member: usize, at: u64) -> Option<u64> {
        let mover = self.movers.get(member)?;
        let number = mover.newest.load(Relaxed) + 1;
        mover.time(number).store(at, Relaxed);
        mover.newest.store(number, Relaxed);
        Some(number)
    }

    /// It could not be sent: its number is the next one's.
    pub(crate) fn take_back(&self, member: usize) {
        if let Some(mover) = self.movers.get(member) {
            mover.newest.fetch_sub(1, Relaxed);
        }
    }

    /// When a position was sent; `None` where that is too long ago, or nobody here sent it.
    pub(crate) fn sent(&self, member: usize, number: u64) -> Option<u64> {
        let mover = self.movers.get(member)?;
        let newest = mover.newest.load(Relaxed);
        (number <= newest && newest - number < KEPT).then(|| mover.time(number).load(Relaxed))
    }

    /// The number of the last position that each sent; 0 for who did not move.
    pub(crate) fn newest(&self) -> Vec<u64> {
        self.movers.iter().map(|mover| mover.newest.load(Relaxed)).collect()
    }
}

impl Mover {
    fn time(&self, number: u64) -> &AtomicU64 {
        &self.times[usize::try_from(number % KEPT).unwrap_or_default()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_known_for_a_while() {
        let place = Place::new("sky".parse().unwrap(), 2);
        assert_eq!(place.sent(1, 1), None);
        for at in 1..=KEPT + 1 {
            assert_eq!(place.next_position(1, at * 10), Some(at));
        }
        assert_eq!(place.sent(1, 1), None);
        assert_eq!(place.sent(1, 2), Some(20));
        assert_eq!((place.sent(1, KEPT + 2), place.sent(7, 1)), (None, None));
        assert_eq!(place.newest(), [0, KEPT + 1]);
    }

    #[test]
    fn what_was_not_sent_was_not() {
        let place = Place::new("sky".parse().unwrap(), 1);
        place.next_position(0, 10);
        place.take_back(0);
        assert_eq!((place.newest(), place.sent(0, 1)), (vec![0], None));
        assert_eq!(place.next_position(0, 20), Some(1));
        assert_eq!(place.next_position(1, 20), None);
    }
}
