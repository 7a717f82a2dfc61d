//! `fan-out` and `cross-replica`: rooms in which everybody moves, and chats now and then. The second is the first with each
//! room spread over all replicas.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    Stage,
    cost::{Cost, Meter, tell_resident},
    gathering::{Gathering, Plan},
};
use crate::Report;

/// Twenty rooms of twenty.
pub(super) async fn run(stage: &Stage) -> anyhow::Result<Report> {
    crowded(stage, "fan-out", 20.0).await
}

/// The same over several replicas.
pub(super) async fn across(stage: &Stage) -> anyhow::Result<Report> {
    anyhow::ensure!(
        stage.crowd.target.replicas() > 1,
        "name each replica by a --url of its own"
    );
    crowded(stage, "cross-replica", 10.0).await
}

async fn crowded(stage: &Stage, name: &'static str, moves: f64) -> anyhow::Result<Report> {
    let (args, crowd) = (&stage.args, &stage.crowd);
    let plan = Plan {
        rooms: args.rooms.unwrap_or(20) as usize,
        members: args.members.unwrap_or(20) as usize,
        moves: args.moves.unwrap_or(moves),
        edits: args.edits.unwrap_or(0.0),
        chat_every: args.chat_every.unwrap_or(10.0),
        at_once: args.at_once as usize,
    };
    let before = stage.processes.usage();
    let gathering = Gathering::of(crowd, plan, 0).await?;
    let after = stage.processes.usage();
    let meter = Meter::start(&stage.processes, &crowd.tally);
    gathering
        .live(Instant::now() + Duration::from_secs(args.duration.unwrap_or(15)))
        .end()
        .await;
    let cost = meter.stop(&crowd.tally);
    gathering.settle().await;

    let mut report = Report::new(name);
    report.count("connections", "connections", gathering.len() as u64);
    tell_lanes(&mut report, stage, &gathering, plan, &cost);
    tell_resident(&mut report, before, after, gathering.len());
    report.faults(gathering.verdict());
    Ok(report)
}

/// What was delivered of what was sent, how long it took and what it cost.
pub(super) fn tell_lanes(report: &mut Report, stage: &Stage, gathering: &Gathering, plan: Plan, cost: &Cost) {
    let tally = &stage.crowd.tally;
    let counts = tally.counts();
    let (cursors, cursors_across) = tally.cursors.spread();
    let (chat, chat_across) = tally.chat.spread();
    let (edits, edits_across) = tally.edits.spread();
    let said: usize = gathering.members().map(|member| member.state().said.len()).sum();
    if counts.moves > 0 {
        let expected = counts.moves * (plan.members as u64 - 1);
        report.count("moves", "moves sent", counts.moves);
        report.count(
            "moves_unsent",
            "moves not sent, as a socket was congested",
            counts.unsent,
        );
        report.count("expected", "positions to be heard", expected);
        report.count(
            "delivered",
            "positions heard (where a newer one was there, only that)",
            cursors.count,
        );
        report.ratio(
            "delivered_share",
            "share of them",
            cursors.count as f64 / expected as f64,
            4,
        );
        report.count(
            "entries",
            "positions in frames, repeated and own ones too",
            counts.entries,
        );
        report.spread("cursor", "a cursor", cursors);
        report.spread("cursor_across", "a cursor from another replica", cursors_across);
    }
    if said > 0 {
        report.count("chat_expected", "lines to be heard", (said * plan.members) as u64);
        report.count("chat_delivered", "lines heard", chat.count);
    }
    report.spread("chat", "a line", chat);
    report.spread("chat_across", "a line from another replica", chat_across);
    report.spread("edit", "an edit", edits);
    report.spread("edit_across", "an edit from another replica", edits_across);
    report.count("disconnected", "disconnected", counts.disconnected);
    cost.tell_deliveries(report);
}
