//! What a handle asks of its driver.

use std::time::Duration;

use futures_channel::oneshot;

use super::{Answer, shared::Place};
use crate::{AckId, packet::encode::Frame};

/// One wish. Frames come encoded, so that the driver's task does as little as possible.
#[derive(Debug)]
pub(crate) enum Command {
    Emit(Frame),
    Volatile(Frame),
    Ask(Ask),
    Reply { ack: AckId, frame: Frame },
    Reconnect,
    RetryAfter(Duration),
    Release,
    Close,
}

/// A request: its number on the wire, and where its answer goes.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) id: u64,
    pub(crate) frame: Frame,
    pub(crate) reply: oneshot::Sender<Answer>,
    /// Held by kept requests alone: their place in the bounded queue.
    pub(crate) place: Option<Place>,
}

impl Command {
    /// How many bytes it adds to what waits to be sent. Kept requests count by their places instead.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Emit(frame) | Self::Volatile(frame) | Self::Reply { frame, .. } => frame.len(),
            Self::Ask(ask) if ask.place.is_none() => ask.frame.len(),
            _ => 0,
        }
    }
}
