//! The requests that wait for their acknowledgement on the connection they were made on. Kept requests are in
//! `queue.rs`.

use std::{collections::VecDeque, time::Duration};

use futures_channel::oneshot;

use crate::{Payload, RequestError, client::Answer};

/// Requests in the order in which they will time out: all wait equally long, so a queue is all that is needed.
#[derive(Debug, Default)]
pub(crate) struct Acks {
    awaited: VecDeque<Awaited>,
}

#[derive(Debug)]
struct Awaited {
    id: u64,
    until: Duration,
    reply: oneshot::Sender<Answer>,
}

impl Acks {
    /// Waits for request `id` until the given time.
    pub(crate) fn add(&mut self, id: u64, until: Duration, reply: oneshot::Sender<Answer>) {
        self.awaited.push_back(Awaited { id, until, reply });
    }

    /// Gives `payload` to request `id`; hands it back when no such request waits.
    pub(crate) fn resolve(&mut self, id: u64, payload: Payload) -> Result<(), Payload> {
        match self.awaited.iter().position(|awaited| awaited.id == id) {
            Some(at) => {
                if let Some(awaited) = self.awaited.remove(at) {
                    settle(awaited.reply, Ok(payload));
                }
                Ok(())
            }
            None => Err(payload),
        }
    }

    /// Fails the next request whose time has come, and names it.
    pub(crate) fn expire(&mut self, now: Duration) -> Option<u64> {
        let awaited = self.awaited.pop_front_if(|awaited| awaited.until <= now)?;
        settle(awaited.reply, Err(RequestError::Timeout));
        Some(awaited.id)
    }

    /// Fails every request.
    pub(crate) fn fail(&mut self, error: &RequestError) {
        for awaited in self.awaited.drain(..) {
            settle(awaited.reply, Err(error.clone()));
        }
    }

    /// When the next request times out.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.awaited.front().map(|awaited| awaited.until)
    }
}

/// Gives a request its result. The caller may have dropped the future: then nobody wants to know.
pub(crate) fn settle(reply: oneshot::Sender<Answer>, answer: Answer) {
    let _ = reply.send(answer);
}
