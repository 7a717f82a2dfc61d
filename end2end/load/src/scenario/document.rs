//! `document`: everybody edits one document at once, and all have the same in the end.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    Stage,
    cost::Meter,
    fan_out::tell_lanes,
    gathering::{Gathering, Plan},
};
use crate::Report;

/// Everybody types.
pub(super) async fn run(stage: &Stage) -> anyhow::Result<Report> {
    let (args, crowd) = (&stage.args, &stage.crowd);
    let plan = Plan {
        rooms: args.rooms.unwrap_or(1) as usize,
        members: args.members.unwrap_or(50) as usize,
        moves: args.moves.unwrap_or(0.0),
        edits: args.edits.unwrap_or(5.0),
        chat_every: args.chat_every.unwrap_or(0.0),
        at_once: args.at_once as usize,
    };
    let gathering = Gathering::of(crowd, plan, 0).await?;
    let meter = Meter::start(&stage.processes, &crowd.tally);
    gathering
        .live(Instant::now() + Duration::from_secs(args.duration.unwrap_or(15)))
        .end()
        .await;
    let cost = meter.stop(&crowd.tally);
    gathering.settle().await;

    let (edits, _) = crowd.tally.edits.spread();
    let unsettled = gathering
        .members()
        .filter(|member| !member.state().is_settled())
        .count();
    let mut report = Report::new("document");
    report.count("connections", "connections", gathering.len() as u64);
    report.count("edits_heard", "edits heard, by all together", edits.count);
    report.ratio(
        "edits_per_s",
        "edits a second",
        edits.count as f64 / plan.members as f64 / cost.wall.as_secs_f64(),
        0,
    );
    tell_lanes(&mut report, stage, &gathering, plan, &cost);
    if unsettled > 0 {
        report.object(format!("{unsettled} have edits that were never confirmed"));
    }
    report.faults(gathering.verdict());
    Ok(report)
}
