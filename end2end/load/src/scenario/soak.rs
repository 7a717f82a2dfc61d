//! `soak`: people and rooms come and go, with chat and edits, as often as they would in an hour and more. The server must not
//! grow: what it remembers of rooms is bounded, and what is gone is gone.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::{Crowd, Stage};
use crate::{Report, member::Member, place::Place, process::Processes, system::say};

/// People who come to a room before it is left behind, and its name used no more.
const MEMBERS: usize = 5;
/// Lines are told once a minute, but not fewer than this many in all.
const LINES: u64 = 10;
/// Growth over the second half that counts as none: an allocator's noise.
const FLAT_BYTES: f64 = 2.0 * 1024.0 * 1024.0;
/// The same as a share of all memory.
const FLAT_SHARE: f64 = 0.03;
/// Joins below which nothing is said of memory: the first thousands fill what is bounded.
const ENOUGH: u64 = 10_000;

/// What the server used after so many joins.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sample {
    joins: u64,
    resident: u64,
}

/// Rooms one after the other, some at a time, until there were enough joins or the time is over.
pub(super) async fn run(stage: &Stage) -> anyhow::Result<Report> {
    let (args, crowd) = (&stage.args, &stage.crowd);
    stage
        .processes
        .usage()
        .context("a soak watches the server's memory: name its process by --pid")?;
    let members = args.members.map_or(MEMBERS, |members| members as usize);
    let end = args
        .duration
        .map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let rooms = if end.is_some() {
        usize::MAX
    } else {
        usize::try_from(args.joins)?.div_ceil(members)
    };
    let at_once = (args.at_once as usize).div_ceil(members);
    let began = Instant::now();
    let lives = (0..rooms).map(|number| visit(crowd, number, members));
    let mut lives = stream::iter(lives).buffer_unordered(at_once);
    let (mut samples, mut joins) = (Vec::new(), 0_u64);
    let mut ledger = Ledger::new((rooms as u64).saturating_mul(members as u64), began);
    while let Some(lived) = lives.next().await {
        if let Err(error) = lived {
            crowd.failed(&format!("{error:#}"));
        }
        joins += members as u64;
        if let Some(usage) = stage.processes.usage() {
            samples.push(Sample {
                joins,
                resident: usage.resident,
            });
            if !args.quiet {
                ledger.tell(joins, usage.resident);
            }
        }
        if end.is_some_and(|end| Instant::now() >= end) {
            break;
        }
    }
    drop(lives);
    Ok(report(stage, &samples, joins, began.elapsed()))
}

fn report(stage: &Stage, samples: &[Sample], joins: u64, took: Duration) -> Report {
    let counts = stage.crowd.tally.counts();
    let mut report = Report::new("soak");
    report.count("joins", "joins, and as many leaves", joins);
    report.ratio("joins_per_s", "a second", joins as f64 / took.as_secs_f64(), 0);
    report.count("delivered", "lines and edits heard", counts.delivered);
    let second_half = &samples[samples.len() / 2..];
    if let (Some(first), Some(half), Some(last)) = (samples.first(), second_half.first(), second_half.last()) {
        report.bytes("resident_first", "resident after the first room", first.resident as f64);
        report.bytes("resident_half", "resident half-way", half.resident as f64);
        report.bytes("resident", "resident at the end", last.resident as f64);
        let slope = slope(second_half);
        let growth = slope * (last.joins - half.joins) as f64;
        report.ratio(
            "slope_bytes_per_join",
            "slope over the second half, bytes for a join",
            slope,
            2,
        );
        let verdict = verdict(joins, growth, last.resident as f64);
        report.words("memory", "the server's memory", verdict.word());
        if verdict == Verdict::Grows {
            report.object(format!(
                "memory grows: by {:.1} MiB in the second half",
                growth / 1024.0 / 1024.0
            ));
        }
    }
    if let Some(usage) = Processes::ours().usage() {
        report.bytes(
            "generator_resident",
            "the generator's own memory",
            usage.resident as f64,
        );
    }
    report.faults(crate::verdict::Faults {
        failed: counts.failed,
        ..Default::default()
    });
    report
}

/// What memory did.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Flat,
    Grows,
    /// There were too few to say.
    Unknown,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Grows => "not flat",
            Self::Unknown => "too few joins to say",
        }
    }
}

fn verdict(joins: u64, growth: f64, resident: f64) -> Verdict {
    match joins {
        0..ENOUGH => Verdict::Unknown,
        _ if growth < FLAT_BYTES.max(FLAT_SHARE * resident) => Verdict::Flat,
        _ => Verdict::Grows,
    }
}

/// A few come to a room of their own, say and write something, hear each other, and leave.
async fn visit(crowd: &Arc<Crowd>, number: usize, members: usize) -> anyhow::Result<()> {
    let place = Arc::new(Place::new(crowd.target.room(number)?, 0));
    let mut here = Vec::new();
    for index in 0..members {
        here.push(Member::come(crowd, &place, index).await?);
    }
    for member in &here {
        member.say();
        member.edit();
    }
    futures::future::try_join_all(here.iter().map(|member| member.has_heard(members))).await?;
    futures::future::join_all(here.into_iter().map(Member::leave)).await;
    Ok(())
}

/// Tells a line a minute.
struct Ledger {
    every: u64,
    told: u64,
    minute: Instant,
}

impl Ledger {
    fn new(joins: u64, now: Instant) -> Self {
        Self {
            every: (joins / LINES).max(1),
            told: 0,
            minute: now,
        }
    }

    fn tell(&mut self, joins: u64, resident: u64) {
        let is_minute = self.minute.elapsed() >= Duration::from_secs(60);
        if is_minute || joins - self.told >= self.every {
            say(&format!(
                "soak: {joins} joins, {:.1} MiB resident",
                resident as f64 / 1024.0 / 1024.0
            ));
            self.told = joins;
            self.minute = Instant::now();
        }
    }
}

/// Least squares: bytes for each join.
fn slope(samples: &[Sample]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: fn(&Sample) -> u64| samples.iter().map(of).sum::<u64>() as f64 / count;
    let (mean_joins, mean_resident) = (mean(|sample| sample.joins), mean(|sample| sample.resident));
    let (mut together, mut squared) = (0.0, 0.0);
    for sample in samples {
        let from_mean = sample.joins as f64 - mean_joins;
        together += from_mean * (sample.resident as f64 - mean_resident);
        squared += from_mean * from_mean;
    }
    if squared > 0.0 { together / squared } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(resident: impl Fn(u64) -> u64) -> Vec<Sample> {
        let sample = |joins| Sample {
            joins,
            resident: resident(joins),
        };
        (1..=100).map(sample).collect()
    }

    #[test]
    fn a_slope_is_what_a_join_costs() {
        assert!((slope(&samples(|joins| 1000 + 7 * joins)) - 7.0).abs() < 1e-9);
        assert!(slope(&samples(|_| 5000)).abs() < 1e-9);
        assert!(slope(&samples(|joins| 5000 + joins % 2)).abs() < 0.01);
    }

    #[test]
    fn noise_is_no_growth() {
        let mib = 1024.0 * 1024.0;
        assert_eq!(verdict(ENOUGH, 1.9 * mib, 20.0 * mib), Verdict::Flat);
        assert_eq!(verdict(ENOUGH, 2.1 * mib, 20.0 * mib), Verdict::Grows);
        assert_eq!(verdict(ENOUGH, 2.1 * mib, 100.0 * mib), Verdict::Flat);
        assert_eq!(verdict(ENOUGH - 1, 9.0 * mib, 20.0 * mib), Verdict::Unknown);
    }

    #[test]
    fn too_little_has_no_slope() {
        assert_eq!((slope(&[]), slope(&samples(|n| n)[..1])), (0.0, 0.0));
    }
}
