//! How many connections each person has, on all replicas together: a hash a person, in which each field is one replica's
//! count. A count is written whole and not changed by one, so that whatever was lost is put right by the next.

use super::RedisLeases;
use crate::cluster::{Life, keys};
use fred::{
    error::Error,
    interfaces::{HashesInterface, KeysInterface},
};
use protocol::UserId;
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long somebody who connects waits for the count; then those elsewhere are not counted.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is to be written, and whose counts are believed.
#[derive(Default)]
pub(super) struct Crowd {
    counts: Mutex<Counts>,
    /// Replicas that live, as of the last sign of life.
    alive: Mutex<HashSet<Life>>,
}

#[derive(Default)]
struct Counts {
    /// How many connections each person has here.
    here: HashMap<UserId, usize>,
    /// Persons whose count is not written yet, or could not be.
    unwritten: HashSet<UserId>,
}

impl Crowd {
    /// These replicas live.
    pub(super) fn saw(&self, alive: &HashSet<Life>) {
        lock(&self.alive).clone_from(alive);
    }

    /// A person has so many connections here, which is to be written.
    pub(super) fn note(&self, user: &UserId, here: usize) {
        self.set(user, here);
        self.mind(user);
    }

    /// Everything is to be written anew.
    pub(super) fn anew(&self) {
        let mut counts = lock(&self.counts);
        let everybody: Vec<UserId> = counts.here.keys().cloned().collect();
        counts.unwritten.extend(everybody);
    }

    fn set(&self, user: &UserId, here: usize) {
        let mut counts = lock(&self.counts);
        match here {
            0 => drop(counts.here.remove(user)),
            _ => drop(counts.here.insert(user.clone(), here)),
        }
    }

    fn mind(&self, user: &UserId) {
        lock(&self.counts).unwritten.insert(user.clone());
    }

    fn next(&self) -> Option<UserId> {
        let mut counts = lock(&self.counts);
        let user = counts.unwritten.iter().next().cloned()?;
        counts.unwritten.take(&user)
    }

    fn of(&self, user: &UserId) -> usize {
        lock(&self.counts).here.get(user).copied().unwrap_or_default()
    }

    fn is_alive(&self, life: &Life) -> bool {
        lock(&self.alive).contains(life)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RedisLeases {
    /// Writes a count and reads the others'. 0 where Redis does not say so in time.
    pub(super) async fn count(&self, user: &UserId, here: usize) -> usize {
        self.crowd.set(user, here);
        if !self.bus.is_up() {
            self.crowd.mind(user);
            return 0;
        }
        let asked = async {
            self.write_count(user).await?;
            let counts: HashMap<String, usize> = self.client.hgetall(keys::connections(user)).await?;
            Ok::<_, Error>(counts)
        };
        let Ok(Ok(counts)) = tokio::time::timeout(PATIENCE, asked).await else {
            self.crowd.mind(user);
            return 0;
        };
        let others = counts.into_iter().filter(|(life, _)| {
            let Ok(life) = life.parse::<Life>();
            life != self.life && self.crowd.is_alive(&life)
        });
        others.map(|(_, count)| count).sum()
    }

    /// Writes what is not written yet.
    pub(super) async fn write_counts(&self) -> Result<(), Error> {
        while let Some(user) = self.crowd.next() {
            self.write_count(&user).await.inspect_err(|_| self.crowd.mind(&user))?;
        }
        Ok(())
    }

    async fn write_count(&self, user: &UserId) -> Result<(), Error> {
        let (key, here) = (keys::connections(user), self.crowd.of(user));
        if here == 0 {
            return self.client.hdel(key, self.life.as_str()).await;
        }
        let ttl = i64::try_from(keys::CONNECTIONS_TTL.as_secs()).unwrap_or(i64::MAX);
        let pipeline = self.client.pipeline();
        let count = (self.life.as_str(), here.to_string());
        pipeline.hset::<(), _, _>(&key, count).await?;
        pipeline.expire::<(), _>(&key, ttl, None).await?;
        pipeline.all().await
    }
}
