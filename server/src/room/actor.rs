//! The shell of a room: one loop that waits for whatever comes first, and does what the state wants.

use super::{
    command::Command,
    outbox::{Effect, Lease, LogCall, Outbox, Outlet},
    state::{Done, State},
};
use crate::{
    clock::Now,
    lease::Leases,
    metrics::Metrics,
    store::{Log, Topic},
};
use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use protocol::RoomId;
use std::sync::Arc;
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
    /// Its rules and all it knows.
    pub state: State,
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
    /// Runs until the room is empty or the server stops.
    pub async fn run(mut self) {
        let mut under_way = FuturesUnordered::new();
        let mut commands = Vec::with_capacity(BATCH);
        let mut outbox = Outbox::new();
        loop {
            let woken = self.next(&mut commands, &mut under_way).await;
            let now = Now::read();
            match woken {
                Woken::Commands => commands
                    .drain(..)
                    .for_each(|command| self.state.handle(now, command, &mut outbox)),
                Woken::Done(done) => self.state.finish(now, done, &mut outbox),
                Woken::Due => {}
                Woken::Cancelled => break,
            }
            // Whatever woke it: commands that keep coming must not hold up a frame that is due.
            self.state.wake(now, &mut outbox);
            self.perform(&mut outbox, &mut under_way).await;
            if self.state.is_empty() && under_way.is_empty() && (self.close)(&self.room, &self.commands) {
                return;
            }
        }
        self.flush(&mut under_way, &mut outbox).await;
    }

    async fn next(
        &mut self,
        commands: &mut Vec<Command>,
        under_way: &mut FuturesUnordered<BoxFuture<'static, Done>>,
    ) -> Woken {
        let due = self.state.due().map(tokio::time::Instant::from_std);
        tokio::select! {
            received = self.commands.recv_many(commands, BATCH) => {
                if received == 0 { Woken::Cancelled } else { Woken::Commands }
            }
            Some(done) = under_way.next() => Woken::Done(done),
            () = sleep_until(due.unwrap_or_else(tokio::time::Instant::now)), if due.is_some() => Woken::Due,
            () = self.cancel.cancelled() => Woken::Cancelled,
        }
    }

    async fn perform(&mut self, outbox: &mut Outbox, under_way: &mut FuturesUnordered<BoxFuture<'static, Done>>) {
        for effect in outbox.drain(..) {
            match effect {
                Effect::Out(out) => self.outlet.deliver(out).await,
                Effect::Lease(Lease::Hold(holding)) => self.leases.hold(&self.room, holding),
                Effect::Lease(Lease::Release(peer)) => self.leases.release(&self.room, peer),
                Effect::Log(call) => under_way.push(self.call(call)),
            }
        }
        self.metrics.queue_full.add("chat", self.state.take_overflows());
    }

    fn call(&self, call: LogCall) -> BoxFuture<'static, Done> {
        let (log, room) = (Arc::clone(&self.log), self.room.clone());
        Box::pin(async move {
            match call {
                LogCall::Append { entry, at } => Done::Appended(at, log.append(&room, Topic::Chat, None, entry).await),
                LogCall::Read { span, purpose } => Done::Read(purpose, log.read(&room, Topic::Chat, span).await),
            }
        })
    }

    /// Waits for what is being written, so that nothing that was taken is lost when the server stops.
    async fn flush(&mut self, under_way: &mut FuturesUnordered<BoxFuture<'static, Done>>, outbox: &mut Outbox) {
        while let Some(done) = under_way.next().await {
            self.state.finish(Now::read(), done, outbox);
            self.perform(outbox, under_way).await;
        }
    }
}
