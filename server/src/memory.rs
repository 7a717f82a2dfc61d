//! The process' memory: what it may take, what is let go before it takes more, and what is given back once a crowd has left.

mod level;
mod system;
mod tide;

use crate::{config::Limits, metrics::Metrics};
use heap::Cache;
use level::Level;
use protocol::{Code, Refusal};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};
use system::Process;
use tide::Tide;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

/// How often is looked whether a crowd has left: it has once nobody has for so long. Longer than the grace of those who are
/// lost.
const CALM: Duration = Duration::from_secs(3);

/// How often is looked what is taken: the less is free, the sooner, since bytes come in at a gigabyte a second at most.
const LOOK: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

/// How often is given back what is free while too much is taken; and whenever something was let go.
const GIVE_BACK: Duration = Duration::from_secs(1);

/// When to try again after a refusal, in milliseconds.
const RETRY: u64 = 1000;

/// Who holds what can be let go.
pub trait Holder: Send + Sync {
    /// Cuts tables to what is in them.
    fn shrink(&self);

    /// Lets go so many bytes of what can be had again, or all there are. Returns how many those are.
    fn let_go(&self, bytes: u64) -> u64;
}

/// What the process may take, and how much of that is left.
pub struct Memory {
    most: u64,
    full: AtomicBool,
    over: AtomicBool,
    /// Bytes that wait for connections: what they have become more since the last look is taken, too.
    waiting: AtomicI64,
    /// Bytes that may be waiting until it is full, if nothing else is taken.
    place: AtomicI64,
    metrics: Arc<Metrics>,
}

impl Memory {
    /// As much as was set, or three quarters of what there is.
    #[must_use]
    pub fn new(limits: &Limits, metrics: Arc<Metrics>) -> Self {
        let there_is = || system::all().map_or(u64::MAX, |all| all / 4 * 3);
        Self {
            most: limits.memory_bytes.unwrap_or_else(there_is),
            full: AtomicBool::new(false),
            over: AtomicBool::new(false),
            waiting: AtomicI64::new(0),
            place: AtomicI64::new(i64::MAX),
            metrics,
        }
    }

    /// Whether little is left: what would take much of it is to be refused.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed) || self.waiting.load(Ordering::Relaxed) > self.place.load(Ordering::Relaxed)
    }

    /// Whether nothing is left: what would take any is to be refused.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// The refusal of what would take more.
    #[must_use]
    pub fn refusal() -> Refusal {
        Refusal::new(Code::Busy, "This server has no memory to spare just now.").retry_after(RETRY)
    }

    /// So many bytes more wait for a connection, or less.
    pub fn wait(&self, bytes: i64) {
        self.waiting.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Sees to it that no more is taken, for as long as it is polled.
    pub async fn bound(&self, holder: impl Holder) {
        let (mut process, mut level) = (Process::default(), Level::of(self.most));
        let (mut freed, mut given_back) = (0, Instant::now());
        loop {
            if level.is_full() && (freed > 0 || given_back.elapsed() >= GIVE_BACK) {
                give_back().await;
                given_back = Instant::now();
            }
            let resident = process.resident();
            let excess = level.moves_to(resident);
            let place = level.place().saturating_add(self.waiting.load(Ordering::Relaxed));
            self.place.store(place, Ordering::Relaxed);
            self.over.store(level.is_over(), Ordering::Relaxed);
            if self.full.swap(level.is_full(), Ordering::Relaxed) != level.is_full() {
                self.metrics.memory_full.set(level.is_full().into());
                let (most, now) = (
                    self.most,
                    if level.is_full() {
                        "little is left"
                    } else {
                        "there is some again"
                    },
                );
                tracing::warn!(resident, most, "memory: {now}");
            }
            freed = if excess > 0 { holder.let_go(excess) } else { 0 };
            if freed > 0 {
                tracing::debug!(bytes = freed, "let go, for want of memory");
            }
            sleep(Duration::from_nanos(level.place().try_into().unwrap_or(0)).clamp(LOOK.0, LOOK.1)).await;
        }
    }

    /// Gives back what a crowd took that has left, for as long as it is polled.
    pub async fn mind(&self, holder: impl Holder) {
        let (mut process, mut looks) = (Process::default(), interval(CALM));
        let mut tide = Tide::of(process.resident());
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            if tide.is_out(self.metrics.ends.total(), process.resident()) {
                tracing::debug!("a crowd has left: its memory is given back");
                holder.shrink();
                give_back().await;
            }
        }
    }
}

async fn give_back() {
    // On one core this is the thread that serves all.
    let cache = Cache::take();
    // It fails only while the process stops.
    tokio::task::spawn_blocking(move || heap::give_back(cache)).await.ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;

    impl Holder for Nobody {
        fn shrink(&self) {}

        fn let_go(&self, _bytes: u64) -> u64 {
            0
        }
    }

    #[tokio::test]
    async fn what_comes_to_wait_between_two_looks_counts() {
        const MOST: i64 = 1 << 40;
        let limits = Limits {
            memory_bytes: Some(MOST as u64),
            ..Limits::default()
        };
        let memory = Memory::new(&limits, Arc::new(Metrics::new().unwrap()));
        let mut bound = Box::pin(memory.bound(Nobody));
        assert!(futures::poll!(&mut bound).is_pending(), "it has looked");
        assert!(!memory.is_full());
        memory.wait(MOST);
        assert!(memory.is_full() && !memory.is_over());
        memory.wait(-MOST);
        assert!(!memory.is_full());
    }
}
