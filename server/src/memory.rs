//! The process' memory: once a crowd has left, what it took is given back to the system.

use crate::metrics::Metrics;
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};

/// Connections that make a crowd: some tens of megabytes.
const CROWD: u64 = 1000;

/// How often is looked: a crowd has left once nobody has for so long. Longer than the grace of those who are lost.
const CALM: Duration = Duration::from_secs(3);

/// Watches how many are there, for as long as it is polled. Where a crowd has left, `shrink` is to let go what is free but
/// held, before it is given back.
pub async fn mind(metrics: Arc<Metrics>, shrink: impl Fn()) {
    let (mut tide, mut looks) = (Tide::default(), interval(CALM));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if tide.is_out(metrics.ends.total()) {
            tracing::debug!("a crowd has left: its memory is given back");
            shrink();
            // It fails only while the process stops.
            tokio::task::spawn_blocking(heap::give_back).await.ok();
        }
    }
}

/// Connections that had ended, when memory was given back last and when that was last looked at.
#[derive(Debug, Default)]
struct Tide {
    given_back: u64,
    looked: u64,
}

impl Tide {
    /// Whether a crowd has left and nobody follows, now that so many connections have ended.
    fn is_out(&mut self, ended: u64) -> bool {
        let calm = ended == std::mem::replace(&mut self.looked, ended);
        let out = calm && ended - self.given_back >= CROWD;
        if out {
            self.given_back = ended;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_given_back_once_a_crowd_has_left() {
        let mut tide = Tide::default();
        let looks = [10, 900, 1500, 1500, 1500, 2400, 2400, 2500, 2500];
        let out: Vec<bool> = looks.into_iter().map(|ended| tide.is_out(ended)).collect();
        assert_eq!(out, [false, false, false, true, false, false, false, false, true]);
    }
}
