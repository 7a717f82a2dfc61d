//! The shell of a room: one loop that waits for whatever comes first, and does what the state wants.

use super::{
    book::unavailable,
    command::Command,
    outbox::{Effect, Lease, LogCall, Outbox, Outlet, Purpose},
    state::{Done, Opened, Pages, Settings, State},
};
use crate::{
    clock::Now,
    cluster::{
        bus::Bus,
        message::RoomTold,
        seat::{Heard, Seat},
    },
    lease::Leases,
    metrics::Metrics,
    store::{Loaded, Log, LogError, Page, Span, Topic},
};
use futures::{StreamExt, future::BoxFuture, future::pending, stream::FuturesUnordered};
use protocol::RoomId;
use std::{sync::Arc, time::Instant};
use tokio::{sync::mpsc, time::sleep_until};
use tokio_util::sync::CancellationToken;

/// Commands taken at once before the next look at the clock.
const BATCH: usize = 64;

/// Commands and effects for which a room in which something is due keeps memory.
const RESTLESS: usize = 4;

/// Takes an empty room off a list. `false` where something has come in for it.
pub type Close = Box<dyn Fn(&RoomId, &mpsc::Receiver<Command>) -> bool + Send + Sync>;

/// What an actor works with.
pub struct Actor<O> {
    /// Which room.
    pub room: RoomId,
    /// What it needs to know of the process.
    pub settings: Arc<Settings>,
    /// What it is asked. Bounded; full means that the sender refuses with `busy`.
    pub commands: mpsc::Receiver<Command>,
    /// Who makes it heard.
    pub outlet: O,
    /// The log lane.
    pub log: Arc<dyn Log>,
    /// The lease lane.
    pub leases: Arc<dyn Leases>,
    /// What other replicas tell; `None` where there are none.
    pub bus: Option<Arc<Bus>>,
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
    Told(RoomTold),
    Missed,
    Due,
    Cancelled,
}

impl<O: Outlet> Actor<O> {
    /// Opens the room from its logs, and runs until it is empty or the server stops. There are many rooms, so that this is
    /// kept small: what only opening needs is in memory that is given back when it is done.
    #[expect(clippy::manual_async_fn, reason = "an async fn would hold its argument twice")]
    pub fn run(mut self) -> impl Future<Output = ()> + Send {
        async move {
            let _held = self.log.hold(&self.room);
            match Box::pin(self.open()).await {
                Ok((state, seat)) => self.serve(state, seat).await,
                Err(error) => self.turn_away(&error),
            }
        }
    }

    /// Takes a seat on the bus, and only then reads the logs: what is written in between is heard.
    async fn open(&mut self) -> Result<(Box<State>, Option<Seat>), LogError> {
        let seat = match &self.bus {
            Some(bus) => Some(bus.enter(&self.room).await?),
            None => None,
        };
        let (log, room) = (&*self.log, &self.room);
        let opened = Opened {
            chat: load(log, room, Topic::Chat).await?,
            document: load(log, room, Topic::Document).await?,
            note: load(log, room, Topic::Note).await?,
            access: load(log, room, Topic::Access).await?,
        };
        let mut state = Box::new(State::open(room.clone(), Arc::clone(&self.settings), &opened)?);
        if let Some(seat) = &seat {
            state.present_at_first(Now::read(), self.leases.others(room).await?);
            seat.greet();
        }
        Ok((state, seat))
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

    async fn serve(&mut self, mut state: Box<State>, mut seat: Option<Seat>) {
        let mut under_way = FuturesUnordered::new();
        let mut commands = Vec::new();
        let mut outbox = Outbox::new();
        let mut due = state.due();
        loop {
            let woken = self.next(due, &mut commands, &mut under_way, &mut seat).await;
            let now = Now::read();
            match woken {
                Woken::Commands => commands
                    .drain(..)
                    .for_each(|command| state.handle(now, command, &mut outbox)),
                Woken::Done(done) => state.finish(now, done, &mut outbox),
                Woken::Told(told) => state.hear(now, told, &mut outbox),
                Woken::Missed => state.look_around(now, &mut outbox),
                Woken::Due => {}
                Woken::Cancelled => break,
            }
            // Whatever woke it: commands that keep coming must not hold up a frame that is due.
            state.wake(now, &mut outbox);
            self.perform(&mut state, &mut outbox, &mut under_way, seat.as_ref())
                .await;
            // A room that has come to rest gives back what its busiest moment took.
            due = state.due();
            let kept = if due.is_some() { RESTLESS } else { 0 };
            commands.shrink_to(kept);
            outbox.shrink_to(kept);
            if state.is_empty() && under_way.is_empty() && (self.close)(&self.room, &self.commands) {
                return;
            }
        }
        self.flush(&mut state, &mut under_way, &mut outbox, seat.as_ref()).await;
    }

    async fn next(
        &mut self,
        due: Option<Instant>,
        commands: &mut Vec<Command>,
        under_way: &mut FuturesUnordered<BoxFuture<'static, Done>>,
        seat: &mut Option<Seat>,
    ) -> Woken {
        let due = due.map(tokio::time::Instant::from_std);
        tokio::select! {
            received = self.commands.recv_many(commands, BATCH) => {
                if received == 0 { Woken::Cancelled } else { Woken::Commands }
            }
            Some(done) = under_way.next() => Woken::Done(done),
            heard = hear(seat) => match heard {
                Heard::Told(told) => Woken::Told(told),
                Heard::Missed => Woken::Missed,
            },
            () = sleep_until(due.unwrap_or_else(tokio::time::Instant::now)), if due.is_some() => Woken::Due,
            () = self.cancel.cancelled() => Woken::Cancelled,
        }
    }

    async fn perform(
        &mut self,
        state: &mut State,
        outbox: &mut Outbox,
        under_way: &mut FuturesUnordered<BoxFuture<'static, Done>>,
        seat: Option<&Seat>,
    ) {
        for effect in outbox.drain(..) {
            match effect {
                Effect::Out(out) => self.outlet.deliver(out).await,
                Effect::Lease(Lease::Hold(holding)) => self.leases.hold(&self.room, holding),
                Effect::Lease(Lease::Release(peer)) => self.leases.release(&self.room, peer),
                Effect::Lease(Lease::Read) => under_way.push(self.read_others()),
                Effect::Tell(moved) => seat.into_iter().for_each(|seat| seat.tell(&moved)),
                Effect::Log(call) => under_way.push(self.call(call)),
            }
        }
        for topic in state.take_overflows() {
            self.metrics.queue_full.inc(topic.as_str());
        }
    }

    fn read_others(&self) -> BoxFuture<'static, Done> {
        self.metrics.bus_gaps.inc("presence");
        let (leases, room) = (Arc::clone(&self.leases), self.room.clone());
        Box::pin(async move { Done::Present(leases.others(&room).await) })
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
                LogCall::Read { spans, purpose } => {
                    if let Purpose::CatchUp(topic) = purpose {
                        metrics.bus_gaps.inc(topic.as_str());
                    }
                    Done::Read(purpose, read(&*log, &room, spans).await)
                }
                LogCall::Load(topic) => Done::Loaded(topic, load(&*log, &room, topic).await),
                LogCall::Witness(topic, known) => {
                    let page = log.witness(&room, topic, &known).await;
                    if page.as_ref().is_ok_and(|page| !page.entries.is_empty()) {
                        metrics.bus_gaps.inc(topic.as_str());
                    }
                    Done::Witnessed(topic, known.position, page)
                }
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
        seat: Option<&Seat>,
    ) {
        while let Some(done) = under_way.next().await {
            state.finish(Now::read(), done, outbox);
            self.perform(state, outbox, under_way, seat).await;
        }
    }
}

/// What is heard next; nothing ever, where there is no bus.
async fn hear(seat: &mut Option<Seat>) -> Heard {
    match seat {
        Some(seat) => seat.next().await,
        None => pending().await,
    }
}

/// What a log comes to. Chat comes to nothing: of it, the last entry.
async fn load(log: &dyn Log, room: &RoomId, topic: Topic) -> Result<Loaded, LogError> {
    if topic.has_snapshots() {
        return log.load(room, topic).await;
    }
    let Page { end, entries, .. } = log.read(room, topic, Span::Newest(1)).await?;
    Ok(Loaded {
        end,
        snapshot: None,
        entries,
    })
}

/// Reads a stretch of each log, one after the other.
async fn read(log: &dyn Log, room: &RoomId, spans: Vec<(Topic, Span)>) -> Result<Pages, LogError> {
    let mut pages = Pages::with_capacity(spans.len());
    for (topic, span) in spans {
        pages.push((topic, log.read(room, topic, span).await?));
    }
    Ok(pages)
}
