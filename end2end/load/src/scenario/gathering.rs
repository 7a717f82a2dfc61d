//! Rooms full of people who live for a while: move, chat, edit. Most scenarios are a gathering and something that befalls it.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep_until};

use super::Crowd;
use crate::{
    member::Member,
    place::Place,
    verdict::{self, Faults},
};

/// How long what is on its way may take to arrive once everybody is still.
const SETTLE: Duration = Duration::from_secs(20);
/// How often we look whether it has.
const LOOK: Duration = Duration::from_millis(20);

/// What people do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) rooms: usize,
    pub(crate) members: usize,
    /// Each, a second.
    pub(crate) moves: f64,
    /// Each, a second.
    pub(crate) edits: f64,
    /// Seconds between two lines of one person; 0 for none.
    pub(crate) chat_every: f64,
    pub(crate) at_once: usize,
}

/// People in rooms.
pub(crate) struct Gathering {
    crowd: Arc<Crowd>,
    plan: Plan,
    rooms: Vec<(Arc<Place>, Vec<Arc<Member>>)>,
}

impl Gathering {
    /// Everybody comes, so many at once. Rooms are numbered from `first`. Who does not get in is counted as failed.
    pub(crate) async fn of(crowd: &Arc<Crowd>, plan: Plan, first: usize) -> anyhow::Result<Self> {
        let movers = if plan.moves > 0.0 { plan.members } else { 0 };
        let places: Vec<Arc<Place>> = (0..plan.rooms)
            .map(|room| Ok(Arc::new(Place::new(crowd.target.room(first + room)?, movers))))
            .collect::<anyhow::Result<_>>()?;
        // Rooms fill up side by side, as they do when everybody comes.
        let seats = (0..plan.members).flat_map(|index| (0..plan.rooms).map(move |room| (room, index)));
        let coming = seats.map(|(room, index)| {
            let place = Arc::clone(&places[room]);
            async move { (room, Member::come(crowd, &place, index).await) }
        });
        let mut rooms: Vec<_> = places.iter().map(|place| (Arc::clone(place), Vec::new())).collect();
        let mut came = stream::iter(coming).buffer_unordered(plan.at_once);
        while let Some((room, member)) = came.next().await {
            match member {
                Ok(member) => rooms[room].1.push(Arc::new(member)),
                Err(error) => crowd.failed(&format!("somebody did not get in: {error:#}")),
            }
        }
        drop(came);
        Ok(Self {
            crowd: Arc::clone(crowd),
            plan,
            rooms,
        })
    }

    /// Everybody who is there.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Arc<Member>> {
        self.rooms.iter().flat_map(|(_, members)| members)
    }

    /// How many are there.
    pub(crate) fn len(&self) -> usize {
        self.members().count()
    }

    /// Everybody begins to live, each in a rhythm of their own, until then.
    pub(crate) fn live(&self, until: Instant) -> Living {
        let mut living = Vec::new();
        let rhythms = [
            (period(self.plan.moves), Member::step as fn(&Member)),
            (period(self.plan.edits), Member::edit),
            (Some(self.plan.chat_every).filter(|every| *every > 0.0), Member::say),
        ];
        for (every, act) in rhythms {
            let Some(every) = every.map(Duration::from_secs_f64) else {
                continue;
            };
            for member in self.members() {
                living.push(tokio::spawn(keep_on(Arc::clone(member), every, act, until)));
            }
        }
        Living { until, living }
    }

    /// Waits until all that was said has arrived, or for as long as that may take.
    pub(crate) async fn settle(&self) {
        let end = Instant::now() + SETTLE;
        let mut looks = interval(LOOK);
        while Instant::now() < end && !self.is_settled() {
            looks.tick().await;
        }
    }

    fn is_settled(&self) -> bool {
        self.members().all(|member| member.state().is_settled()) && self.judge().is_none()
    }

    /// What was wrong with what people heard, and all that failed.
    pub(crate) fn verdict(&self) -> Faults {
        let mut faults = self.judge();
        faults.failed = self.crowd.tally.counts().failed;
        faults.doubled += self.members().map(|member| member.state().chat.doubled).sum::<u64>();
        faults.backwards = self.members().map(|member| member.state().sky.backwards).sum();
        // Who never heard back does not know whether they were heard.
        faults.failed += self.members().map(|member| member.state().waiting as u64).sum::<u64>();
        faults
    }

    fn judge(&self) -> Faults {
        let mut faults = Faults::default();
        for (place, members) in &self.rooms {
            let states: Vec<_> = members.iter().map(|member| member.state()).collect();
            let said: Vec<u64> = states.iter().flat_map(|state| state.said.iter().copied()).collect();
            let heard: Vec<&[u64]> = states.iter().map(|state| state.chat.lines()).collect();
            faults += verdict::of_lines(&said, &heard);
            let texts: Vec<&str> = states
                .iter()
                .filter_map(|state| Some(state.text.as_ref()?.text()))
                .collect();
            faults.unequal += verdict::unequal(&texts);
            let newest = place.newest();
            faults.lost += states.iter().map(|state| state.sky.stale(&newest)).sum::<u64>();
        }
        faults
    }
}

/// Those who are alive. Dropped, they stop.
pub(crate) struct Living {
    until: Instant,
    living: Vec<tokio::task::JoinHandle<()>>,
}

impl Living {
    /// Until everybody has stopped.
    pub(crate) async fn end(mut self) {
        sleep_until(self.until).await;
        for life in &mut self.living {
            // A task of ours does not panic; one that did has stopped.
            life.await.ok();
        }
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        self.living.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

/// Does the same again and again, beginning at a moment of its own.
async fn keep_on(member: Arc<Member>, every: Duration, act: fn(&Member), until: Instant) {
    let mut beats = interval_at(Instant::now() + every.mul_f64(fastrand::f64()), every);
    beats.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            biased;
            () = sleep_until(until) => return,
            _ = beats.tick() => act(&member),
        }
    }
}

fn period(rate: f64) -> Option<f64> {
    (rate > 0.0).then(|| 1.0 / rate)
}
