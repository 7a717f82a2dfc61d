//! What a stretch of time cost: the server's CPU, and our own, which must not be all there is.

use std::time::{Duration, Instant};

use crate::{
    Report,
    process::{Processes, Usage},
    system::our_cores,
    tally::{Counts, Tally},
};

/// The share of our cores beyond which the figures are ours and not the server's.
const SATURATED: f64 = 0.95;

/// How it was at the beginning.
pub(crate) struct Meter {
    processes: Processes,
    began: Instant,
    server: Option<Usage>,
    ours: Option<Usage>,
    counts: Counts,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// How long it took.
    pub(crate) wall: Duration,
    /// The server's CPU, where it is known.
    pub(crate) server: Option<Duration>,
    /// Our own share of the cores that we may use.
    pub(crate) ours: Option<f64>,
    /// What was delivered meanwhile.
    pub(crate) delivered: u64,
}

impl Meter {
    /// Begins.
    pub(crate) fn start(processes: &Processes, tally: &Tally) -> Self {
        Self {
            processes: processes.clone(),
            began: Instant::now(),
            server: processes.usage(),
            ours: Processes::ours().usage(),
            counts: tally.counts(),
        }
    }

    /// Ends.
    pub(crate) fn stop(&self, tally: &Tally) -> Cost {
        let used = |now: Option<Usage>, before: Option<Usage>| Some(now?.cpu_since(before?));
        let wall = self.began.elapsed();
        let ours = used(Processes::ours().usage(), self.ours);
        Cost {
            wall,
            server: used(self.processes.usage(), self.server),
            ours: ours.map(|cpu| cpu.as_secs_f64() / wall.as_secs_f64() / our_cores() as f64),
            delivered: tally.counts().delivered - self.counts.delivered,
        }
    }
}

impl Cost {
    /// Our share, and the verdict on it.
    pub(crate) fn tell_ours(&self, report: &mut Report) {
        if let Some(ours) = self.ours {
            report.ratio("generator_cpu", "the generator's own CPU, share of its cores", ours, 2);
        }
        self.limit_ours(report);
    }

    /// No figures of ours for the server's.
    pub(crate) fn limit_ours(&self, report: &mut Report) {
        report.saturated(self.ours.is_some_and(|ours| ours > SATURATED));
    }

    /// The server's CPU by itself, and for each delivery.
    pub(crate) fn tell_deliveries(&self, report: &mut Report) {
        if let Some(cpu) = self.server.map(|cpu| cpu.as_secs_f64()).filter(|cpu| *cpu > 0.0) {
            report.ratio("server_cpu_s", "the server's CPU, seconds", cpu, 2);
            report.ratio(
                "deliveries_per_cpu_s",
                "deliveries for one second of the server's CPU",
                self.delivered as f64 / cpu,
                0,
            );
            if self.delivered > 0 {
                report.ratio(
                    "cpu_us_per_delivery",
                    "the server's CPU for a delivery, µs",
                    cpu * 1e6 / self.delivered as f64,
                    3,
                );
            }
        }
        self.tell_ours(report);
    }
}

/// Resident memory for each of so many connections.
pub(crate) fn tell_resident(report: &mut Report, before: Option<Usage>, after: Option<Usage>, connections: usize) {
    if let (Some(before), Some(after)) = (before, after) {
        let grown = after.resident as f64 - before.resident as f64;
        report.bytes(
            "resident_per_connection",
            "resident memory for a connection",
            grown / connections.max(1) as f64,
        );
        report.bytes("resident", "resident memory in all", after.resident as f64);
    }
}
