//! One process among many: what it takes that any number of them are one Orrery. Redis is what they share.
//!
//! `store/redis.rs` keeps the logs there; here are the way to it, the bus on which replicas tell each other what happened,
//! and the leases that say who is where. Only this module and `store/redis.rs` name fred. A ready-made adapter for
//! Socket.IO is not used: it stops local delivery while Redis is away, and sends every room to every replica.

pub mod bus;
pub mod connection;
pub mod keys;
pub mod lease;
pub mod message;
pub mod revocation;
pub mod script;
pub mod seat;

use crate::{config::Config, metrics::Metrics, store::Retention, store::redis::RedisLog};
use bus::Bus;
use connection::Redis;
use lease::RedisLeases;
use revocation::RedisRegister;
use std::{convert::Infallible, fmt, str::FromStr, sync::Arc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// One run of one replica: its name and a number drawn when it began, so that a replica that was started again is not taken
/// for the one that died.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Life(Arc<str>);

impl Life {
    /// The life that begins now of the replica of this name.
    #[must_use]
    pub fn of(instance: &str) -> Self {
        Self(format!("{instance}:{:08x}", rand::random::<u32>()).into())
    }

    /// As it stands in keys and messages: no spaces, no slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Life {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a process cannot be one of many. What may pass by itself is waited for and is none of these.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// `REDIS_URL` is none.
    #[error("REDIS_URL is not the URL of a Redis, such as redis://user:password@host:6379/0 ({0})")]
    Url(String),
    /// The server lacks what the scripts need.
    #[error("Redis at REDIS_URL is {0}; Orrery needs 6.2 or later, or Valkey")]
    TooOld(String),
}

/// The parts of the process that are its part in the whole.
pub struct Cluster {
    /// What replicas tell each other.
    pub bus: Arc<Bus>,
    /// Who is where.
    pub leases: Arc<RedisLeases>,
    /// The logs.
    pub log: Arc<RedisLog>,
    /// Whose tokens were revoked.
    pub register: Arc<RedisRegister>,
}

impl Cluster {
    /// Connects, and waits as long as that takes, saying what it waits for. Everything ends with `cancel`, and is over once
    /// `tasks` are.
    pub async fn connect(
        config: &Config,
        url: &str,
        instance: &str,
        keep: Retention,
        metrics: &Arc<Metrics>,
        (cancel, tasks): (&CancellationToken, &TaskTracker),
    ) -> Result<Self, ClusterError> {
        let life = Life::of(instance);
        let redis = Redis::connect(url).await?;
        redis.count_reconnects(metrics, cancel, tasks);
        let bus = Bus::start(life.clone(), redis.clone(), metrics, cancel, tasks).await;
        let leases = RedisLeases::start(life, redis.commands.clone(), &bus, cancel, tasks).await;
        let register = Arc::new(RedisRegister::new(redis.commands.clone(), Arc::clone(metrics)));
        let log = Arc::new(RedisLog::new(redis.commands, keep, config.keep(), Arc::clone(metrics)));
        Ok(Self {
            bus,
            leases,
            log,
            register,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_that_was_started_again_is_another() {
        let (first, second) = (Life::of("node-a"), Life::of("node-a"));
        assert_ne!(first, second);
        assert_eq!(first.as_str().parse(), Ok(first));
    }
}
