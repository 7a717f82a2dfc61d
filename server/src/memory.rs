//! The process' memory: once a crowd has left, what it took is given back to the system.

use crate::metrics::Metrics;
use std::{fs, sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};

/// Connections that make a crowd: some tens of megabytes.
const CROWD: u64 = 1000;

/// Bytes by which the process has grown that make a crowd of however few have left: some who did not read what was for them.
const GROWN: u64 = 32 * 1024 * 1024;

/// How often is looked: a crowd has left once nobody has for so long. Longer than the grace of those who are lost.
const CALM: Duration = Duration::from_secs(3);

/// Watches how many are there, for as long as it is polled. Where a crowd has left, `shrink` is to let go what is free but
/// held, before it is given back.
pub async fn mind(metrics: Arc<Metrics>, shrink: impl Fn()) {
    let (mut tide, mut looks) = (Tide::of(resident()), interval(CALM));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if tide.is_out(metrics.ends.total(), resident()) {
            tracing::debug!("a crowd has left: its memory is given back");
            shrink();
            // It fails only while the process stops.
            tokio::task::spawn_blocking(heap::give_back).await.ok();
            tide.resident = resident();
        }
    }
}

/// Bytes that the process has in memory; 0 where the system does not say so as Linux does.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// Connections that had ended, when memory was given back last and when that was last looked at.
#[derive(Debug)]
struct Tide {
    given_back: u64,
    looked: u64,
    /// Bytes that were in memory after it was given back.
    resident: u64,
}

impl Tide {
    /// Nobody has left a process that has so much in memory.
    fn of(resident: u64) -> Self {
        Self {
            given_back: 0,
            looked: 0,
            resident,
        }
    }

    /// Whether a crowd has left and nobody follows, now that so many connections have ended and so much is in memory.
    fn is_out(&mut self, ended: u64, resident: u64) -> bool {
        let calm = ended == std::mem::replace(&mut self.looked, ended);
        let left = ended - self.given_back;
        let out = calm && (left >= CROWD || left > 0 && resident >= self.resident + GROWN);
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
        let mut tide = Tide::of(0);
        let looks = [10, 900, 1500, 1500, 1500, 2400, 2400, 2500, 2500];
        let out: Vec<bool> = looks.into_iter().map(|ended| tide.is_out(ended, 0)).collect();
        assert_eq!(out, [false, false, false, true, false, false, false, false, true]);
    }

    #[test]
    fn few_are_a_crowd_where_they_took_much() {
        let mut tide = Tide::of(10);
        assert!(!tide.is_out(0, 10 + GROWN), "nobody has left");
        assert!(!tide.is_out(5, 10 + GROWN), "others may follow");
        assert!(tide.is_out(5, 10 + GROWN));
        assert!(!tide.is_out(5, 10 + GROWN), "once");
        tide.resident = 10 + GROWN / 2;
        assert!(!tide.is_out(6, 10 + GROWN));
        assert!(!tide.is_out(6, 10 + GROWN), "they took little");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_in_memory_is_known() {
        let megabyte = 1024 * 1024;
        assert!((megabyte..1024 * megabyte).contains(&resident()));
    }
}
