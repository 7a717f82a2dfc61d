//! The gateway: where Socket.IO ends and rooms begin. The only place that names socketioxide.
//!
//! Handlers decode, hold against limits, hand over with `try_send` and return. They do so synchronously, in the task that
//! reads the connection: the library would run async handlers as tasks of their own, and the order of a client's events
//! would be lost.

pub mod access;
pub mod auth;
pub mod call;
pub mod chat;
pub mod connect;
pub mod connection;
pub mod cursor;
pub mod document;
pub mod held;
pub mod id;
pub mod message;
pub mod meter;
pub mod note;
pub mod notification;
pub mod outbox;
pub mod revocation;
pub mod room;
pub mod shard;
pub mod table;
pub mod tape;
pub mod typing;
pub mod weight;

use crate::{
    cluster::bus::Bus, config::Limits, lease::Leases, limit::Buckets, listener::pending::Pending, metrics::Metrics,
    rooms::Rooms, token::Keys,
};
use auth::{Admission, Timer};
use connection::{Connection, Connections};
use futures::{StreamExt, stream::FuturesUnordered};
use notification::Notifier;
use protocol::{
    UserId,
    drain::Draining,
    health::{Bus as State, Mode},
};
use revocation::Revoker;
use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// A session of Engine.IO, as the `sid` of its requests names it.
pub use socketioxide::socket::Sid as SessionId;

/// Packets that may wait for one connection; beyond it the connection is ended and resumes.
pub const QUEUE: usize = 128;

/// Bytes that are read from a WebSocket at once, and kept for each: what clients send is far smaller, but for edits.
const READ: usize = 256;

/// How long a connection may take to come to CONNECT.
pub const CONNECT: Duration = Duration::from_secs(10);

/// How long farewells may take to reach the kernel, and transports to close.
const FAREWELL: Duration = Duration::from_secs(1);

/// What handlers work with.
pub struct Gateway {
    /// Where commands go.
    pub rooms: Arc<Rooms>,
    /// Who is connected.
    pub connections: Arc<Connections>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Who may connect.
    pub keys: Arc<Keys>,
    /// How long they stay.
    pub timer: Timer,
    /// Who no longer may.
    pub revoker: Arc<Revoker>,
    /// Who tells people something, wherever they are.
    pub notifier: Arc<Notifier>,
    /// The bus between replicas; `None` where there is one process alone.
    pub bus: Option<Arc<Bus>>,
    /// Who is where on other replicas.
    pub leases: Arc<dyn Leases>,
    /// How often sockets may come from one address.
    pub by_address: Buckets<IpAddr>,
    /// Sockets that have not said yet whose they are.
    pub pending: Arc<Pending>,
    /// How often one person may notify others.
    pub notifying: Buckets<UserId>,
    /// What one connection may do.
    pub limits: Arc<Limits>,
    /// Name of this replica.
    pub instance: String,
    draining: AtomicBool,
}

impl Gateway {
    /// A gateway to these rooms.
    #[must_use]
    pub fn new(
        rooms: Arc<Rooms>,
        leases: Arc<dyn Leases>,
        bus: Option<Arc<Bus>>,
        metrics: Arc<Metrics>,
        admission: Admission,
        limits: &Limits,
        instance: String,
    ) -> Self {
        let limits = Arc::new(limits.clone());
        let connections = Arc::new(Connections::new(Arc::clone(&limits), Arc::clone(&metrics)));
        let Admission { keys, terms, register } = admission;
        let revoker = Revoker::new(
            Arc::clone(&connections),
            Arc::clone(&keys),
            register,
            bus.clone(),
            Arc::clone(&metrics),
        );
        let notifier = Notifier::new(Arc::clone(&connections), bus.clone(), Arc::clone(&metrics));
        Self {
            rooms,
            connections,
            metrics,
            keys,
            timer: Timer::new(terms),
            revoker: Arc::new(revoker),
            notifier: Arc::new(notifier),
            bus,
            leases,
            by_address: Buckets::new(limits.rate_connect),
            pending: Pending::new(limits.pending as usize),
            notifying: Buckets::new(limits.rate_notify),
            limits,
            instance,
            draining: AtomicBool::new(false),
        }
    }

    /// Gives back what a crowd took in tables that do not shrink by themselves.
    pub fn shrink(&self) {
        self.rooms.shrink();
        self.connections.shrink();
        self.timer.shrink();
    }

    /// How replicas share rooms.
    #[must_use]
    pub fn mode(&self) -> Mode {
        match self.bus {
            Some(_) => Mode::Redis,
            None => Mode::Memory,
        }
    }

    /// How the bus between replicas does, and how long its newest heartbeat took, in milliseconds.
    #[must_use]
    pub fn bus(&self) -> (State, Option<f64>) {
        self.bus.as_ref().map_or((State::None, None), |bus| bus.state())
    }

    /// Whether the server was told to stop.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Takes no new sockets, tells each client to come back after a delay of its own, up to `spread`, and ends its
    /// connection then. Until then it is served: nobody waits without a connection, and those who do not understand the
    /// farewell are spread too.
    pub async fn drain(&self, spread: Duration) {
        self.draining.store(true, Ordering::Relaxed);
        let (now, most) = (Instant::now(), u64::try_from(spread.as_millis()).unwrap_or(u64::MAX));
        let told = self.connections.all().into_iter().map(|connected| {
            let retry_after_ms = rand::random_range(0..=most);
            outbox::emit(&connected, &Draining { retry_after_ms }.into());
            (now + Duration::from_millis(retry_after_ms), connected.connection)
        });
        // All are told before the first is ended.
        let told: Vec<_> = told.collect();
        let parted = told.into_iter().map(|(until, connection)| part(until, connection));
        tokio::select! {
            () = parted.collect::<FuturesUnordered<_>>().collect::<()>() => {}
            () = self.connections.emptied() => {}
        }
    }
}

/// Ends a connection when its time has come, and what was for it has left.
async fn part(until: Instant, connection: Arc<Connection>) {
    tokio::time::sleep_until(until).await;
    let flow = connection.flow();
    tokio::time::timeout(FAREWELL, flow.empty()).await.ok();
    flow.end();
}
