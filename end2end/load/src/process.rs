//! What processes use, as Linux tells it in `/proc`. Elsewhere nothing is known, and reports leave it out.

use std::{fs, time::Duration};

/// Ticks a second in which `/proc` counts, on every Linux.
const TICKS: u32 = 100;

/// Processes that are measured as one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Processes(Vec<u32>);

/// What they use at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Bytes of memory that are resident.
    pub(crate) resident: u64,
    /// Time on all cores since they started, by us and by the system for us.
    pub(crate) cpu: Duration,
}

impl Processes {
    pub(crate) fn new(ids: Vec<u32>) -> Self {
        Self(ids)
    }

    /// This process.
    pub(crate) fn ours() -> Self {
        Self(vec![std::process::id()])
    }

    /// What they use now; `None` where no process is named, or one cannot be read.
    pub(crate) fn usage(&self) -> Option<Usage> {
        if self.0.is_empty() {
            return None;
        }
        self.0.iter().try_fold(Usage::default(), |sum, id| {
            let read = |file| fs::read_to_string(format!("/proc/{id}/{file}")).ok();
            Some(Usage {
                resident: sum.resident + resident(&read("status")?)?,
                cpu: sum.cpu + cpu(&read("stat")?)?,
            })
        })
    }
}

impl Usage {
    /// CPU used since an earlier moment.
    pub(crate) fn cpu_since(self, earlier: Self) -> Duration {
        self.cpu.saturating_sub(earlier.cpu)
    }
}

/// `VmRSS:     1234 kB`, in bytes.
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

/// Fields 14 and 15. The second may hold anything, brackets and spaces too, so that we count from its end.
fn cpu(stat: &str) -> Option<Duration> {
    let after_name = stat.rsplit_once(')')?.1;
    let mut times = after_name.split_whitespace().skip(11).map(str::parse::<u32>);
    let ticks = times.next()?.ok()? + times.next()?.ok()?;
    Some(Duration::from_secs(1) * ticks / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_bytes() {
        assert_eq!(
            resident("Name:\tx\nVmHWM:\t 9 kB\nVmRSS:\t  1234 kB\n"),
            Some(1_263_616)
        );
        assert_eq!(resident("Name:\tx\n"), None);
    }

    #[test]
    fn a_name_may_hold_anything() {
        let stat = "7 (a) b c) S 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20";
        assert_eq!(cpu(stat), Some(Duration::from_millis(1750)));
        assert_eq!(cpu("7 (a"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn we_use_something_ourselves() {
        assert!(Processes::ours().usage().unwrap().resident > 0);
        assert_eq!(Processes::default().usage(), None);
    }
}
