//! `idle`: many are there and do next to nothing. What is measured is the memory that each costs.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    Stage,
    cost::{Meter, tell_resident},
    gathering::{Gathering, Plan},
};
use crate::Report;

/// People in a room where nothing else is asked for.
const MEMBERS: u32 = 10;
/// Seconds between two lines of one person.
const CHAT_EVERY: f64 = 60.0;

/// Everybody comes, and is held.
pub(super) async fn run(stage: &Stage) -> anyhow::Result<Report> {
    let (args, crowd) = (&stage.args, &stage.crowd);
    let members = args.members.unwrap_or(MEMBERS) as usize;
    let connections = args.connections.unwrap_or(10_000) as usize;
    let plan = Plan {
        rooms: connections.div_ceil(members),
        members,
        moves: 0.0,
        edits: 0.0,
        chat_every: args.chat_every.unwrap_or(CHAT_EVERY),
        at_once: args.at_once as usize,
    };
    let before = stage.processes.usage();
    let gathering = Gathering::of(crowd, plan, 0).await?;
    let after = stage.processes.usage();

    let meter = Meter::start(&stage.processes, &crowd.tally);
    gathering
        .live(Instant::now() + Duration::from_secs(args.hold))
        .end()
        .await;
    let cost = meter.stop(&crowd.tally);
    gathering.settle().await;

    let counts = crowd.tally.counts();
    let mut report = Report::new("idle");
    report.count("connections", "connections", gathering.len() as u64);
    tell_resident(&mut report, before, after, gathering.len());
    if let (Some(before), Some(held)) = (before, stage.processes.usage()) {
        let grown = held.resident as f64 - before.resident as f64;
        report.bytes(
            "resident_per_connection_held",
            "the same once they were held",
            grown / gathering.len().max(1) as f64,
        );
    }
    let said: usize = gathering.members().map(|member| member.state().said.len()).sum();
    report.count("held_s", "held, seconds", args.hold);
    report.count("expected", "lines to be heard", (said * members) as u64);
    report.count("delivered", "lines heard", counts.delivered);
    let (chat, _) = crowd.tally.chat.spread();
    report.spread("chat", "a line", chat);
    cost.tell_deliveries(&mut report);
    report.count("disconnected", "disconnected", counts.disconnected);
    if counts.disconnected > 0 {
        report.object(format!("{} were disconnected", counts.disconnected));
    }
    report.faults(gathering.verdict());
    Ok(report)
}
