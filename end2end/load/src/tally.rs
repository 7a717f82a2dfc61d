//! What was counted, by all together: how many were delivered, and how long each took.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use hdrhistogram::Histogram;

/// The longest that is told apart: a minute, in microseconds.
const LONGEST: u64 = 60_000_000;

/// Numbers that only grow, and one that does not.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Connections that are in a room.
    connected: AtomicU64,
    /// What somebody heard of another: a position, a line, an edit.
    delivered: AtomicU64,
    /// Refusals, requests without an answer, connections that could not be made.
    failed: AtomicU64,
    /// Connections that went without having been asked to.
    disconnected: AtomicU64,
    /// Positions that were sent.
    moves: AtomicU64,
    /// Positions that were not sent, as the socket was congested.
    unsent: AtomicU64,
    /// Positions that were heard, again or one's own included.
    entries: AtomicU64,
    /// Positions that were heard for the first time, from somebody else.
    pub(crate) cursors: Lane,
    /// Lines.
    pub(crate) chat: Lane,
    /// Edits.
    pub(crate) edits: Lane,
    /// From the wish to connect to the welcome.
    pub(crate) joins: Lane,
}

/// Deliveries of one kind.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    here: Times,
    /// Those from another replica.
    across: Times,
}

impl Tally {
    pub(crate) fn joined(&self) {
        self.connected.fetch_add(1, Relaxed);
    }

    pub(crate) fn parted(&self) {
        self.connected.fetch_sub(1, Relaxed);
    }

    pub(crate) fn lost_connection(&self) {
        self.disconnected.fetch_add(1, Relaxed);
    }

    pub(crate) fn failure(&self) {
        self.failed.fetch_add(1, Relaxed);
    }

    pub(crate) fn moved(&self, sent: bool) {
        let counter = if sent { &self.moves } else { &self.unsent };
        counter.fetch_add(1, Relaxed);
    }

    pub(crate) fn heard_positions(&self, entries: usize) {
        self.entries.fetch_add(entries as u64, Relaxed);
    }

    pub(crate) fn delivered(&self, count: usize) {
        self.delivered.fetch_add(count as u64, Relaxed);
    }

    /// All of it, as it is now.
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            connected: self.connected.load(Relaxed),
            delivered: self.delivered.load(Relaxed),
            failed: self.failed.load(Relaxed),
            disconnected: self.disconnected.load(Relaxed),
            moves: self.moves.load(Relaxed),
            unsent: self.unsent.load(Relaxed),
            entries: self.entries.load(Relaxed),
        }
    }
}

/// See [`Tally`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) connected: u64,
    pub(crate) delivered: u64,
    pub(crate) failed: u64,
    pub(crate) disconnected: u64,
    pub(crate) moves: u64,
    pub(crate) unsent: u64,
    pub(crate) entries: u64,
}

impl Lane {
    /// From this or another replica.
    pub(crate) fn of(&self, across: bool) -> &Times {
        if across { &self.across } else { &self.here }
    }

    /// All, and those from other replicas alone.
    pub(crate) fn spread(&self) -> (Spread, Spread) {
        let mut all = self.here.lock().clone();
        let across = self.across.lock();
        // Both have the same bounds.
        all.add(&*across).ok();
        (Spread::of(&all), Spread::of(&across))
    }
}

/// How long each took.
#[derive(Debug)]
pub(crate) struct Times(Mutex<Histogram<u64>>);

impl Default for Times {
    fn default() -> Self {
        // Bounds that are numbers of ours cannot be refused.
        let histogram = Histogram::new_with_bounds(1, LONGEST, 3);
        Self(Mutex::new(
            histogram.unwrap_or_else(|_| unreachable!("bounds are in order")),
        ))
    }
}

impl Times {
    /// Adds some, in microseconds.
    pub(crate) fn record(&self, micros: impl IntoIterator<Item = u64>) {
        let mut times = self.lock();
        for micros in micros {
            times.saturating_record(micros.max(1));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Histogram<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of how many, and how long they took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spread {
    pub(crate) count: u64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) p999: Duration,
    pub(crate) max: Duration,
}

impl Spread {
    fn of(times: &Histogram<u64>) -> Self {
        let at = |quantile| Duration::from_micros(times.value_at_quantile(quantile));
        Self {
            count: times.len(),
            p50: at(0.5),
            p99: at(0.99),
            p999: at(0.999),
            max: Duration::from_micros(times.max()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_tells_the_middle_and_the_slow_end() {
        let lane = Lane::default();
        lane.of(false).record(1..=900);
        lane.of(true).record((901..=1000).chain([u64::MAX]));
        let (all, across) = lane.spread();
        assert_eq!((all.count, across.count), (1001, 101));
        assert_eq!(all.p50, Duration::from_micros(501));
        assert_eq!(all.p99, Duration::from_micros(991));
        assert!(all.max >= Duration::from_micros(LONGEST) && across.p50 > all.p50);
    }

    #[test]
    fn nothing_takes_no_time() {
        assert_eq!(Lane::default().spread().0, Spread::default());
    }
}
