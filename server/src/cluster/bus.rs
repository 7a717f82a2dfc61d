//! The bus: what replicas tell each other, over channels in Redis. A replica hears the rooms in which it has somebody, and
//! no others.
//!
//! It promises nothing: a message may be lost. What must not be lost stands in a log, in a presence hash, or is told again;
//! the bus says when something may have been missed, and rooms then read.

mod beat;
mod hearing;
mod subscriptions;

use super::{
    Life,
    connection::Redis,
    keys,
    message::{BusTold, RoomTold},
    seat::Seat,
};
use crate::{metrics::Metrics, revocation::Revocation, store::LogError};
use beat::Pulse;
use fred::interfaces::PubsubInterface;
use protocol::{RoomId, UserId, health::Bus as State, notification::Notification};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{Notify, broadcast, mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What may wait for a room; beyond it the room is told that it has missed something, and reads.
const ROOM: usize = 1024;

/// What may wait to be published; beyond it frames are dropped, as frames may be.
const OUT: usize = 4096;

/// What is published in one go.
const BATCH: usize = 64;

/// Notifications that may wait for whoever passes them on; beyond it they are dropped.
const NOTIFICATIONS: usize = 1024;

/// Revocations that may wait for whoever minds them; beyond it all are read anew.
const REVOCATIONS: usize = 64;

/// How long a room waits to be subscribed before it cannot be opened.
const SUBSCRIBED: Duration = Duration::from_secs(3);

/// One process' end of the bus.
pub struct Bus {
    life: Life,
    metrics: Arc<Metrics>,
    seats: Mutex<Seats>,
    /// Seats came or went.
    changed: Notify,
    out: mpsc::Sender<(String, String)>,
    pulse: Pulse,
    notifications: broadcast::Sender<(UserId, Notification)>,
    revocations: broadcast::Sender<Option<Revocation>>,
}

#[derive(Default)]
struct Seats {
    by_room: HashMap<RoomId, Slot>,
    /// Rooms whose seat came or went since channels were last settled.
    unsettled: HashSet<RoomId>,
    /// Counts seats.
    given: u64,
}

/// The bus' end of a seat.
struct Slot {
    number: u64,
    told: mpsc::Sender<RoomTold>,
    missed: Arc<Notify>,
    subscribed: watch::Sender<bool>,
    /// Other replicas that have had somebody in the room, until they are swept.
    seen: HashSet<Life>,
}

impl Bus {
    /// Begins to hear, to publish and to beat.
    pub async fn start(
        life: Life,
        redis: Redis,
        metrics: &Arc<Metrics>,
        cancel: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Arc<Self> {
        let (out, queue) = mpsc::channel(OUT);
        let bus = Arc::new(Self {
            life,
            metrics: Arc::clone(metrics),
            seats: Mutex::default(),
            changed: Notify::new(),
            out,
            pulse: Pulse::new(Arc::clone(metrics)),
            notifications: broadcast::Sender::new(NOTIFICATIONS),
            revocations: broadcast::Sender::new(REVOCATIONS),
        });
        let spawn = |task: futures::future::BoxFuture<'static, ()>| {
            tasks.spawn(cancel.clone().run_until_cancelled_owned(task));
        };
        spawn(Box::pin(hearing::hear(Arc::clone(&bus), redis.subscribe.clone())));
        spawn(Box::pin(subscriptions::keep(Arc::clone(&bus), redis.subscribe.clone())));
        spawn(Box::pin(publish(redis.publish, queue)));
        spawn(Box::pin(beat::beat(Arc::clone(&bus), redis.subscribe)));
        spawn(Box::pin(look_back(Arc::clone(&bus))));
        bus
    }

    /// This process, as others know it.
    #[must_use]
    pub fn life(&self) -> &Life {
        &self.life
    }

    /// Whether heartbeats come through, and how long the newest took, in milliseconds.
    #[must_use]
    pub fn state(&self) -> (State, Option<f64>) {
        self.pulse.state()
    }

    /// Whether heartbeats come through.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.pulse.is_up()
    }

    /// Tells when [`Bus::state`] changes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<State> {
        self.pulse.watch()
    }

    /// Takes a seat for a room, from which all is heard that is told of it from now on.
    pub async fn enter(self: &Arc<Self>, room: &RoomId) -> Result<Seat, LogError> {
        let (told, heard) = mpsc::channel(ROOM);
        let (subscribed, mut ready) = watch::channel(false);
        let missed = Arc::new(Notify::new());
        let number = {
            let mut seats = self.lock();
            seats.given += 1;
            let number = seats.given;
            let slot = Slot {
                number,
                told,
                missed: Arc::clone(&missed),
                subscribed,
                seen: HashSet::new(),
            };
            seats.by_room.insert(room.clone(), slot);
            seats.unsettled.insert(room.clone());
            number
        };
        let seat = Seat {
            room: room.clone(),
            number,
            bus: Arc::clone(self),
            told: heard,
            missed,
        };
        self.changed.notify_one();
        match tokio::time::timeout(SUBSCRIBED, ready.wait_for(|ready| *ready)).await {
            Ok(Ok(_)) => Ok(seat),
            _ => Err(LogError::Away("the room's channel could not be subscribed".to_owned())),
        }
    }

    /// Gives a seat up.
    pub(super) fn leave(&self, room: &RoomId, number: u64) {
        let mut seats = self.lock();
        if seats.by_room.get(room).is_some_and(|slot| slot.number == number) {
            seats.by_room.remove(room);
            seats.unsettled.insert(room.clone());
            self.changed.notify_one();
        }
    }

    /// Publishes on a room's channel what may be lost.
    pub(super) fn publish(&self, room: &RoomId, kind: &'static str, message: String) {
        // While Redis is away nobody hears it, and what waited would be old when it is back.
        if self.is_up() {
            self.send(keys::channel(room), kind, message);
        }
    }

    /// Tells all replicas, this one too, something for one person.
    pub fn notify(&self, user: UserId, notification: Notification) {
        let told = BusTold::Notify(user, notification);
        self.send(keys::BUS.to_owned(), told.label(), told.write());
    }

    /// What persons are to be told who may be connected here.
    #[must_use]
    pub fn notifications(&self) -> broadcast::Receiver<(UserId, Notification)> {
        self.notifications.subscribe()
    }

    /// Whose tokens were revoked; `None` where some may have been missed.
    #[must_use]
    pub fn revocations(&self) -> broadcast::Receiver<Option<Revocation>> {
        self.revocations.subscribe()
    }

    /// Other replicas have somebody in a room that is open here.
    pub(super) fn saw<'a>(&self, room: &RoomId, lives: impl Iterator<Item = &'a Life>) {
        if let Some(slot) = self.lock().by_room.get_mut(room) {
            slot.seen.extend(lives.filter(|life| **life != self.life).cloned());
        }
    }

    /// All other replicas that were seen in rooms that are open here.
    pub(super) fn seen(&self) -> HashSet<Life> {
        let seats = self.lock();
        seats
            .by_room
            .values()
            .flat_map(|slot| slot.seen.iter().cloned())
            .collect()
    }

    /// The rooms in which this replica was seen.
    pub(super) fn rooms_of(&self, life: &Life) -> Vec<RoomId> {
        let seats = self.lock();
        let seen = seats.by_room.iter().filter(|(_, slot)| slot.seen.contains(life));
        seen.map(|(room, _)| room.clone()).collect()
    }

    /// What a dead replica left in a room was taken out.
    pub(super) fn swept(&self, room: &RoomId, life: &Life) {
        if let Some(slot) = self.lock().by_room.get_mut(room) {
            slot.seen.remove(life);
        }
    }

    /// Queues a message; one for which there is no place is dropped, and counted.
    fn send(&self, channel: String, kind: &'static str, message: String) {
        match self.out.try_send((channel, message)) {
            Ok(()) => self.metrics.bus_out.inc(kind),
            Err(_) => self.metrics.bus_dropped.inc("queue"),
        }
    }

    /// All rooms may have missed something, and whoever minds revocations.
    fn all_missed(&self) {
        // An error means that nobody does, as while the process starts or stops.
        self.revocations.send(None).ok();
        self.lock().by_room.values().for_each(|slot| slot.missed.notify_one());
    }

    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Has all rooms look back whenever the bus is up again: what they asked while it was away may have had no answer.
async fn look_back(bus: Arc<Bus>) {
    let mut state = bus.watch();
    while state.changed().await.is_ok() {
        if *state.borrow_and_update() == State::Up {
            bus.all_missed();
        }
    }
}

/// Publishes what waits, all of it in one go.
async fn publish(client: fred::clients::Client, mut queue: mpsc::Receiver<(String, String)>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let pipeline = client.pipeline();
        for (channel, message) in batch.drain(..) {
            // Only queued here: nothing to wait for, and nothing to go wrong.
            pipeline.publish::<(), _, _>(channel, message).await.ok();
        }
        // What does not get through is lost, as it may be; that Redis is away is noticed by its heartbeat.
        drop(pipeline.try_all::<fred::types::Value>().await);
    }
}
