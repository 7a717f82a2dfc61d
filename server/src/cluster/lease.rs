//! The lease lane over Redis: who is in which room, on which replica, for as long as that replica lives.
//!
//! What is so here is kept in memory and written down behind people's backs: rooms that changed are written one after the
//! other, all their changes at once. After Redis was away everything is written anew. A replica shows that it lives once
//! a second; whoever misses it for [`keys::LEASE`] sweeps what it left in the rooms both have.

mod crowd;
mod hash;
mod mirror;

use super::{
    Life,
    bus::Bus,
    keys,
    message::{PresentChange, written},
    script,
};
use crate::{
    lease::{Holding, Leases, Others, people},
    store::LogError,
};
use async_trait::async_trait;
use crowd::Crowd;
use fred::{
    clients::Client,
    error::Error,
    interfaces::{HashesInterface, KeysInterface, SortedSetsInterface},
    types::Value,
};
use futures::{StreamExt, TryStreamExt, stream};
use mirror::{Change, Mirror};
use protocol::{PeerId, RoomId, UserId, health::Bus as State, presence::PresenceEntry};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::Notify,
    time::{MissedTickBehavior, interval},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Between two signs of life.
const SIGN: Duration = Duration::from_secs(1);

/// Between two refreshes of all that has a TTL: a third of it.
const REFRESH: Duration = Duration::from_secs(20);

/// Signs of life for which a replica may be missing before its people are swept: after Redis came back empty, everybody
/// is missing until they have said that they live.
const MISSING: u32 = 2;

/// How long a list of all rooms is taken for true, so that a full lobby does not ask Redis at each visit.
const LISTED: Duration = Duration::from_millis(500);

/// Rooms that are written before the next look at the clock: a sign of life must not wait for a crowd.
const BATCH: usize = 64;

/// Rooms that are asked about at the same time.
const AT_ONCE: usize = 64;

/// Rooms, with who is in each.
type List = Vec<(RoomId, Vec<PresenceEntry>)>;

/// Leases of one process.
pub struct RedisLeases {
    life: Life,
    client: Client,
    bus: Arc<Bus>,
    mirror: Mutex<Mirror>,
    crowd: Crowd,
    /// A room has changed.
    changed: Notify,
    listed: tokio::sync::Mutex<Option<(Instant, List)>>,
}

impl RedisLeases {
    /// Shows that it lives, and begins to write down what changes.
    pub async fn start(
        life: Life,
        client: Client,
        bus: &Arc<Bus>,
        cancel: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Arc<Self> {
        let leases = Arc::new(Self {
            life,
            client,
            bus: Arc::clone(bus),
            mirror: Mutex::default(),
            crowd: Crowd::default(),
            changed: Notify::new(),
            listed: tokio::sync::Mutex::default(),
        });
        // Before anybody is written down, or others would sweep them.
        match leases.sign().await {
            Ok((_, alive)) => leases.crowd.saw(&alive),
            Err(error) => tracing::warn!(%error, "no sign of life could be given"),
        }
        let (cancel, task) = (cancel.clone(), Arc::clone(&leases));
        tasks.spawn(async move {
            tokio::select! {
                () = task.keep() => {}
                () = cancel.cancelled() => {}
            }
            task.end().await;
        });
        leases
    }

    /// Writes and shows that it lives, for ever.
    async fn keep(&self) {
        let mut state = self.bus.watch();
        let (mut sign, mut refresh) = (interval(SIGN), interval(REFRESH));
        sign.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut missing = HashMap::new();
        loop {
            let done = tokio::select! {
                () = self.changed.notified() => self.write_all().await,
                _ = sign.tick() => self.look(&mut missing).await,
                _ = refresh.tick() => self.refresh().await,
                Ok(()) = state.changed() => {
                    if *state.borrow_and_update() == State::Up {
                        self.anew();
                    }
                    Ok(())
                }
            };
            if let Err(error) = done {
                tracing::debug!(%error, "presence waits for Redis");
            }
        }
    }

    /// Everything is to be written anew.
    fn anew(&self) {
        self.lock().anew();
        self.crowd.anew();
        self.changed.notify_one();
    }

    async fn write_all(&self) -> Result<(), Error> {
        self.write_counts().await?;
        self.write().await
    }

    /// Writes down rooms that changed.
    async fn write(&self) -> Result<(), Error> {
        for _ in 0..BATCH {
            let Some((room, number, change)) = self.lock().next() else {
                return Ok(());
            };
            if let Err(error) = self.write_room(&room, number, &change).await {
                self.lock().failed(&room);
                return Err(error);
            }
        }
        self.changed.notify_one();
        Ok(())
    }

    async fn write_room(&self, room: &RoomId, number: u64, change: &Change) -> Result<(), Error> {
        let Change { whole, held, gone } = change;
        let told = PresentChange {
            held: held.clone(),
            gone: gone.clone(),
        };
        let ttl = i64::try_from(keys::PRESENCE_TTL.as_secs()).unwrap_or(i64::MAX);
        let mut arguments: Vec<Value> = vec![
            self.life.as_str().into(),
            number.to_string().into(),
            i64::from(*whole).into(),
            ttl.into(),
            keys::channel(room).into(),
            written(&told).into(),
            held.len().to_string().into(),
        ];
        for holding in held {
            arguments.push(hash::field(&self.life, holding.peer).into());
            arguments.push(written(holding).into());
        }
        arguments.extend(gone.iter().map(|peer| Value::from(hash::field(&self.life, *peer))));
        script::PRESENT
            .run::<Value>(&self.client, keys::presence(room), Value::Array(arguments))
            .await?;
        if *whole && !held.is_empty() {
            self.say_rooms([room]).await?;
        }
        Ok(())
    }

    /// Shows that it lives. Returns whether it did already, and who else does.
    async fn sign(&self) -> Result<(bool, HashSet<Life>), Error> {
        let lease = i64::try_from(keys::LEASE.as_millis()).unwrap_or(i64::MAX);
        let arguments = Value::Array(vec![self.life.as_str().into(), lease.into()]);
        live(&self.client, arguments).await
    }

    /// Shows that it lives, and sweeps after those who do not.
    async fn look(&self, missing: &mut HashMap<Life, u32>) -> Result<(), Error> {
        let (known, alive) = self.sign().await?;
        self.crowd.saw(&alive);
        if !known {
            // Others have swept what was ours, or will.
            self.anew();
        }
        let seen = self.bus.seen();
        missing.retain(|life, _| seen.contains(life) && !alive.contains(life));
        for life in seen.difference(&alive).filter(|life| **life != self.life) {
            let times = missing.entry(life.clone()).or_default();
            *times += 1;
            if *times >= MISSING {
                tracing::info!(%life, "a replica is gone, its people are taken out");
                self.sweep(life).await?;
            }
        }
        Ok(())
    }

    /// Takes out what a dead replica left in the rooms that are open here.
    async fn sweep(&self, life: &Life) -> Result<(), Error> {
        let rooms = self.bus.rooms_of(life).into_iter().map(|room| async move {
            let arguments = Value::Array(vec![life.as_str().into(), keys::channel(&room).into()]);
            let key = keys::presence(&room);
            script::SWEEP.run::<Value>(&self.client, key, arguments).await?;
            self.bus.swept(&room, life);
            Ok(())
        });
        stream::iter(rooms).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Says again what would be forgotten.
    async fn refresh(&self) -> Result<(), Error> {
        let rooms = self.lock().rooms();
        let ttl = i64::try_from(keys::PRESENCE_TTL.as_secs()).unwrap_or(i64::MAX);
        let refreshed = rooms.clone().into_iter().map(|room| async move {
            if !self.client.expire::<bool, _>(keys::presence(&room), ttl, None).await? {
                self.lock().failed(&room);
                self.changed.notify_one();
            }
            Ok::<_, Error>(())
        });
        stream::iter(refreshed)
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        if !rooms.is_empty() {
            self.say_rooms(&rooms).await?;
        }
        Ok(())
    }

    /// Says that somebody is in these rooms. Returns all of which that was said.
    async fn say_rooms<'a>(&self, rooms: impl IntoIterator<Item = &'a RoomId>) -> Result<Vec<String>, Error> {
        let ttl = i64::try_from(keys::PRESENCE_TTL.as_millis()).unwrap_or(i64::MAX);
        let mut arguments = vec![Value::from(ttl)];
        arguments.extend(rooms.into_iter().map(|room| Value::from(room.as_str())));
        script::ROOMS
            .run(&self.client, keys::ROOMS, Value::Array(arguments))
            .await
    }

    /// Takes the lease back. Others sweep what is left here within seconds, as long as a blip may take: whoever has come
    /// back to another replica by then was never seen to leave.
    async fn end(&self) {
        let ended = async {
            self.write().await?;
            self.client.zrem::<(), _, _>(keys::REPLICAS, self.life.as_str()).await
        };
        if let Err(error) = ended.await {
            tracing::warn!(%error, "the lease ends by itself, since Redis is away");
        }
    }

    /// The hash of a room, as far as those live who wrote it. Read before who lives: a replica shows that it does before it
    /// writes.
    async fn read(&self, room: &RoomId) -> Result<hash::Read, Error> {
        let hash: HashMap<String, String> = self.client.hgetall(keys::presence(room)).await?;
        let (_, alive) = live(&self.client, Value::Array(Vec::new())).await?;
        Ok(hash::read(hash, &alive))
    }

    /// All rooms, in the order of their names.
    async fn list(&self) -> Result<List, Error> {
        let mut rooms: Vec<RoomId> = self.say_rooms([]).await?.iter().flat_map(|room| room.parse()).collect();
        rooms.sort_unstable();
        let hashes = rooms.into_iter().map(|room| async move {
            let hash = self.client.hgetall(keys::presence(&room)).await?;
            Ok::<_, Error>((room, hash))
        });
        let hashes: Vec<_> = stream::iter(hashes).buffered(AT_ONCE).try_collect().await?;
        let (_, alive) = live(&self.client, Value::Array(Vec::new())).await?;
        let list = hashes
            .into_iter()
            .map(|(room, hash)| (room, hash::read(hash, &alive).present()));
        Ok(list.filter(|(_, present)| !present.is_empty()).collect())
    }

    fn lock(&self) -> MutexGuard<'_, Mirror> {
        self.mirror.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Leases for RedisLeases {
    fn hold(&self, room: &RoomId, holding: Holding) {
        self.lock().hold(room, holding);
        self.changed.notify_one();
    }

    fn release(&self, room: &RoomId, peer: PeerId) {
        self.lock().release(room, peer);
        self.changed.notify_one();
    }

    /// Where Redis is away, those who are here.
    async fn present(&self, room: &RoomId) -> Vec<PresenceEntry> {
        match self.read(room).await {
            Ok(read) => read.present(),
            Err(_) => people(self.lock().held(room)),
        }
    }

    async fn others(&self, room: &RoomId) -> Result<Others, LogError> {
        let hash::Read { version, mut held } = self.read(room).await.map_err(|error| script::log_error(&error))?;
        held.retain(|(life, _)| *life != self.life);
        self.bus.saw(room, held.iter().map(|(life, _)| life));
        Ok(Others { version, held })
    }

    async fn count_in(&self, user: &UserId, here: usize) -> usize {
        self.count(user, here).await
    }

    fn count_out(&self, user: &UserId, here: usize) {
        self.crowd.note(user, here);
        self.changed.notify_one();
    }

    /// Where Redis is away, the rooms that are open here.
    async fn rooms(&self) -> List {
        let mut listed = self.listed.lock().await;
        if let Some((at, list)) = listed.as_ref()
            && at.elapsed() < LISTED
        {
            return list.clone();
        }
        let list = match self.list().await {
            Ok(list) => list,
            Err(_) => self.lock().list(),
        };
        *listed = Some((Instant::now(), list.clone()));
        list
    }
}

/// Asks who lives, and may say that one does.
async fn live(client: &Client, arguments: Value) -> Result<(bool, HashSet<Life>), Error> {
    let (known, alive): (i64, Vec<String>) = script::LIVE.run(client, keys::REPLICAS, arguments).await?;
    let alive = alive.into_iter().filter_map(|life| life.parse().ok()).collect();
    Ok((known == 1, alive))
}
