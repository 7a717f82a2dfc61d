//! `storm`: all come at once, as after an outage. Those who are there already must not feel it. Then all leave, and the same
//! happens once more: the server must need no more memory after the second time than after the first.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{
    Stage,
    cost::Meter,
    gathering::{Gathering, Plan},
};
use crate::{
    Report,
    process::{Processes, Usage},
};

/// Those who are there already.
const THERE: usize = 20;
/// People in a room where nothing else is asked for.
const MEMBERS: u32 = 10;
/// The server has settled once its memory has shrunk no more for so long. What it keeps for those who may come back, and
/// for a crowd that may, it keeps for less.
const SETTLED: Duration = Duration::from_secs(8);
/// What is waited for at most.
const PATIENCE: Duration = Duration::from_secs(60);
/// Memory after a storm beside that before it, at most.
const BACK: f64 = 1.1;
/// Connections that make a first storm long enough to be held to that: all that runs for the first time takes some, too.
const LONG: usize = 10_000;

/// Everybody joins, so many at once.
pub(super) async fn run(stage: &Stage) -> anyhow::Result<Report> {
    let (args, crowd) = (&stage.args, &stage.crowd);
    let members = args.members.unwrap_or(MEMBERS) as usize;
    let connections = args.connections.unwrap_or(5000) as usize;
    let plan = Plan {
        rooms: connections.div_ceil(members),
        members,
        moves: 0.0,
        edits: 0.0,
        chat_every: 0.0,
        at_once: args.at_once as usize,
    };
    let there = Gathering::of(
        crowd,
        Plan {
            rooms: THERE / members.min(THERE),
            ..plan
        },
        0,
    )
    .await?;
    let before = stage.processes.usage();
    let meter = Meter::start(&stage.processes, &crowd.tally);
    let storm = Gathering::of(&Arc::clone(crowd), plan, there.len()).await?;
    let (cost, joined) = (meter.stop(&crowd.tally), storm.len());
    let full = stage.processes.usage();
    let mut faults = storm.verdict();
    faults += there.verdict();
    drop(storm);
    let first = settled(&stage.processes).await;
    let again = Gathering::of(&Arc::clone(crowd), plan, there.len()).await?;
    faults += again.verdict();
    drop(again);
    let second = settled(&stage.processes).await;

    let counts = crowd.tally.counts();
    let mut report = Report::new("storm");
    let arrived = joined as f64;
    report.count(
        "connections",
        "connections asked for",
        (plan.rooms * plan.members) as u64,
    );
    report.count("joined", "joined", joined as u64);
    report.ratio(
        "connections_per_s",
        "connections a second, each to its welcome",
        arrived / cost.wall.as_secs_f64(),
        0,
    );
    let (joins, _) = crowd.tally.joins.spread();
    report.spread("join", "from the wish to the welcome", joins);
    if let Some(cpu) = cost.server {
        let thousands = arrived / 1000.0;
        report.ratio(
            "cpu_s_per_thousand",
            "the server's CPU for a thousand, seconds",
            cpu.as_secs_f64() / thousands,
            3,
        );
    }
    cost.tell_ours(&mut report);
    report.count(
        "disconnected",
        "disconnected, those who were there included",
        counts.disconnected,
    );
    if counts.disconnected > 0 {
        report.object(format!("{} were disconnected", counts.disconnected));
    }
    let resident = |usage: Option<Usage>| usage.map(|usage| usage.resident as f64);
    if let (Some(before), Some(full), Some(first), Some(second)) = (resident(before), resident(full), first, second) {
        report.bytes("resident_before", "resident with those who were there already", before);
        report.bytes("resident_full", "resident with all of them", full);
        report.bytes("resident_left", "resident once all have left", first);
        report.bytes("resident_again", "resident after a second such storm", second);
        if connections >= LONG && first > BACK * before {
            report.object(format!(
                "memory is {:.2} times what it was before the storm",
                first / before
            ));
        }
        if second > BACK * first {
            report.object(format!(
                "memory is {:.2} times what it was before the second storm",
                second / first
            ));
        }
    }
    // All tell all failures there were.
    faults.failed = counts.failed;
    report.faults(faults);
    Ok(report)
}

/// The server's memory once it does not shrink any more; `None` where it is not known.
async fn settled(processes: &Processes) -> Option<f64> {
    let began = Instant::now();
    let (mut least, mut since) = (processes.usage()?.resident, began);
    while since.elapsed() < SETTLED && began.elapsed() < PATIENCE {
        sleep(Duration::from_millis(200)).await;
        let now = processes.usage()?.resident;
        // Less by a few pages is noise.
        if now < least - least / 200 {
            (least, since) = (now, Instant::now());
        }
    }
    Some(processes.usage()?.resident as f64)
}
