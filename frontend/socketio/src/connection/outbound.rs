//! What handles wish: sent when CONNECT has been acknowledged, queued while it is on its way, refused while nothing is.

use super::{Connection, Input, Moment, Phase};
use crate::{
    RequestError,
    ack::settle,
    client::{
        command::{Ask, Command},
        shared::Status,
    },
    packet::encode::Frame,
};

impl Connection {
    /// Does one wish.
    pub(super) fn wished(&mut self, command: Command, at: Moment) {
        match command {
            Command::Emit(frame) => self.post(None, frame),
            Command::Volatile(frame) => self.send_if_connected(frame),
            Command::Ask(ask) if ask.place.is_some() => {
                self.kept.add(ask);
                self.send_kept(at);
            }
            Command::Ask(ask) => self.ask_once(ask, at),
            Command::Reply { ack, frame } if ack.connection == self.connection => self.send_if_connected(frame),
            Command::Reply { .. } => {}
            Command::Reconnect => self.reconnect(at),
            Command::RetryAfter(delay) => self.retry_after(delay, at),
            Command::Release => {
                self.released |= matches!(self.phase, Phase::Connected { .. });
                self.send_kept(at);
            }
            Command::Close => self.close(),
        }
    }

    /// After the end nothing is done any more; a request is still owed its result.
    pub(super) fn refuse(&mut self, input: Input<'_>) {
        if let Input::Wished(Command::Ask(ask)) = input {
            drop(ask.place);
            settle(ask.reply, Err(RequestError::Closed));
        }
    }

    /// Sends the kept requests that are due, if they may go.
    pub(super) fn send_kept(&mut self, at: Moment) {
        if !self.may_send_kept() {
            return;
        }
        for frame in self.kept.due(at.now, self.ack_timeout) {
            self.outputs.push_back(super::Output::Send(frame));
        }
    }

    /// Sends or queues. Offline it is dropped: the handle has refused what it could, this came while the connection went.
    fn post(&mut self, id: Option<u64>, frame: Frame) {
        match self.status() {
            Status::Connected => self.send(frame),
            Status::Opening => self.queue.push(id, frame),
            Status::Offline | Status::Closed => {}
        }
    }

    fn send_if_connected(&mut self, frame: Frame) {
        if self.status() == Status::Connected {
            self.send(frame);
        }
    }

    fn ask_once(&mut self, ask: Ask, at: Moment) {
        if self.status() == Status::Offline {
            return settle(ask.reply, Err(RequestError::Disconnected));
        }
        self.acks
            .add(ask.id, at.now.saturating_add(self.ack_timeout), ask.reply);
        self.post(Some(ask.id), ask.frame);
    }
}
