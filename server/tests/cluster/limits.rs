//! Limits that hold over all replicas together.

use crate::{process::Process, redis, stage::Stage};
use protocol::{Code, Refusal, VERSION};
use serde_json::json;
use server::Config;
use socketio::Event;

/// Connections that one person may have.
const MOST: u32 = 3;

async fn replica(redis: &redis::Process, name: &str) -> Stage {
    Stage::set(|config: &mut Config| {
        config.redis_url = Some(redis.url());
        config.instance_id = Some(name.to_owned());
        config.limits.connections_per_user = MOST;
    })
    .await
}

/// Whether somebody of this name gets in; if so, until what comes back is dropped.
async fn enters(stage: &Stage, user: &str) -> Result<crate::stage::Person, Refusal> {
    let mut person = stage.stranger(json!({ "token": Stage::token(user, 60), "version": VERSION }));
    match person.next().await {
        Event::Connected { .. } => Ok(person),
        Event::Refused { message, .. } => Err(Refusal::from_connect_error(&message)),
        event => panic!("{event:?}"),
    }
}

#[tokio::test]
async fn one_person_has_so_many_connections_on_all_replicas_together() {
    let redis = redis::Process::start();
    let a = replica(&redis, "node-a").await;
    let b = replica(&redis, "node-b").await;
    let (first, _second, _third) = (
        enters(&a, "ann").await.unwrap(),
        enters(&a, "ann").await.unwrap(),
        enters(&b, "ann").await.unwrap(),
    );
    let refusal = enters(&b, "ann").await.err().unwrap();
    assert_eq!(refusal.code, Code::TooManyConnections);
    assert!(enters(&b, "bob").await.is_ok());
    // One is closed on one replica, and there is room on the other.
    first.client.close();
    while enters(&b, "ann").await.is_err() {}
}

#[tokio::test]
async fn connections_of_a_replica_that_died_count_no_longer() {
    let redis = redis::Process::start();
    let mut a = Process::over(&redis.url()).await;
    let b = replica(&redis, "node-b").await;
    let mut gone = Vec::new();
    for _ in 0..MOST {
        gone.push(enters(&Stage::at(a.address), "ann").await.unwrap());
    }
    // The other replica takes a second to hear of the one that is new.
    while let Ok(one_too_many) = enters(&b, "ann").await {
        drop(one_too_many);
    }
    a.kill().await;
    while enters(&b, "ann").await.is_err() {}
}

#[tokio::test]
async fn while_redis_is_away_each_replica_counts_its_own_and_says_so_afterwards() {
    let mut redis = redis::Process::start();
    let (a, b) = (replica(&redis, "node-a").await, replica(&redis, "node-b").await);
    let _here = (enters(&a, "ann").await.unwrap(), enters(&a, "ann").await.unwrap());
    redis.kill();
    let _there = (enters(&b, "ann").await.unwrap(), enters(&b, "ann").await.unwrap());
    redis.again();
    while enters(&b, "ann").await.is_ok() {}
}
