//! Makes a frame heard: what moved in a room, as one message or as many, each as far as its receiver keeps up.
//!
//! What is the same for all is written once and given to the kernel at once; only those who do not take it so get it through
//! the library.

use super::{Member, RoomOutlet};
use crate::{
    gateway::{QUEUE, message::message},
    metrics::Metrics,
    room::{
        command::Command,
        outbox::{Frame, Single},
    },
    rooms::Rooms,
};
use bytes::Bytes;
use protocol::{Event, PeerId, RoomId, ServerEvent, cursor::CursorsMoved};
use socketioxide::TransportType;
use std::{collections::HashSet, sync::Arc, time::Instant};
use tokio::task::coop::consume_budget;
use tokio_util::task::AbortOnDropHandle;

/// Packets that may be waiting for a connection before cursors are held back from it.
const HALF: u32 = QUEUE as u32 / 2;

impl RoomOutlet {
    pub(super) async fn frame(&mut self, frame: &Frame) {
        let started = Instant::now();
        let batching = self.members.values().filter(|member| member.batch).count();
        if batching > 0 {
            self.count(CursorsMoved::NAME, batching);
            Box::pin(self.batch(&frame.batch)).await;
        }
        if batching < self.members.len() {
            Box::pin(self.singles(frame)).await;
        }
        self.metrics.tick.observe(started.elapsed().as_secs_f64());
    }

    /// Everything that moved, in one message. The library has one place for such a message, where it takes that of the one
    /// before.
    async fn batch(&self, moved: &CursorsMoved) {
        let Some(message) = message(CursorsMoved::NAME, moved) else {
            return;
        };
        for member in self.members.values().filter(|member| member.batch) {
            // A large room gives way to others in between.
            consume_budget().await;
            if !member.takes(&message, &self.metrics) {
                member.connected.connection.flow().waits();
                let to = member.connected.socket.volatile();
                to.emit(CursorsMoved::NAME, moved).ok();
            }
        }
    }

    /// What moved, one by one and each without their own, for those who did not ask for batches. The slow get nothing, and
    /// once they can take it everything, even if nobody moves any more.
    async fn singles(&mut self, frame: &Frame) {
        let slow: HashSet<PeerId> = self.slow();
        self.count_singles(&frame.singles, &slow);
        let moved = Written::new(&frame.singles);
        let mut everyone = None;
        let members = self.members.iter_mut().filter(|(_, member)| !member.batch);
        for (peer, member) in members {
            consume_budget().await;
            let told = if slow.contains(peer) {
                self.metrics.cursors_dropped.inc_by(frame.singles.len() as u64);
                frame.singles.is_empty() && member.missed.is_none()
            } else if member.missed.is_some() && !frame.everyone.is_empty() {
                let everyone = everyone.get_or_insert_with(|| Written::new(&frame.everyone));
                // Whoever asked for it is done; what is missed of it is asked for anew.
                member.missed = None;
                member.hears(*peer, everyone, &self.metrics)
            } else {
                member.hears(*peer, &moved, &self.metrics)
            };
            if !told {
                member.misses(&self.rooms, &self.room);
            }
        }
    }

    /// The members that did not ask for batches and have too much waiting.
    fn slow(&self) -> HashSet<PeerId> {
        let single = self.members.iter().filter(|(_, member)| !member.batch);
        single
            .filter(|(_, member)| member.connected.connection.flow().waiting() > HALF)
            .map(|(peer, _)| *peer)
            .collect()
    }

    fn count_singles(&self, moved: &[Single], slow: &HashSet<PeerId>) {
        let hears = |(peer, member): &(&PeerId, &Member)| !member.batch && !slow.contains(peer);
        let hearers = self.members.iter().filter(hears).count();
        for moved in moved {
            let own = self.members.get_key_value(&moved.peer).filter(hears).is_some();
            match hearers - usize::from(own) {
                0 => {}
                hearers => self.count(moved.event.name(), hearers),
            }
        }
    }
}

impl Member {
    /// Whether it takes these messages at once. Nothing is taken by everybody; and by whoever is gone, who is about to leave
    /// and hears nothing after the farewell of their WebSocket.
    fn takes(&self, messages: &Bytes, metrics: &Metrics) -> bool {
        let socket = &self.connected.socket;
        if messages.is_empty() || !socket.connected() {
            return true;
        }
        if socket.transport_type() != TransportType::Websocket {
            return false;
        }
        let taken = self.connected.connection.flow().say_aside(messages);
        metrics.frames_waited.inc_by(u64::from(!taken));
        taken
    }

    /// Something was held back from it: once nothing waits for it any more, the room tells all again.
    fn misses(&mut self, rooms: &Arc<Rooms>, room: &RoomId) {
        if self.missed.as_ref().is_some_and(|asks| !asks.is_finished()) {
            return;
        }
        let (rooms, room, connection) = (Arc::clone(rooms), room.clone(), Arc::clone(&self.connected.connection));
        let asks = async move {
            let flow = connection.flow();
            flow.empty().await;
            if let Some(way) = connection.way(&room).filter(|_| !flow.is_ended()) {
                rooms.send_surely(&way, Command::Repeat);
            }
        };
        self.missed = Some(AbortOnDropHandle::new(tokio::spawn(asks)));
    }

    /// Tells what moved, but for its own, to this member. `false` where there was no place for all of it.
    fn hears(&self, own: PeerId, moved: &Written<'_>, metrics: &Metrics) -> bool {
        if self.takes(&moved.without(own), metrics) {
            return true;
        }
        let mut told = moved.of_others(own).map(|(event, message)| {
            self.connected.connection.sent(message.len());
            self.connected.socket.emit(event.name(), event).is_ok()
        });
        told.all(|told| told)
    }
}

/// What moved, as messages.
struct Written<'a> {
    events: &'a [Single],
    /// One for each event.
    messages: Vec<Bytes>,
    /// All of them.
    whole: Bytes,
}

impl<'a> Written<'a> {
    fn new(events: &'a [Single]) -> Self {
        let messages = events.iter().map(|Single { event, .. }| message(event.name(), event));
        let messages: Vec<Bytes> = messages.map(Option::unwrap_or_default).collect();
        let whole = messages.concat().into();
        Self {
            events,
            messages,
            whole,
        }
    }

    /// All but what one said.
    fn without(&self, peer: PeerId) -> Bytes {
        if self.events.iter().all(|moved| moved.peer != peer) {
            return self.whole.clone();
        }
        let mut others = Vec::with_capacity(self.whole.len());
        self.of_others(peer)
            .for_each(|(_, message)| others.extend_from_slice(message));
        others.into()
    }

    /// What others than this one said, and as what message.
    fn of_others(&self, peer: PeerId) -> impl Iterator<Item = (&ServerEvent, &Bytes)> {
        let all = self.events.iter().zip(&self.messages);
        all.filter(move |(moved, _)| moved.peer != peer)
            .map(|(Single { event, .. }, message)| (event, message))
    }
}
