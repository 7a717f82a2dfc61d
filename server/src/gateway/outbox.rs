//! Makes a room heard: turns what it wants into emits. Log-lane events must arrive, or the connection ends and resumes; of
//! frames the newest is enough.
//!
//! Broadcasts are boxed: they are done at once, and each room would keep the place for one for as long as it is open.

mod frame;

use super::{
    Gateway, QUEUE,
    connection::{Connected, Connections},
    notification::Notifier,
    weight::weight,
};
use crate::{
    metrics::Metrics,
    room::outbox::{Audience, Out, Outlet},
    rooms::Rooms,
};
use protocol::{Event, PeerId, Refusal, RoomId, ServerEvent, refusal::Refused, room::Join};
use std::{collections::BTreeMap, sync::Arc};
use tokio_util::task::AbortOnDropHandle;

/// The outlet of one room.
pub struct RoomOutlet {
    rooms: Arc<Rooms>,
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
    /// Where cursors were held back from it since it last got all of them: who asks for them once it can take them.
    missed: Option<AbortOnDropHandle<()>>,
}

impl RoomOutlet {
    /// An outlet without hearers.
    #[must_use]
    pub fn new(room: &RoomId, gateway: &Gateway) -> Self {
        // A room's id has no slash, so that these names meet no other room's.
        let (batching, single) = (format!("{room}/batching").into(), format!("{room}/single").into());
        Self {
            rooms: Arc::clone(&gateway.rooms),
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
        connected.socket.join(self.name(batch).to_string());
        self.members.insert(
            peer,
            Member {
                connected,
                batch,
                missed: None,
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
        let heard = |member: &&Member| match audience {
            Audience::All => true,
            Audience::Batching => member.batch,
            Audience::Single => !member.batch,
        };
        let mut hearers: Vec<&Member> = self.members.values().filter(heard).collect();
        if hearers.is_empty() {
            return;
        }
        self.count(event.name(), hearers.len());
        let weight = weight(event);
        let shard = |member: &&Member| member.connected.connection.shard;
        hearers.sort_unstable_by_key(shard);
        for hearers in hearers.chunk_by(|one, other| shard(one) == shard(other)) {
            if let [alone] = hearers {
                say(&alone.connected, event, weight);
            } else {
                self.broadcast(hearers, audience, event, weight).await;
            }
        }
    }

    /// To all of these, who are in one shard, as the library's broadcasts are.
    async fn broadcast(&self, hearers: &[&Member], audience: Audience, event: &ServerEvent, weight: usize) {
        let [first, ..] = hearers else { return };
        let halves: &[bool] = match audience {
            Audience::All => &[true, false],
            Audience::Batching => &[true],
            Audience::Single => &[false],
        };
        let rooms: Vec<String> = halves.iter().map(|batch| self.name(*batch).to_owned()).collect();
        for Member { connected, .. } in hearers {
            connected.connection.sent(weight);
        }
        let told = first.connected.socket.within(rooms).emit(event.name(), event);
        // The error does not say for whom there was no place; those with a full queue are known by their flow.
        if Box::pin(told).await.is_err() {
            let full = |member: &&&Member| member.connected.connection.flow().waiting() >= QUEUE as u32;
            hearers
                .iter()
                .filter(full)
                .for_each(|member| member.connected.connection.evict());
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
    say(connected, event, weight(event));
}

/// The same, of something that has this weight.
fn say(connected: &Connected, event: &ServerEvent, weight: usize) {
    connected.connection.sent(weight);
    if connected.socket.emit(event.name(), event).is_err() && connected.socket.connected() {
        connected.connection.evict();
    }
}
