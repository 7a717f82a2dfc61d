//! The lives of the tokens of open connections: when a client is told that its token ends, and when its connection does. Pure.
//!
//! What is left of a token is read off the wall clock once, when it is taken. From there it is measured on the monotonic
//! clock, so that setting the wall clock neither ends a session nor prolongs one.

use crate::clock::Now;
use protocol::{Millis, PeerId};
use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

/// How long before and after its end a token is told about and still taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How long before its end the client is told; half of what is left where that is less.
    pub expiring: Duration,
    /// How long after its end the connection goes on.
    pub grace: Duration,
}

/// What it is time for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// To tell the client.
    Warn,
    /// To end the connection.
    End,
}

/// All of them: what each connection's token is due for next, and in which order. Less than a hundred bytes a connection,
/// and no task.
pub(super) struct Lives {
    terms: Terms,
    start: Instant,
    by_peer: HashMap<PeerId, Life>,
    by_time: BTreeSet<(Moment, PeerId)>,
}

/// Microseconds since the start: half the size of an [`Instant`].
type Moment = u64;

#[derive(Clone, Copy)]
struct Life {
    /// When the next turn is: that of the end, or before it that of telling.
    next: Moment,
    /// When the connection ends.
    end: Moment,
}

impl Lives {
    /// Nobody's yet. Nothing is asked of it that was before `start`.
    #[must_use]
    pub(super) fn new(terms: Terms, start: Instant) -> Self {
        Self {
            terms,
            start,
            by_peer: HashMap::new(),
            by_time: BTreeSet::new(),
        }
    }

    /// This connection has a token, its first or another, that ends at `until`.
    pub(super) fn take(&mut self, peer: PeerId, until: Millis, now: Now) {
        let left = until.since(now.at);
        let life = Life {
            next: self.moment(now.instant + (left - self.terms.expiring.min(left / 2))),
            end: self.moment(now.instant + left + self.terms.grace),
        };
        self.set(peer, life);
    }

    /// This connection is gone.
    pub(super) fn forget(&mut self, peer: PeerId) {
        if let Some(life) = self.by_peer.remove(&peer) {
            self.by_time.remove(&(life.next, peer));
        }
    }

    /// Gives back the places of those who are gone.
    pub(super) fn shrink(&mut self) {
        self.by_peer.shrink_to_fit();
    }

    /// When something is due next.
    #[must_use]
    pub(super) fn next(&self) -> Option<Instant> {
        let (next, _) = self.by_time.first()?;
        Some(self.start + Duration::from_micros(*next))
    }

    /// One that is due at `now`, and for what. One whose connection has to end is forgotten.
    pub(super) fn due(&mut self, now: Instant) -> Option<(PeerId, Turn)> {
        let now = self.moment(now);
        let (_, peer) = *self.by_time.first().filter(|(next, _)| *next <= now)?;
        let Life { end, .. } = *self.by_peer.get(&peer)?;
        // Whoever slept past both is told no more that the end is near.
        if end <= now {
            self.forget(peer);
            return Some((peer, Turn::End));
        }
        self.set(peer, Life { next: end, end });
        Some((peer, Turn::Warn))
    }

    fn moment(&self, at: Instant) -> Moment {
        u64::try_from(at.saturating_duration_since(self.start).as_micros()).unwrap_or(u64::MAX)
    }

    fn set(&mut self, peer: PeerId, life: Life) {
        self.forget(peer);
        self.by_peer.insert(peer, life);
        self.by_time.insert((life.next, peer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANN: PeerId = PeerId(1);
    const BOB: PeerId = PeerId(2);

    fn lives() -> Lives {
        let terms = Terms {
            expiring: Duration::from_secs(60),
            grace: Duration::from_secs(30),
        };
        Lives::new(terms, Instant::now())
    }

    fn seconds(now: Now, after: u64) -> Now {
        now.after(Duration::from_secs(after))
    }

    /// What is due at each second of `until`, as `(second, whose, what)`.
    fn lived(lives: &mut Lives, start: Now, until: u64) -> Vec<(u64, PeerId, Turn)> {
        let mut all = Vec::new();
        for second in 0..=until {
            while let Some((peer, turn)) = lives.due(seconds(start, second).instant) {
                all.push((second, peer, turn));
            }
        }
        all
    }

    #[test]
    fn a_client_is_told_before_the_end_and_ended_after_the_grace() {
        let (mut lives, now) = (lives(), Now::read());
        lives.take(ANN, seconds(now, 300).at, now);
        lives.take(BOB, seconds(now, 20).at, now);
        assert_eq!(
            lived(&mut lives, now, 400),
            [
                (10, BOB, Turn::Warn),
                (50, BOB, Turn::End),
                (240, ANN, Turn::Warn),
                (330, ANN, Turn::End)
            ]
        );
        assert_eq!(lives.next(), None);
    }

    #[test]
    fn another_token_begins_another_life() {
        let (mut lives, now) = (lives(), Now::read());
        lives.take(ANN, seconds(now, 300).at, now);
        assert_eq!(lived(&mut lives, now, 250), [(240, ANN, Turn::Warn)]);
        let later = seconds(now, 250);
        lives.take(ANN, seconds(now, 600).at, later);
        assert_eq!(
            lived(&mut lives, now, 700),
            [(540, ANN, Turn::Warn), (630, ANN, Turn::End)]
        );
    }

    #[test]
    fn whoever_has_gone_is_due_for_nothing() {
        let (mut lives, now) = (lives(), Now::read());
        lives.take(ANN, seconds(now, 300).at, now);
        lives.forget(ANN);
        assert_eq!(lived(&mut lives, now, 400), []);
    }

    #[test]
    fn who_slept_past_the_end_is_not_told_that_it_is_near() {
        let (mut lives, now) = (lives(), Now::read());
        lives.take(ANN, seconds(now, 300).at, now);
        let late = seconds(now, 1000).instant;
        assert_eq!(lives.due(late), Some((ANN, Turn::End)));
        assert_eq!(lives.due(late), None);
    }

    /// The wall clock jumps after the token was taken: what was left of it then is left, whatever the clock says.
    #[test]
    fn clock_jumps_of_a_token_neither_end_nor_prolong_a_session() {
        let hour = 60 * 60 * 1000;
        for jump in [-hour, 0, hour] {
            let (mut lives, now) = (lives(), Now::read());
            lives.take(ANN, seconds(now, 300).at, now);
            // Bob comes after the jump, with a token by the clock as it then is.
            let jumped = Now {
                at: Millis(seconds(now, 5).at.0.saturating_add_signed(jump)),
                ..seconds(now, 5)
            };
            lives.take(BOB, seconds(jumped, 300).at, jumped);
            let expected = [
                (240, ANN, Turn::Warn),
                (245, BOB, Turn::Warn),
                (330, ANN, Turn::End),
                (335, BOB, Turn::End),
            ];
            assert_eq!(lived(&mut lives, now, 400), expected, "{jump} ms");
        }
    }

    proptest! {
        /// Whatever comes and goes: each is told once at most a token, ended once, and not before its time.
        #[test]
        fn nobody_is_ended_before_the_end(steps in prop::collection::vec((0_u32..4, 0_u64..200, any::<bool>()), 1..60)) {
            let (mut lives, start) = (lives(), Now::read());
            let mut ends: HashMap<PeerId, u64> = HashMap::new();
            for (second, (peer, left, stays)) in steps.into_iter().enumerate() {
                let (peer, second) = (PeerId(peer), second as u64 * 7);
                let now = seconds(start, second);
                while let Some((peer, turn)) = lives.due(now.instant) {
                    let end = ends[&peer];
                    match turn {
                        Turn::Warn => prop_assert!(second < end + 30),
                        Turn::End => {
                            prop_assert!(end + 30 <= second);
                            ends.remove(&peer);
                        }
                    }
                }
                if stays {
                    lives.take(peer, seconds(now, left).at, now);
                    ends.insert(peer, second + left);
                } else {
                    lives.forget(peer);
                    ends.remove(&peer);
                }
                prop_assert_eq!(lives.by_peer.len(), ends.len());
                prop_assert_eq!(lives.by_time.len(), ends.len());
            }
        }
    }
}
