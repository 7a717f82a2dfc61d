//! `reconnect`: people chat while each replica in turn is stopped in order and started again, where they are ours to stop; else
//! while all connections are cut. Nothing may be lost or doubled, and people must not come back all at once.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, interval, sleep};

use super::{
    Stage,
    gathering::{Gathering, Plan},
};
use crate::{Report, member::Member};

/// How long people chat before the first thing happens, and between two.
const QUIET: Duration = Duration::from_secs(2);
/// How long anybody may take to come back.
const BACK: Duration = Duration::from_secs(60);
/// How often we look whether they have.
const LOOK: Duration = Duration::from_millis(20);
/// The stretch in which comings back are counted.
const BUCKET: u64 = 100_000;

/// Restarts or cuts, as often as there are replicas.
pub(super) async fn run(stage: &mut Stage) -> anyhow::Result<Report> {
    let (args, crowd) = (&stage.args, &stage.crowd);
    let plan = Plan {
        rooms: args.rooms.unwrap_or(10) as usize,
        members: args.members.unwrap_or(20) as usize,
        moves: args.moves.unwrap_or(0.0),
        edits: args.edits.unwrap_or(0.0),
        chat_every: args.chat_every.unwrap_or(2.0),
        at_once: args.at_once as usize,
    };
    let gathering = Gathering::of(crowd, plan, 0).await?;
    let duration = Duration::from_secs(args.duration.unwrap_or(0));
    let far_away = Instant::now() + Duration::from_secs(24 * 60 * 60);
    let living = gathering.live(far_away);
    let (mut back, mut away) = (Vec::new(), 0);
    for replica in 0..crowd.target.replicas() {
        sleep(QUIET).await;
        let welcomes = Welcomes::of(&gathering, replica);
        let began = crowd.clock.micros();
        match &mut stage.servers {
            Some(servers) => servers.restart(replica).await?,
            None => welcomes.cut(),
        }
        let came = welcomes.once_more().await;
        away += welcomes.0.len() - came.len();
        back.push(came.iter().map(|at| at.saturating_sub(began)).collect::<Vec<u64>>());
    }
    sleep(QUIET.max(duration)).await;
    drop(living);
    gathering.settle().await;
    let mut report = report(stage, &gathering, plan, &back);
    if away > 0 {
        report.object(format!("{away} did not come back"));
    }
    Ok(report)
}

fn report(stage: &Stage, gathering: &Gathering, plan: Plan, back: &[Vec<u64>]) -> Report {
    let crowd = &stage.crowd;
    let counts = crowd.tally.counts();
    let mut report = Report::new("reconnect");
    report.count("connections", "connections", gathering.len() as u64);
    let how = if stage.servers.is_some() {
        "replicas stopped and started again"
    } else {
        "times that connections were cut"
    };
    report.count("interruptions", how, back.len() as u64);
    report.count("disconnected", "disconnected", counts.disconnected);
    for (index, times) in back.iter().enumerate() {
        let Comings { first, last, most } = comings(times);
        let number = index + 1;
        report.count(
            &format!("back_{number}"),
            &format!("came back, {number}"),
            times.len() as u64,
        );
        report.count(
            &format!("back_{number}_first_ms"),
            "  the first of them after, ms",
            first / 1000,
        );
        report.count(
            &format!("back_{number}_last_ms"),
            "  the last of them after, ms",
            last / 1000,
        );
        report.count(&format!("back_{number}_most"), "  the most within 100 ms", most);
    }
    let said: usize = gathering.members().map(|member| member.state().said.len()).sum();
    let (chat, _) = crowd.tally.chat.spread();
    report.count("expected", "lines to be heard", (said * plan.members) as u64);
    report.count("delivered", "lines heard", chat.count);
    report.spread("chat", "a line, those that waited included", chat);
    let forgotten: u64 = gathering.members().map(|member| member.state().chat.forgotten).sum();
    report.count(
        "forgotten",
        "lines that the server no longer had for who came back",
        forgotten,
    );
    let mut faults = gathering.verdict();
    faults.lost += forgotten;
    report.faults(faults);
    report
}

/// How often each of a replica has been welcomed.
struct Welcomes(Vec<(Arc<Member>, usize)>);

impl Welcomes {
    fn of(gathering: &Gathering, replica: usize) -> Self {
        let theirs = gathering.members().filter(|member| member.replica() == replica);
        Self(
            theirs
                .map(|member| (Arc::clone(member), member.state().welcomes.len()))
                .collect(),
        )
    }

    /// Their connections go, all at the same time and without a word.
    fn cut(&self) {
        self.0.iter().for_each(|(member, _)| member.cut());
    }

    /// Waits until each has been welcomed once more; tells when, in microseconds.
    async fn once_more(&self) -> Vec<u64> {
        let end = Instant::now() + BACK;
        let mut looks = interval(LOOK);
        loop {
            let next = |(member, before): &(Arc<Member>, usize)| member.state().welcomes.get(*before).copied();
            let back: Vec<u64> = self.0.iter().filter_map(next).collect();
            if back.len() == self.0.len() || Instant::now() > end {
                return back;
            }
            looks.tick().await;
        }
    }
}

/// How people came back.
#[derive(Debug, Default, PartialEq)]
struct Comings {
    first: u64,
    last: u64,
    /// The most within one stretch.
    most: u64,
}

fn comings(times: &[u64]) -> Comings {
    let mut times = times.to_vec();
    times.sort_unstable();
    let within = |from: usize| times[from..].partition_point(|time| *time < times[from] + BUCKET) as u64;
    Comings {
        first: times.first().copied().unwrap_or_default(),
        last: times.last().copied().unwrap_or_default(),
        most: (0..times.len()).map(within).max().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_together_is_counted_together() {
        let expected = Comings {
            first: 10_000,
            last: 500_000,
            most: 3,
        };
        assert_eq!(
            comings(&[500_000, 10_000, 120_000, 150_000, 219_000, 220_000]),
            expected
        );
        assert_eq!(comings(&[]), Comings::default());
    }
}
