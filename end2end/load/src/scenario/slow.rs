//! `slow`: a room in which some stop reading, and the same room in which they read. The others must not feel it.

use std::{sync::Arc, time::Duration};

use futures::future::{join_all, try_join_all};
use tokio::time::Instant;

use super::{
    Stage,
    cost::{Cost, Meter},
    gathering::{Gathering, Plan},
};
use crate::{
    Report, member::Member, place::Place, progress::Progress, stalled::Stalled, tally::Spread, verdict::Faults,
};

/// How much longer things may take beside those who are slow.
const ALLOWED: f64 = 1.5;
/// Differences below this are the timer's, not the server's.
const NOISE: Duration = Duration::from_millis(1);
/// Where somebody who is slow is numbered from, so that they are nobody else.
const SLOW: usize = 100_000;

/// The room in which all read, then the one in which some do not. Both have as many people, since how often a room ticks
/// depends on that.
pub(super) async fn run(stage: &Stage) -> anyhow::Result<Report> {
    let args = &stage.args;
    let plan = Plan {
        rooms: 1,
        members: args.fast as usize,
        moves: args.moves.unwrap_or(20.0),
        edits: args.edits.unwrap_or(0.0),
        chat_every: args.chat_every.unwrap_or(0.25),
        at_once: args.at_once as usize,
    };
    let duration = Duration::from_secs(args.duration.unwrap_or(15));
    let mut report = Report::new("slow");
    report.count("fast", "people who read", plan.members as u64);
    report.count("slow", "people who do not", u64::from(args.slow));

    let alone = live(stage, plan, 0, Others::Read, duration).await?;
    let beside = live(stage, plan, 1, Others::Stall, duration).await?;
    for (what, before, after) in [
        ("cursor", alone.cursor, beside.cursor),
        ("chat", alone.chat, beside.chat),
    ] {
        report.spread(&format!("{what}_all_read"), &format!("{what} where all read"), before);
        report.spread(what, &format!("{what} beside them"), after);
        if before.count > 0 {
            let times = after.p99.as_secs_f64() / before.p99.as_secs_f64();
            report.ratio(
                &format!("{what}_p99_ratio"),
                &format!("{what}, p99 beside them to p99 where all read"),
                times,
                2,
            );
            if times > ALLOWED && after.p99 > before.p99 + NOISE {
                report.object(format!(
                    "{what}: p99 is {times:.2} times what it is where all read; {ALLOWED} is allowed"
                ));
            }
        }
    }
    for cost in [alone.cost, beside.cost] {
        cost.limit_ours(&mut report);
    }
    beside.cost.tell_ours(&mut report);
    report.faults(alone.faults);
    report.faults(beside.faults);
    report.count(
        "evicted",
        "of those who do not read, ended by the server",
        beside.evicted,
    );
    report.count("disconnected", "of those who read, disconnected", beside.disconnected);
    if beside.disconnected > 0 {
        report.object(format!("{} who read were disconnected", beside.disconnected));
    }
    Ok(report)
}

/// What those do who are not watched.
#[derive(Clone, Copy, PartialEq)]
enum Others {
    /// They read what they get, and are quiet.
    Read,
    /// They stop reading.
    Stall,
}

/// What one of the rooms came to.
struct Lived {
    cursor: Spread,
    chat: Spread,
    evicted: u64,
    disconnected: u64,
    cost: Cost,
    faults: Faults,
}

async fn live(stage: &Stage, plan: Plan, room: usize, others: Others, duration: Duration) -> anyhow::Result<Lived> {
    let (crowd, slow) = (Arc::new(stage.crowd.anew()), stage.args.slow as usize);
    let place = Arc::new(Place::new(crowd.target.room(room)?, 0));
    let gathering = Gathering::of(&crowd, plan, room).await?;
    let slow = SLOW..SLOW + slow;
    let (reading, stalled) = match others {
        Others::Read => (
            try_join_all(slow.map(|index| Member::come(&crowd, &place, index))).await?,
            Vec::new(),
        ),
        Others::Stall => (
            Vec::new(),
            try_join_all(slow.map(|index| Stalled::come(&crowd, &place, index))).await?,
        ),
    };
    let name = if others == Others::Stall {
        "slow"
    } else {
        "slow, where all read"
    };
    let progress = (!stage.args.quiet).then(|| Progress::start(name, Arc::clone(&crowd)));
    let meter = Meter::start(&stage.processes, &crowd.tally);
    gathering.live(Instant::now() + duration).end().await;
    let cost = meter.stop(&crowd.tally);
    gathering.settle().await;
    drop((progress, reading));
    let gone = join_all(stalled.into_iter().map(Stalled::was_evicted)).await;
    Ok(Lived {
        cursor: crowd.tally.cursors.spread().0,
        chat: crowd.tally.chat.spread().0,
        evicted: gone.into_iter().filter(|evicted| *evicted).count() as u64,
        disconnected: crowd.tally.counts().disconnected,
        cost,
        faults: gathering.verdict(),
    })
}
