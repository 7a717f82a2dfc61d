//! `storm`: all come at once, as after an outage. Those who are there already must not feel it.

use std::sync::Arc;

use super::{
    Stage,
    cost::Meter,
    gathering::{Gathering, Plan},
};
use crate::Report;

/// Those who are there already.
const THERE: usize = 20;
/// People in a room where nothing else is asked for.
const MEMBERS: u32 = 10;

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
    let meter = Meter::start(&stage.processes, &crowd.tally);
    let storm = Gathering::of(&Arc::clone(crowd), plan, there.len()).await?;
    let cost = meter.stop(&crowd.tally);

    let counts = crowd.tally.counts();
    let mut report = Report::new("storm");
    let arrived = storm.len() as f64;
    report.count(
        "connections",
        "connections asked for",
        (plan.rooms * plan.members) as u64,
    );
    report.count("joined", "joined", storm.len() as u64);
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
    let mut faults = storm.verdict();
    faults += there.verdict();
    // Both tell all failures there were.
    faults.failed = counts.failed;
    report.faults(faults);
    Ok(report)
}
