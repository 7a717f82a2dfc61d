//! How the bytes of one connection flow: whether they do, and a switch to end it.
//!
//! Socket.IO's server library shows neither the depth of a connection's queue nor a way to end its transport. Both are seen
//! from below: it flushes only when the queue is drained, so packets handed over since the last flush are the most that can
//! be waiting, and so are their bytes less those that were written since.

use super::{line::Aside, pending::Place};
use crate::memory::Memory;
use bytes::Bytes;
use futures::task::AtomicWaker;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering},
    },
    task::Waker,
};
use tokio::sync::Notify;

/// One connection's flow, shared by its socket below and its user above.
pub struct Flow {
    waiting: AtomicU32,
    /// Bytes handed over and not written. Below zero where what nobody counted was written: frames of cursors, pings.
    bytes: AtomicI64,
    /// Bytes that may be waiting.
    most: i64,
    /// The process' memory, where they wait.
    memory: Arc<Memory>,
    ended: AtomicBool,
    websocket: AtomicBool,
    reader: AtomicWaker,
    writer: AtomicWaker,
    drainer: Notify,
    /// Bytes that the peer may still send before it has said who it is; [`UNBOUND`] where there is no such bound.
    allowance: AtomicU32,
    /// Its place among those who have not said who they are.
    place: Mutex<Option<Place>>,
    /// The way past whoever writes, where there is one.
    aside: Option<Aside>,
}

/// No bound on what a peer may send.
const UNBOUND: u32 = u32::MAX;

impl Flow {
    /// The flow of a connection for which so many bytes may be waiting, with the way past whoever writes to it.
    #[must_use]
    pub fn new(most: u32, memory: Arc<Memory>, aside: Option<Aside>) -> Self {
        Self {
            waiting: AtomicU32::new(0),
            bytes: AtomicI64::new(0),
            most: most.into(),
            memory,
            ended: AtomicBool::new(false),
            websocket: AtomicBool::new(false),
            reader: AtomicWaker::new(),
            writer: AtomicWaker::new(),
            drainer: Notify::new(),
            allowance: AtomicU32::new(UNBOUND),
            place: Mutex::new(None),
            aside,
        }
    }

    /// From now on a socket comes through here that has not said whose it is. Until it is [`Flow::proven`] it holds `place`
    /// and may send `allowance` bytes.
    pub fn unproven(&self, place: Place, allowance: u32) {
        self.allowance.store(allowance, Ordering::Release);
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
    }

    /// It has said whose it is. `true` where it was [`Flow::unproven`] before.
    pub fn proven(&self) -> bool {
        self.allowance.store(UNBOUND, Ordering::Release);
        let place = self.place.lock().unwrap_or_else(PoisonError::into_inner).take();
        place.is_some()
    }

    /// So many bytes came in. `false` where that was more than may come.
    #[must_use]
    pub fn received(&self, bytes: usize) -> bool {
        let allowance = self.allowance.load(Ordering::Acquire);
        if allowance == UNBOUND {
            return true;
        }
        let rest = u32::try_from(bytes).ok().and_then(|bytes| allowance.checked_sub(bytes));
        // Lost only to the proof that came meanwhile, which lifts the bound.
        self.allowance
            .compare_exchange(allowance, rest.unwrap_or(0), Ordering::AcqRel, Ordering::Acquire)
            .is_err()
            || rest.is_some()
    }

    /// A packet of so many bytes is handed over. `false` where more than may be is waiting already: it is one too many.
    #[must_use]
    pub fn sent(&self, bytes: usize) -> bool {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.memory.wait(bytes);
        self.bytes.fetch_add(bytes, Ordering::Relaxed) <= self.most
    }

    /// The connection is a WebSocket from now on.
    pub fn upgraded(&self) {
        self.websocket.store(true, Ordering::Release);
    }

    /// Whether it is a WebSocket that is open.
    #[must_use]
    pub fn is_websocket(&self) -> bool {
        self.websocket.load(Ordering::Acquire) && self.aside.as_ref().is_some_and(Aside::is_open)
    }

    /// Says messages of a WebSocket past what is handed over, if it is one, none of that is waiting, and the kernel takes all
    /// at once. What is handed over in the very moment of a flush may be passed.
    #[must_use]
    pub fn say_aside(&self, messages: &Bytes) -> bool {
        let may = self.waiting() == 0 && !self.is_ended() && self.websocket.load(Ordering::Acquire);
        may && self.aside.as_ref().is_some_and(|aside| aside.say(messages))
    }

    /// Something is handed over that counts as no packet: nothing is said past it.
    pub fn waits(&self) {
        self.waiting.fetch_max(1, Ordering::Relaxed);
    }

    /// So many bytes have been given to the kernel.
    pub fn wrote(&self, bytes: usize) {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.memory.wait(-bytes);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Everything handed over so far has been given to the kernel.
    pub fn drained(&self) {
        self.waiting.store(0, Ordering::Release);
        self.memory.wait(-self.bytes.swap(0, Ordering::Relaxed));
        self.drainer.notify_waiters();
    }

    /// Waits until everything handed over so far has been given to the kernel, or the connection is ended.
    pub async fn empty(&self) {
        loop {
            // Asked for before the look, so that no flush falls between.
            let drained = self.drainer.notified();
            if self.waiting() == 0 || self.is_ended() {
                return;
            }
            drained.await;
        }
    }

    /// The most packets that can be waiting.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Acquire)
    }

    /// Bytes that are waiting.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed).try_into().unwrap_or(0)
    }

    /// Whether half of what may be waiting is: what can be asked for later is not to come on top.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > self.most / 2
    }

    /// The process' memory.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Ends the connection: its next read or write fails, and whoever waits for one is woken.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.reader.wake();
        self.writer.wake();
        self.drainer.notify_waiters();
    }

    /// Whether [`Flow::end`] was called.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Wakes this one when the connection is ended, if it waits for a read.
    pub fn register_reader(&self, waker: &Waker) {
        self.reader.register(waker);
    }

    /// Wakes this one when the connection is ended, if it waits for a write.
    pub fn register_writer(&self, waker: &Waker) {
        self.writer.register(waker);
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.memory.wait(-*self.bytes.get_mut());
    }
}
