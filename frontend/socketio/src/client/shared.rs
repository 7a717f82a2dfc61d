//! What handles and driver both see: a few counters. The driver writes how the connection stands; a handle reads it to
//! refuse at once what could only fail later.

use std::sync::{
    Arc,
    atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering::Relaxed},
};

use crate::{Config, EmitError, RequestError};

/// From this many waiting bytes on a volatile emit is dropped: a few frames of a slow network, not a backlog.
pub(crate) const CONGESTED: usize = 64 * 1024;

/// How the connection stands, as far as a sender cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Status {
    /// An attempt is under way: what is emitted waits for CONNECT.
    Opening,
    Connected,
    /// No attempt is under way.
    Offline,
    Closed,
}

/// The counters. Each stands for itself, so no order between them is needed.
#[derive(Debug)]
pub(crate) struct Shared {
    status: AtomicU8,
    acks: AtomicU64,
    /// Bytes in the command channel.
    handed: AtomicUsize,
    /// Bytes that wait for CONNECT.
    queued: AtomicUsize,
    /// Bytes that wait for the network.
    unsent: AtomicUsize,
    kept: AtomicUsize,
    offline_queue: usize,
    send_buffer: usize,
}

impl Shared {
    /// A client that is about to open its first connection.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            status: AtomicU8::new(Status::Opening as u8),
            acks: AtomicU64::new(0),
            handed: AtomicUsize::new(0),
            queued: AtomicUsize::new(0),
            unsent: AtomicUsize::new(0),
            kept: AtomicUsize::new(0),
            offline_queue: config.offline_queue,
            send_buffer: config.send_buffer,
        }
    }

    pub(crate) fn status(&self) -> Status {
        match self.status.load(Relaxed) {
            0 => Status::Opening,
            1 => Status::Connected,
            2 => Status::Offline,
            _ => Status::Closed,
        }
    }

    /// Whether something that is not kept may be handed over.
    pub(crate) fn admit(&self) -> Result<(), EmitError> {
        match self.status() {
            Status::Offline => Err(EmitError::Offline),
            Status::Closed => Err(EmitError::Closed),
            _ if self.backlog() > self.send_buffer => Err(EmitError::QueueFull),
            _ => Ok(()),
        }
    }

    pub(crate) fn is_congested(&self) -> bool {
        self.backlog() >= CONGESTED
    }

    /// The next number for a request. They are never used twice, so a late acknowledgement cannot meet another request.
    pub(crate) fn next_ack(&self) -> u64 {
        self.acks.fetch_add(1, Relaxed)
    }

    pub(crate) fn kept(&self) -> usize {
        self.kept.load(Relaxed)
    }

    /// A handle put `bytes` into the command channel.
    pub(crate) fn handed_over(&self, bytes: usize) {
        self.handed.fetch_add(bytes, Relaxed);
    }

    /// The driver took `bytes` out of it.
    pub(crate) fn taken(&self, bytes: usize) {
        self.handed.fetch_sub(bytes, Relaxed);
    }

    /// The state machine's turn is over: this is how it stands.
    pub(crate) fn publish(&self, status: Status, queued: usize) {
        self.status.store(status as u8, Relaxed);
        self.queued.store(queued, Relaxed);
    }

    /// `bytes` have been given to the transport and have not left yet.
    pub(crate) fn set_unsent(&self, bytes: usize) {
        self.unsent.store(bytes, Relaxed);
    }

    fn backlog(&self) -> usize {
        self.handed.load(Relaxed) + self.queued.load(Relaxed) + self.unsent.load(Relaxed)
    }
}

/// A kept request's place in the bounded queue; free again when dropped, however the request ended.
#[derive(Debug)]
pub(crate) struct Place(Arc<Shared>);

impl Place {
    /// Takes a place, if one is free.
    pub(crate) fn take(shared: &Arc<Shared>) -> Result<Self, RequestError> {
        if shared.status() == Status::Closed {
            return Err(RequestError::Closed);
        }
        let limit = shared.offline_queue;
        shared
            .kept
            .fetch_update(Relaxed, Relaxed, |kept| (kept < limit).then_some(kept + 1))
            .map(|_| Self(Arc::clone(shared)))
            .map_err(|_| RequestError::QueueFull)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.kept.fetch_sub(1, Relaxed);
    }
}
