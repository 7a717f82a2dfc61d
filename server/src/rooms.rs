//! The rooms that are open in this process. Opens a room with its first command and forgets it with its last person.

use crate::{
    cluster::bus::Bus,
    config::{Config, Switch},
    lease::Leases,
    memory::Memory,
    metrics::Metrics,
    room::{
        actor::Actor,
        command::{Burden, Command},
        outbox::Outlet,
        state::Settings,
    },
    store::Log,
};
use protocol::{Code, Refusal, RoomId, health::Mode};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Commands that may wait for a room; beyond it whoever asks is refused with `busy`. A room takes hundreds of thousands a
/// second, so that this many wait only where it has come to a halt.
const COMMANDS: usize = 1024;

/// When to try again after `busy`, in milliseconds.
const RETRY: u64 = 500;

/// The way to an open room.
#[derive(Clone)]
pub struct Way {
    /// Which.
    pub room: RoomId,
    commands: mpsc::Sender<Command>,
}

/// What rooms stand on.
pub struct Ground {
    /// The log lane.
    pub log: Arc<dyn Log>,
    /// The lease lane.
    pub leases: Arc<dyn Leases>,
    /// What other replicas tell; `None` where there are none.
    pub bus: Option<Arc<Bus>>,
}

/// The rooms of one process.
pub struct Rooms {
    open: Mutex<HashMap<RoomId, Way>>,
    /// Rooms that are taken; more are refused with `server_full`.
    most: usize,
    settings: Arc<Settings>,
    log: Arc<dyn Log>,
    leases: Arc<dyn Leases>,
    bus: Option<Arc<Bus>>,
    memory: Arc<Memory>,
    metrics: Arc<Metrics>,
    tasks: TaskTracker,
    cancel: CancellationToken,
}

impl Rooms {
    /// No rooms yet.
    #[must_use]
    pub fn new(
        config: &Config,
        instance: String,
        ground: Ground,
        memory: Arc<Memory>,
        metrics: Arc<Metrics>,
        cancel: CancellationToken,
    ) -> Self {
        let Ground { log, leases, bus } = ground;
        let life = bus.as_ref().map(|bus| bus.life().clone());
        let settings = Settings {
            instance,
            mode: if life.is_some() { Mode::Redis } else { Mode::Memory },
            members: config.room_members as usize,
            open: config.open_rooms == Switch::On,
            grace: config.grace(),
            life,
        };
        let (open, most) = (Mutex::default(), config.rooms as usize);
        Self {
            open,
            most,
            settings: Arc::new(settings),
            log,
            leases,
            bus,
            memory,
            metrics,
            tasks: TaskTracker::new(),
            cancel,
        }
    }

    /// What the rooms' process may take.
    #[must_use]
    pub fn memory(&self) -> &Arc<Memory> {
        &self.memory
    }

    /// Gives back the places of rooms that have closed.
    pub fn shrink(&self) {
        self.lock().shrink_to_fit();
    }

    /// Gives a join to its room, which is opened where it is not. Returns the way to the room, for all that follows. A
    /// refused command comes back with the reason, so that it can be answered.
    pub fn join<O: Outlet>(
        self: &Arc<Self>,
        room: &RoomId,
        outlet: impl FnOnce() -> O,
        command: Command,
    ) -> Result<Way, Box<(Command, Refusal)>> {
        let command = self.afford(command)?;
        // The lock is held over the hand-over, so that no room closes between being found and being asked.
        let mut open = self.lock();
        if let Some(way) = open.get(room) {
            self.hand(way, command)?;
            return Ok(way.clone());
        }
        if open.len() >= self.most {
            let refusal =
                Refusal::new(Code::ServerFull, "This server has as many rooms as it takes.").retry_after(RETRY);
            return Err(Box::new((command, refusal)));
        }
        let way = self.open(room.clone(), outlet());
        self.hand(&way, command)?;
        open.insert(way.room.clone(), way.clone());
        self.metrics.rooms.set(count(open.len()));
        Ok(way)
    }

    /// Gives a command to a room that was joined.
    pub fn send(&self, way: &Way, command: Command) -> Result<(), Box<(Command, Refusal)>> {
        self.hand(way, self.afford(command)?)
    }

    /// Refuses what there is no memory for.
    fn afford(&self, command: Command) -> Result<Command, Box<(Command, Refusal)>> {
        let refused = match command.burden() {
            Burden::None => false,
            Burden::Little => self.memory.is_over(),
            Burden::Much => self.memory.is_full(),
        };
        if refused {
            return Err(Box::new((command, Memory::refusal())));
        }
        Ok(command)
    }

    fn hand(&self, way: &Way, command: Command) -> Result<(), Box<(Command, Refusal)>> {
        way.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(command) => {
                self.metrics.queue_full.inc("room");
                let refusal = Refusal::new(Code::Busy, "The room has too much to do just now.").retry_after(RETRY);
                Box::new((command, refusal))
            }
            TrySendError::Closed(command) => Box::new((command, crate::room::state::not_joined())),
        })
    }

    /// Gives a room a command that must not be lost: if its queue is full, a task waits until it is not.
    pub fn send_surely(&self, way: &Way, command: Command) {
        if let Err(TrySendError::Full(command)) = way.commands.try_send(command) {
            self.metrics.queue_full.inc("room");
            let commands = way.commands.clone();
            // An error means that the room is gone, and with it whoever was to leave it.
            self.tasks.spawn(async move { commands.send(command).await.ok() });
        }
    }

    /// Runs something that has to do with rooms, and that the server waits for when it stops.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Forgets an empty room, unless something was just sent to it.
    fn close(&self, room: &RoomId, commands: &mpsc::Receiver<Command>) -> bool {
        let mut open = self.lock();
        if !commands.is_empty() {
            return false;
        }
        open.remove(room);
        self.metrics.rooms.set(count(open.len()));
        true
    }

    /// How many rooms are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Waits until all actors have ended, after the token was cancelled.
    pub async fn closed(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn open(self: &Arc<Self>, room: RoomId, outlet: impl Outlet) -> Way {
        let (sender, commands) = mpsc::channel(COMMANDS);
        let way = Way {
            room: room.clone(),
            commands: sender,
        };
        let rooms = Arc::clone(self);
        let actor = Actor {
            settings: Arc::clone(&self.settings),
            room,
            commands,
            outlet,
            log: Arc::clone(&self.log),
            leases: Arc::clone(&self.leases),
            bus: self.bus.clone(),
            close: Box::new(move |room, commands| rooms.close(room, commands)),
            metrics: Arc::clone(&self.metrics),
            cancel: self.cancel.clone(),
        };
        self.tasks.spawn(actor.run());
        way
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RoomId, Way>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A count as a gauge takes it.
#[must_use]
pub fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
