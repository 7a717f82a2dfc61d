//! What waits to be sent: frames that wait for CONNECT on this attempt (`Queue`), and kept requests that wait for their
//! acknowledgement over any number of connections (`Kept`). How many may wait is refused earlier, by the handle.

use std::{collections::VecDeque, time::Duration};

use crate::{Payload, RequestError, ack::settle, client::command::Ask, packet::encode::Frame};

/// Frames that wait for CONNECT, in order, with the number of the request each belongs to.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    frames: VecDeque<(Option<u64>, Frame)>,
    bytes: usize,
}

impl Queue {
    pub(crate) fn push(&mut self, id: Option<u64>, frame: Frame) {
        self.bytes += frame.len();
        self.frames.push_back((id, frame));
    }

    pub(crate) fn pop(&mut self) -> Option<Frame> {
        let (_, frame) = self.frames.pop_front()?;
        self.bytes -= frame.len();
        Some(frame)
    }

    /// Takes request `id` out: it has failed already, so it must not be sent any more.
    pub(crate) fn remove(&mut self, id: u64) {
        self.frames.retain(|(waiting, _)| *waiting != Some(id));
        self.bytes = self.frames.iter().map(|(_, frame)| frame.len()).sum();
    }

    pub(crate) fn clear(&mut self) {
        self.frames.clear();
        self.bytes = 0;
    }

    /// The bytes of all frames.
    pub(crate) fn len(&self) -> usize {
        self.bytes
    }
}

/// Kept requests, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    requests: VecDeque<Keeping>,
}

#[derive(Debug)]
struct Keeping {
    ask: Ask,
    /// When it is sent again; `None` while this connection has not seen it.
    again: Option<Duration>,
    /// How often this connection has seen it.
    sent: u32,
}

impl Kept {
    pub(crate) fn add(&mut self, ask: Ask) {
        self.requests.push_back(Keeping {
            ask,
            again: None,
            sent: 0,
        });
    }

    /// Gives `payload` to request `id`, if it is one of these.
    pub(crate) fn resolve(&mut self, id: u64, payload: Payload) {
        let at = self.requests.iter().position(|keeping| keeping.ask.id == id);
        if let Some(keeping) = at.and_then(|at| self.requests.remove(at)) {
            drop(keeping.ask.place);
            settle(keeping.ask.reply, Ok(payload));
        }
    }

    /// What has to be sent now, in order: what this connection has not seen, and what it has not acknowledged for
    /// `patience`. Each further time the wait is longer by `patience`, to spare a server that cannot keep up.
    pub(crate) fn due(&mut self, now: Duration, patience: Duration) -> impl Iterator<Item = Frame> {
        self.requests
            .iter_mut()
            .filter(move |keeping| keeping.again.is_none_or(|again| again <= now))
            .map(move |keeping| {
                keeping.sent = keeping.sent.saturating_add(1);
                keeping.again = Some(now.saturating_add(patience.saturating_mul(keeping.sent)));
                keeping.ask.frame.clone()
            })
    }

    /// The connection is gone: all have to be sent again on the next.
    pub(crate) fn rewind(&mut self) {
        for keeping in &mut self.requests {
            keeping.again = None;
            keeping.sent = 0;
        }
    }

    pub(crate) fn fail(&mut self, error: &RequestError) {
        for keeping in self.requests.drain(..) {
            drop(keeping.ask.place);
            settle(keeping.ask.reply, Err(error.clone()));
        }
    }

    /// When the next request has to be sent again.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.requests.iter().filter_map(|keeping| keeping.again).min()
    }
}
