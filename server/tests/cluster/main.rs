//! Several replicas over a real Redis: what crosses, what happens while Redis is away, and when a replica dies.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod access;
mod away;
mod crossing;
mod death;
mod foreign;
mod limits;
#[path = "../sessions/process.rs"]
mod process;
#[path = "../support/redis.rs"]
mod redis;
mod revocation;
#[path = "../stories/stage.rs"]
#[allow(dead_code, reason = "the stories use all of it")]
mod stage;

use stage::Stage;

/// Whoever knows it revokes tokens.
const OPERATOR: &str = "the operator's secret";

/// Replicas of one Orrery, and the Redis between them.
struct Cluster {
    redis: redis::Process,
    a: Stage,
    b: Stage,
}

impl Cluster {
    async fn open() -> Self {
        Self::over(redis::Process::start()).await
    }

    async fn over(redis: redis::Process) -> Self {
        let (a, b) = (replica(&redis, "node-a").await, replica(&redis, "node-b").await);
        Self { redis, a, b }
    }
}

/// One replica, in this process.
async fn replica(redis: &redis::Process, name: &str) -> Stage {
    Stage::set(|config| {
        config.redis_url = Some(redis.url());
        config.instance_id = Some(name.to_owned());
        config.grace_ms = 200;
        config.auth.operator_secret = Some(OPERATOR.to_owned());
    })
    .await
}
