//! Who is connected: one entry a connection, from CONNECT to its end.

use super::{CONNECT, held::Held, meter::Meters, shard::Begun};
use crate::{
    config::Limits,
    listener::flow::Flow,
    metrics::Metrics,
    rooms::{Way, count},
    token::Bearer,
};
use protocol::{Code, PeerId, Refusal, RoomId, UserId, limits::PACKET};
use smallvec::SmallVec;
use socketioxide::{extract::SocketRef, socket::Sid};
use std::{
    cmp::Reverse,
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};
use tokio::sync::Notify;

/// Known flows without a connection that are kept before the dead ones among them are swept out.
const SWEEP: usize = 1024;

/// Bytes that may wait for anybody, whatever memory there is: to whom one packet is on its way, they are not slow.
const LITTLE: u64 = PACKET as u64;

/// When to try again after `too_many_connections`, in milliseconds: as long as one that was lost may still count.
const RETRY: u64 = 10_000;

/// The ways to the rooms that a connection has joined: few, and most often one.
pub type Joined = SmallVec<[Way; 1]>;

/// One connection.
pub struct Connection {
    /// Its id.
    pub peer: PeerId,
    /// In which of the library's servers it is.
    pub shard: u32,
    /// Whose it is.
    pub user: UserId,
    /// What its token says.
    bearer: Mutex<Arc<Bearer>>,
    /// Why it is being ended, where that is because of its token.
    ended: OnceLock<Code>,
    /// The rooms it has joined; `None` once it has ended.
    joined: Mutex<Option<Joined>>,
    /// How much it does.
    pub meters: Meters,
    /// What it told of the tick lane faster than it may.
    pub held: Held,
    /// How its bytes flow; another one once it has changed its transport.
    flow: Mutex<Arc<Flow>>,
    metrics: Arc<Metrics>,
}

impl Connection {
    /// What its token says.
    pub fn bearer(&self) -> Arc<Bearer> {
        Arc::clone(&lock(&self.bearer))
    }

    /// Another token says this from now on.
    pub fn renew(&self, bearer: Bearer) {
        *lock(&self.bearer) = Arc::new(bearer);
    }

    /// It is being ended because of its token. Says whether that is news.
    pub fn end_for(&self, code: Code) -> bool {
        self.ended.set(code).is_ok()
    }

    /// Why it is being ended, where that is because of its token.
    pub fn ended_for(&self) -> Option<Code> {
        self.ended.get().copied()
    }

    /// See [`Flow`].
    pub fn flow(&self) -> Arc<Flow> {
        Arc::clone(&lock(&self.flow))
    }

    /// The way to a room that it has joined.
    pub fn way(&self, room: &RoomId) -> Option<Way> {
        lock(&self.joined)
            .as_ref()?
            .iter()
            .find(|way| way.room == *room)
            .cloned()
    }

    /// The ways to all rooms that it has joined.
    pub fn ways(&self) -> Joined {
        lock(&self.joined).clone().unwrap_or_default()
    }

    /// Joins a room by `join`, which gets how many others are joined and returns the way. All under one lock: a join that
    /// is refused at once cannot be forgotten before it was noted, and one that comes while the connection ends is either
    /// among those that are left or not made at all, so that no ghost stays in a room.
    pub fn enter<E>(&self, room: &RoomId, join: impl FnOnce(usize) -> Result<Way, E>) -> Result<(), E> {
        let mut joined = lock(&self.joined);
        if let Some(joined) = joined.as_mut() {
            let others = joined.iter().filter(|way| way.room != *room).count();
            let way = join(others)?;
            joined.retain(|way| way.room != *room);
            joined.push(way);
        }
        Ok(())
    }

    /// Strikes out a room. Returns the way to it, if it was joined.
    pub fn exit(&self, room: &RoomId) -> Option<Way> {
        let mut joined = lock(&self.joined);
        let joined = joined.as_mut()?;
        let place = joined.iter().position(|way| way.room == *room)?;
        Some(joined.swap_remove(place))
    }

    /// The connection has ended. Returns the rooms that have to be told.
    pub fn end(&self) -> Joined {
        lock(&self.joined).take().unwrap_or_default()
    }

    /// Ends the connection, because it does not listen to refusals.
    pub fn end_flood(&self) {
        let flow = self.flow();
        if !flow.is_ended() {
            self.metrics.floods.inc();
            tracing::info!(peer = %self.peer, user = %self.user, "floods, ended");
            flow.end();
        }
    }

    /// A packet of so many bytes is handed over. Where too many are waiting, that is the end of it.
    pub fn sent(&self, bytes: usize) {
        if !self.flow().sent(bytes) {
            self.evict();
        }
    }

    /// Ends the connection, because it did not take what it must not miss. Its client resumes.
    pub fn evict(&self) {
        self.metrics.queue_full.inc("socket");
        self.end_slow("queue_full");
    }

    fn end_slow(&self, reason: &'static str) {
        let flow = self.flow();
        if !flow.is_ended() {
            self.metrics.evictions.inc(reason);
            tracing::info!(peer = %self.peer, user = %self.user, reason, "too slow, ended");
            flow.end();
        }
    }
}

/// A connection and its socket. Apart, since the socket holds the connection: one inside the other would never be freed.
#[derive(Clone)]
pub struct Connected {
    /// Ours.
    pub connection: Arc<Connection>,
    /// The library's.
    pub socket: SocketRef,
}

/// All connections of the process.
pub struct Connections {
    all: Mutex<All>,
    /// Ids count up from a random start, so that those of two replicas do not meet.
    next: AtomicU32,
    limits: Arc<Limits>,
    /// The last one has ended.
    emptied: Notify,
    metrics: Arc<Metrics>,
}

#[derive(Default)]
struct All {
    by_peer: HashMap<PeerId, Connected>,
    by_sid: HashMap<Sid, PeerId>,
    by_user: HashMap<UserId, SmallVec<[PeerId; 4]>>,
    /// Those who came last: who has not heard CONNECT's answer after [`CONNECT`] was given up by the library in between.
    newcomers: VecDeque<(Instant, PeerId)>,
    /// Flows of requests, by the session they belong to: known before the session comes to CONNECT.
    flows: HashMap<Sid, Weak<Flow>>,
}

impl Connections {
    /// Nobody yet.
    #[must_use]
    pub fn new(limits: Arc<Limits>, metrics: Arc<Metrics>) -> Self {
        Self {
            all: Mutex::default(),
            next: AtomicU32::new(rand::random()),
            limits,
            emptied: Notify::new(),
            metrics,
        }
    }

    /// Enters a connection, unless its person has as many here as one may have.
    pub fn enter(&self, socket: SocketRef, bearer: Bearer, begun: &Begun) -> Result<Arc<Connection>, Refusal> {
        let mut all = lock(&self.all);
        let mine = all.by_user.get(&bearer.who.user_id).map_or(0, SmallVec::len);
        if mine >= self.limits.connections_per_user as usize {
            return Err(self.too_many());
        }
        self.forget_given_up(&mut all);
        let sid = socket.id;
        let flow = all.flows.get(&sid).and_then(Weak::upgrade);
        let flow = flow.unwrap_or_else(|| Arc::clone(&begun.flow));
        let peer = PeerId(self.next.fetch_add(1, Ordering::Relaxed));
        let (joined, metrics) = (Mutex::new(Some(Joined::new())), Arc::clone(&self.metrics));
        let connection = Arc::new(Connection {
            peer,
            shard: begun.shard(),
            user: bearer.who.user_id.clone(),
            bearer: Mutex::new(Arc::new(bearer)),
            ended: OnceLock::new(),
            joined,
            meters: Meters::new(&self.limits),
            held: Held::default(),
            flow: Mutex::new(flow),
            metrics,
        });
        all.by_peer.insert(
            peer,
            Connected {
                connection: Arc::clone(&connection),
                socket,
            },
        );
        all.by_sid.insert(sid, peer);
        all.newcomers.push_back((Instant::now(), peer));
        all.by_user.entry(connection.user.clone()).or_default().push(peer);
        self.metrics.connections.set(count(all.by_peer.len()));
        Ok(connection)
    }

    /// The refusal of whoever has too many connections.
    pub fn too_many(&self) -> Refusal {
        let most = self.limits.connections_per_user;
        let message = format!("You have {most} connections open already: close one.");
        Refusal::new(Code::TooManyConnections, message).retry_after(RETRY)
    }

    /// Strikes out newcomers whose transport closed in the very moment in which they were let in: nobody tells of their end.
    fn forget_given_up(&self, all: &mut All) {
        while all
            .newcomers
            .front()
            .is_some_and(|(since, _)| since.elapsed() > CONNECT)
        {
            let Some((_, peer)) = all.newcomers.pop_front() else {
                break;
            };
            let connected = all.by_peer.get(&peer);
            if let Some(given_up) = connected.filter(|connected| !connected.socket.connected()) {
                let sid = given_up.socket.id;
                self.strike_from(all, sid);
            }
        }
    }

    /// Strikes a connection out.
    pub fn strike(&self, sid: Sid) -> Option<Arc<Connection>> {
        self.strike_from(&mut lock(&self.all), sid)
    }

    fn strike_from(&self, all: &mut All, sid: Sid) -> Option<Arc<Connection>> {
        all.flows.remove(&sid);
        let peer = all.by_sid.remove(&sid)?;
        let connected = all.by_peer.remove(&peer)?;
        let user = &connected.connection.user;
        if let Some(peers) = all.by_user.get_mut(user) {
            peers.retain(|other| *other != peer);
            if peers.is_empty() {
                all.by_user.remove(user);
            }
        }
        self.metrics.connections.set(count(all.by_peer.len()));
        if all.by_peer.is_empty() {
            self.emptied.notify_waiters();
        }
        Some(connected.connection)
    }

    /// A request of this session was carried by this flow: the session sends through it from now on. What was asked by
    /// polling may be answered after the session has gone over to a WebSocket, by which it stays for as long as that is open.
    pub fn carried(&self, sid: Sid, flow: &Arc<Flow>) {
        let mut all = lock(&self.all);
        if all
            .flows
            .get(&sid)
            .and_then(Weak::upgrade)
            .is_some_and(|flow| flow.is_websocket())
        {
            return;
        }
        if let Some(connected) = all.by_sid.get(&sid).and_then(|peer| all.by_peer.get(peer)) {
            *lock(&connected.connection.flow) = Arc::clone(flow);
        }
        if all.flows.len() >= all.by_peer.len() * 2 + SWEEP {
            all.flows.retain(|_, flow| flow.strong_count() > 0);
        }
        all.flows.insert(sid, Arc::downgrade(flow));
    }

    /// Ends those for whom most is waiting, until so many bytes are let go. Their clients resume. Returns how many those were.
    pub fn let_go(&self, bytes: u64) -> u64 {
        let slow = |Connected { connection, .. }: &Connected| {
            let waiting = connection.flow().bytes();
            (waiting > LITTLE).then(|| (waiting, Arc::clone(connection)))
        };
        let mut slow: Vec<_> = lock(&self.all).by_peer.values().filter_map(slow).collect();
        slow.sort_by_key(|(waiting, _)| Reverse(*waiting));
        let mut freed = 0;
        for (waiting, connection) in slow {
            if freed >= bytes {
                break;
            }
            connection.end_slow("memory");
            freed += waiting;
        }
        freed
    }

    /// Gives back the places that a crowd has left empty.
    pub fn shrink(&self) {
        let all = &mut *lock(&self.all);
        all.newcomers.retain(|(_, peer)| all.by_peer.contains_key(peer));
        all.flows.retain(|_, flow| flow.strong_count() > 0);
        all.by_peer.shrink_to_fit();
        all.by_sid.shrink_to_fit();
        all.by_user.shrink_to_fit();
        all.newcomers.shrink_to_fit();
        all.flows.shrink_to_fit();
    }

    /// Whether this session has said whose it is.
    pub fn is_known(&self, sid: Sid) -> bool {
        lock(&self.all).by_sid.contains_key(&sid)
    }

    /// The connection with this id.
    pub fn get(&self, peer: PeerId) -> Option<Connected> {
        lock(&self.all).by_peer.get(&peer).cloned()
    }

    /// All connections of a person.
    pub fn of(&self, user: &UserId) -> Vec<Connected> {
        let all = lock(&self.all);
        let peers = all.by_user.get(user).into_iter().flatten();
        peers.filter_map(|peer| all.by_peer.get(peer).cloned()).collect()
    }

    /// All of them.
    pub fn all(&self) -> Vec<Connected> {
        lock(&self.all).by_peer.values().cloned().collect()
    }

    /// Waits until there are none.
    pub async fn emptied(&self) {
        // Asked for before the look, so that the last one's end cannot fall between.
        let emptied = self.emptied.notified();
        if !self.is_empty() {
            emptied.await;
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        lock(&self.all).by_peer.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
