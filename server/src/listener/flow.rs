//! How the bytes of one connection flow: whether they do, and a switch to end it.
//!
//! Socket.IO's server library shows neither the depth of a connection's queue nor a way to end its transport. Both are seen
//! from below: it flushes only when the queue is drained, so packets handed over since the last flush are the most that can
//! be waiting.

use futures::task::AtomicWaker;
use std::{
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    task::Waker,
};

/// One connection's flow, shared by its socket below and its user above.
#[derive(Debug, Default)]
pub struct Flow {
    waiting: AtomicU32,
    ended: AtomicBool,
    reader: AtomicWaker,
    writer: AtomicWaker,
}

impl Flow {
    /// A packet was handed over.
    pub fn sent(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// Everything handed over so far has been given to the kernel.
    pub fn drained(&self) {
        self.waiting.store(0, Ordering::Relaxed);
    }

    /// The most packets that can be waiting.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Ends the connection: its next read or write fails, and whoever waits for one is woken.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.reader.wake();
        self.writer.wake();
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
