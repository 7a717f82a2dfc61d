//! The shell of a room: one loop that waits for whatever comes first, and does what the state wants.

use super::{
    command::Command,
    outbox::{Effect, Lease, LogCall, Outbox, Outlet},
    state::{Done, Pages, Settings, State},
    writer::unavailable,
};
use crate::{
    clock::Now,
    lease::Leases,
    metrics::Metrics,
    store::{Log, LogError, Span, Topic},
};
use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use protocol::RoomId;
use std::{sync::Arc, time::Instant};
use tokio::{sync::mpsc, time::sleep_until};
use tokio_util::sync::CancellationToken;

/// Commands taken at once before the next look at the clock.
const BATCH: usize = 64;

/// Takes an empty room off a list. `false` where something has come in for it.
pub type Close = Box<dyn Fn(&RoomId, &mpsc::Receiver<Command>) -> bool + Send + Sync>;

/// What an actor works with.
pub struct Actor<O> {
    /// Which room.
    pub room: RoomId,
    /// What it needs to know of the process.
    pub settings: Settings,
    /// What it is asked. Bounded; full means that the sender refuses with `busy`.
    pub commands: mpsc::Receiver<Command>,
    /// Who makes it heard.
    pub outlet: O,
    /// The log lane.
    pub log: Arc<dyn Log>,
    /// The lease lane.
    pub leases: Arc<dyn Leases>,
    /// Asked when nobody is here: takes the room off the list, unless a command has just come in.
    pub close: Close,
    /// What it counts.
    pub metrics: Arc<Metrics>,
    /// Ends it.
    pub cancel: CancellationToken,
}

/// Everything that can wake a room.
enum Woken {
    Commands,
    Done(Done),
    Due,
    Cancelled,
}

impl<O: Outlet> Actor<O> {
    /// Opens the room from its logs, and runs until it is empty or the server stops.
    pub async fn run(mut self) {
        let opened = open(&*self.log, self.room.clone(), self.settings.clone()).await;
        match opened {
            Ok(state) => self.serve(state).await,
            Err(error) => self.turn_away(&error),
        }
    }

    /// The room cannot be opened: whoever asked is told, and it is off the list.
    fn turn_away(&mut self, error: &LogError) {
        tracing::error!(room = %self.room, %error, "the room could not be opened from its logs");
        loop {
            while let Ok(command) = self.commands.try_recv() {
                command.refuse(unavailable());
            }
            if (self.close)(&self.room, &self.commands) {
                return;
            }
        }
    }

    async fn serve(&mut self, mut state: State) {
        let mut under_way = FuturesUnordered::new();
        let mut commands = Vec::with_capacity(BATCH);
        let mut outbox = Outbox::new();
        loop {
            let woken = self.next(state.due(), &mut commands, &mut under_way).await;
            let now = Now::read();
            match woken {
                Woken::Commands => commands
                    .drain(..)
                    .for_each(|command| state.handle(now, command, &mut outbox)),
                Woken::Done(done) => state.finish(now, done, &mut outbox),
                Woken::Due => {}
                Woken::Cancelled => break,
            }
            // Whatever woke it: commands that keep coming must not hold up a frame that is due.
            state.wake(now, &mut outbox);
            self.perform(&mut state, &mut outbox, &mut under_way).await;
            if state.is_empty() && under_way.is_empty() && (self.close)(&self.room, &self.commands) {
                return;
            }
        }
        self.flush(&mut state, &mut under_way, &mut outbox).await;
    }

    async fn next(
        &mut self,
        due: Option<Instant>,
        commands: &mut Vec<Command>,
        under_way: &mut FuturesUnordered<BoxFuture<'static, Done>>,
    ) -> Woken {
        let due = due.map(tokio::time::Instant::from_std);
        tokio::select! {
            received = self.commands.recv_many(commands, BATCH) => {
                if received == 0 { Woken::Cancelled } else { Woken::Commands }
            }
            Some(done) = under_way.next() => Woken::Done(done),
            () = sleep_until(due.unwrap_or_else(tokio::time::Instant::now)), if due.is_some() => Woken::Due,
            () = self.cancel.cancelled() => Woken::Cancelled,
        }
    }

    async fn perform(
        &mut self,
        state: &mut State,
        outbox: &mut Outbox,
        under_way: &mut FuturesUnordered<BoxFuture<'static, Done>>,
    ) {
        for effect in outbox.drain(..) {
            match effect {
                Effect::Out(out) => self.outlet.deliver(out).await,
                Effect::Lease(Lease::Hold(holding)) => self.leases.hold(&self.room, holding),
                Effect::Lease(Lease::Release(peer)) => self.leases.release(&self.room, peer),
                Effect::Log(call) => under_way.push(self.call(call)),
            }
        }
        for topic in state.take_overflows() {
            self.metrics.queue_full.inc(topic.as_str());
        }
    }

    fn call(&self, call: LogCall) -> BoxFuture<'static, Done> {
        let (log, room, metrics) = (Arc::clone(&self.log), self.room.clone(), Arc::clone(&self.metrics));
        Box::pin(async move {
            match call {
                LogCall::Append { topic, expected, entry } => {
                    let started = Instant::now();
                    let appended = log.append(&room, topic, expected, entry).await;
                    metrics.append.observe(started.elapsed().as_secs_f64());
                    Done::Appended(topic, appended)
                }
                LogCall::Find { topic, by, id, refusal } => {
                    Done::Found(topic, refusal, log.find(&room, topic, &by, &id).await)
                }
                LogCall::Read { spans, purpose } => Done::Read(purpose, read(&*log, &room, spans).await),
                LogCall::Load(topic) => Done::Loaded(topic, log.load(&room, topic).await),
                LogCall::Compact { topic, epoch, snapshot } => {
                    if let Err(error) = log.compact(&room, topic, epoch, snapshot).await {
                        tracing::warn!(%room, ?topic, %error, "a snapshot was not kept");
                    }
                    Done::Compacted
                }
            }
        })
    }

    /// Waits for what is being written, so that nothing that was taken is lost when the server stops.
    async fn flush(
        &mut self,
        state: &mut State,
        under_way: &mut FuturesUnordered<BoxFuture<'static, Done>>,
        outbox: &mut Outbox,
    ) {
        while let Some(done) = under_way.next().await {
            state.finish(Now::read(), done, outbox);
            self.perform(state, outbox, under_way).await;
        }
    }
}

/// A room as its logs have it.
async fn open(log: &dyn Log, room: RoomId, settings: Settings) -> Result<State, LogError> {
    let document = log.load(&room, Topic::Document).await?;
    let note = log.load(&room, Topic::Note).await?;
    State::open(room, settings, &document, &note)
}

/// Reads a stretch of each log, one after the other.
async fn read(log: &dyn Log, room: &RoomId, spans: Vec<(Topic, Span)>) -> Result<Pages, LogError> {
    let mut pages = Pages::with_capacity(spans.len());
    for (topic, span) in spans {
        pages.push((topic, log.read(room, topic, span).await?));
    }
    Ok(pages)
}
