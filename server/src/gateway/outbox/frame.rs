//! Makes a frame heard: what moved in a room, as one message or as many, each as far as its receiver keeps up.

use super::{Member, RoomOutlet, emit};
use crate::{
    gateway::{QUEUE, connection::Connected, message::message, weight::weight},
    room::outbox::{Frame, Single},
};
use protocol::{Event, PeerId, cursor::CursorsMoved};
use socketioxide::TransportType;
use std::{collections::HashSet, time::Instant};
use tokio::task::coop::consume_budget;

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
            self.singles(frame).await;
        }
        self.metrics.tick.observe(started.elapsed().as_secs_f64());
    }

    /// Everything that moved, in one message: given to the kernel at once for all who take it so. To the others it goes through
    /// the place that the library has for one such message, where it takes that of the one before.
    async fn batch(&self, moved: &CursorsMoved) {
        let Some(message) = message(moved) else { return };
        for Member { connected, .. } in self.members.values().filter(|member| member.batch) {
            // A large room gives way to others in between.
            consume_budget().await;
            let Connected { connection, socket } = connected;
            // Whoever is gone is about to leave, and hears nothing after the farewell of their WebSocket.
            if !socket.connected() {
                continue;
            }
            let flow = connection.flow();
            if socket.transport_type() == TransportType::Websocket {
                if flow.say_aside(&message) {
                    continue;
                }
                self.metrics.frames_waited.inc();
            }
            flow.waits();
            socket.volatile().emit(CursorsMoved::NAME, moved).ok();
        }
    }

    /// Cursors one by one, through the normal queue of those who did not ask for batches, held back from the slow.
    async fn singles(&mut self, frame: &Frame) {
        let slow: HashSet<PeerId> = self.slow();
        for moved in &frame.singles {
            self.single(moved, &slow).await;
        }
        for peer in &slow {
            self.metrics.cursors_dropped.inc_by(frame.singles.len() as u64);
            if let Some(member) = self.members.get_mut(peer) {
                member.missed |= !frame.singles.is_empty();
            }
        }
        if !frame.everyone.is_empty() {
            self.catch_up(&frame.everyone, &slow);
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

    async fn single(&self, moved: &Single, slow: &HashSet<PeerId>) {
        let hears = |(peer, member): &(&PeerId, &Member)| !member.batch && **peer != moved.peer && !slow.contains(peer);
        let (mut hearers, weight) = (0, weight(&moved.event));
        for (_, member) in self.members.iter().filter(hears) {
            member.connected.connection.sent(weight);
            hearers += 1;
        }
        if hearers == 0 {
            return;
        }
        self.count(moved.event.name(), hearers);
        let without = slow
            .iter()
            .chain([&moved.peer])
            .filter_map(|peer| self.members.get(peer));
        let without: Vec<String> = without.map(|member| member.connected.socket.id.to_string()).collect();
        // A full queue loses a cursor, as cursors may be.
        let to = self.io.to(self.single.to_string()).except(without).local();
        Box::pin(to.emit(moved.event.name(), &moved.event)).await.ok();
    }

    /// Tells everybody's place to those who lost some and can take it now.
    fn catch_up(&mut self, everyone: &[Single], slow: &HashSet<PeerId>) {
        let behind = self
            .members
            .iter_mut()
            .filter(|(peer, member)| member.missed && !slow.contains(peer));
        for (peer, member) in behind {
            member.missed = false;
            let others = everyone.iter().filter(|moved| moved.peer != *peer);
            others.for_each(|moved| emit(&member.connected, &moved.event));
        }
    }
}
