//! Makes a room heard: turns what it wants into emits. Log-lane events must arrive, or the connection ends and resumes;
//! frames of cursors are volatile, and nothing else is, since the library holds one volatile message a socket.
//!
//! Broadcasts are boxed: they are done at once, and each room would keep the place for one for as long as it is open.

use super::{
    Gateway, QUEUE,
    connection::{Connected, Connections},
    notification::Notifier,
    weight::weight,
};
use crate::{
    metrics::Metrics,
    room::outbox::{Audience, Frame, Out, Outlet, Single},
};
use protocol::{Event, PeerId, Refusal, RoomId, ServerEvent, cursor::CursorsMoved, refusal::Refused, room::Join};
use socketioxide::SocketIo;
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Instant,
};

/// Packets that may be waiting for a connection before cursors are held back from it.
const HALF: u32 = QUEUE as u32 / 2;

/// The outlet of one room.
pub struct RoomOutlet {
    io: SocketIo,
    connections: Arc<Connections>,
    notifier: Arc<Notifier>,
    metrics: Arc<Metrics>,
    room: RoomId,
    /// The library's names for the two halves of the room.
    batching: Arc<str>,
    single: Arc<str>,
    members: BTreeMap<PeerId, Member>,
}

struct Member {
    connected: Connected,
    batch: bool,
    /// Whether cursors were held back from it since it last got all of them.
    missed: bool,
}

impl RoomOutlet {
    /// An outlet without hearers.
    #[must_use]
    pub fn new(room: &RoomId, io: SocketIo, gateway: &Gateway) -> Self {
        // A room's id has no slash, so that these names meet no other room's.
        let (batching, single) = (format!("{room}/batching").into(), format!("{room}/single").into());
        Self {
            io,
            connections: Arc::clone(&gateway.connections),
            notifier: Arc::clone(&gateway.notifier),
            metrics: Arc::clone(&gateway.metrics),
            room: room.clone(),
            batching,
            single,
            members: BTreeMap::new(),
        }
    }

    fn admit(&mut self, peer: PeerId, batch: bool) {
        self.dismiss(peer);
        // Gone already: that it has left is on its way.
        let Some(connected) = self.connections.get(peer) else {
            return;
        };
        // The library excludes rooms from a broadcast, not sockets: a room of its own, so that one can be left out.
        let alone = (!batch).then(|| connected.socket.id.to_string());
        connected.socket.join(
            alone
                .into_iter()
                .chain([self.name(batch).to_string()])
                .collect::<Vec<String>>(),
        );
        self.members.insert(
            peer,
            Member {
                connected,
                batch,
                missed: false,
            },
        );
        self.metrics.members.inc();
    }

    fn dismiss(&mut self, peer: PeerId) {
        if let Some(member) = self.members.remove(&peer) {
            member.connected.socket.leave(self.name(member.batch).to_string());
            self.metrics.members.dec();
        }
    }

    fn tell(&self, peer: PeerId, event: &ServerEvent) {
        if let Some(member) = self.members.get(&peer) {
            self.count(event.name(), 1);
            emit(&member.connected, event);
        }
    }

    fn put_out(&mut self, peer: PeerId, error: Refusal) {
        let event = Join::NAME.to_owned();
        self.metrics.refusals.inc(error.code.as_str());
        self.tell(peer, &Refused { event, error }.into());
        if let Some(member) = self.members.get(&peer) {
            member.connected.connection.exit(&self.room);
        }
        self.dismiss(peer);
    }

    async fn emit(&mut self, audience: Audience, event: &ServerEvent) {
        let names = match audience {
            Audience::All => vec![self.batching.to_string(), self.single.to_string()],
            Audience::Batching => vec![self.batching.to_string()],
            Audience::Single => vec![self.single.to_string()],
        };
        let heard = |member: &&Member| match audience {
            Audience::All => true,
            Audience::Batching => member.batch,
            Audience::Single => !member.batch,
        };
        let hearers: Vec<&Member> = self.members.values().filter(heard).collect();
        if hearers.is_empty() {
            return;
        }
        let weight = weight(event);
        for Member { connected, .. } in &hearers {
            connected.connection.sent(weight);
        }
        self.count(event.name(), hearers.len());
        // The error does not say for whom there was no place; those with a full queue are known by their flow.
        let told = self.io.to(names).local().emit(event.name(), event);
        if Box::pin(told).await.is_err() {
            let full = |member: &&&Member| member.connected.connection.flow().waiting() >= QUEUE as u32;
            hearers
                .iter()
                .filter(full)
                .for_each(|member| member.connected.connection.evict());
        }
    }

    async fn frame(&mut self, frame: &Frame) {
        let started = Instant::now();
        let batching = self.members.values().filter(|member| member.batch).count();
        if batching > 0 {
            self.count(CursorsMoved::NAME, batching);
            let to = self.io.to(self.batching.to_string()).local().volatile();
            let told = Box::pin(to.emit(CursorsMoved::NAME, &frame.batch));
            // A volatile message has always a place: it takes that of the one before.
            told.await.ok();
        }
        if batching < self.members.len() {
            self.singles(frame).await;
        }
        self.metrics.tick.observe(started.elapsed().as_secs_f64());
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

    fn name(&self, batch: bool) -> &str {
        if batch { &self.batching } else { &self.single }
    }

    fn count(&self, event: &str, hearers: usize) {
        self.metrics.events_out.inc(event);
        self.metrics.deliveries.add(event, hearers as u64);
    }
}

impl Outlet for RoomOutlet {
    #[expect(clippy::manual_async_fn, reason = "an async fn would hold its argument twice")]
    fn deliver(&mut self, out: Out) -> impl Future<Output = ()> + Send {
        async move {
            match out {
                Out::Admit { peer, batch } => self.admit(peer, batch),
                Out::Dismiss(peer) => self.dismiss(peer),
                Out::Emit(audience, event) => self.emit(audience, &event).await,
                Out::Tell(peer, event) => self.tell(peer, &event),
                Out::PutOut(peer, error) => self.put_out(peer, error),
                Out::Frame(frame) => self.frame(&frame).await,
                Out::Notify(user, notification) => self.notifier.notify(user, notification),
                Out::Answer(ticket, answer) => ticket.answer(answer),
            }
        }
    }
}

impl Drop for RoomOutlet {
    fn drop(&mut self) {
        let members: Vec<PeerId> = self.members.keys().copied().collect();
        members.into_iter().for_each(|peer| self.dismiss(peer));
    }
}

/// Says something to one connection.
pub fn emit(connected: &Connected, event: &ServerEvent) {
    connected.connection.sent(weight(event));
    if connected.socket.emit(event.name(), event).is_err() && connected.socket.connected() {
        connected.connection.evict();
    }
}
