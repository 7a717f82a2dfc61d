//! Tokens are revoked at one replica and have no worth at any other.

use crate::{
    Cluster, OPERATOR,
    away::until,
    replica,
    stage::{PATIENCE, Person, Stage},
};
use protocol::{Code, Refusal, ServerEvent, health::Bus};
use serde_json::json;
use socketio::Event;
use std::time::Duration;

/// Asks a replica; whether it says that all know.
async fn revoke(stage: &Stage, user: &str) -> bool {
    let headers = format!("authorization: Bearer {OPERATOR}\r\n");
    let (head, body) = stage
        .ask("POST", &format!("/api/users/{user}/revoke"), &headers, "")
        .await;
    match &head[..12] {
        "HTTP/1.1 200" => true,
        "HTTP/1.1 503" => {
            assert!(body.contains("store_unavailable"), "{body}");
            false
        }
        _ => panic!("{head}"),
    }
}

async fn is_ended(person: &mut Person) {
    let ended = person.hears(|event| match event {
        ServerEvent::Ended(ended) => Some(ended.error.code),
        _ => None,
    });
    assert_eq!(ended.await, Code::TokenRevoked);
}

async fn is_refused(stage: &Stage, token: &str) -> bool {
    match stage.stranger(json!({ "token": token })).next().await {
        Event::Connected { .. } => false,
        Event::Refused { message, .. } => Refusal::from_connect_error(&message).code == Code::TokenRevoked,
        event => panic!("{event:?}"),
    }
}

#[tokio::test]
async fn sessions_end_on_all_replicas_and_new_ones_know() {
    let cluster = Cluster::open().await;
    let token = Stage::token("ann", 60);
    let (mut here, mut there) = (cluster.a.person("ann").await, cluster.b.person("ann").await);
    let mut bob = cluster.b.person("bob").await;
    bob.joins("sky").await;
    assert!(revoke(&cluster.a, "ann").await);
    is_ended(&mut here).await;
    is_ended(&mut there).await;
    for stage in [&cluster.a, &cluster.b] {
        assert!(is_refused(stage, &token).await);
    }
    let later = replica(&cluster.redis, "node-c").await;
    assert!(is_refused(&later, &token).await, "one that was started since");
    bob.says("sky", "still here").await.unwrap();
}

#[tokio::test]
async fn what_is_revoked_while_redis_stands_still_holds_here_and_is_told_everywhere_then() {
    let cluster = Cluster::open().await;
    let token = Stage::token("ann", 60);
    let (mut here, mut there) = (cluster.a.person("ann").await, cluster.b.person("ann").await);
    let bob = cluster.b.person("bob").await;
    cluster.redis.signal("STOP");
    until(&bob, Bus::Away).await;
    assert!(!revoke(&cluster.a, "ann").await, "the operator asks again");
    is_ended(&mut here).await;
    assert!(is_refused(&cluster.a, &token).await);
    assert!(!is_refused(&cluster.b, &token).await, "nobody could be told");
    cluster.redis.signal("CONT");
    // Even if nobody asks again: what this replica holds it gives to Redis, which tells the others.
    is_ended(&mut there).await;
    assert!(is_refused(&cluster.b, &token).await);
}

#[tokio::test]
async fn a_redis_that_comes_back_empty_is_told_anew() {
    let mut cluster = Cluster::open().await;
    let token = Stage::token("ann", 60);
    let bob = cluster.a.person("bob").await;
    assert!(revoke(&cluster.a, "ann").await);
    cluster.redis.kill();
    until(&bob, Bus::Away).await;
    cluster.redis.again();
    until(&bob, Bus::Up).await;
    let kept = async {
        while !cluster.redis.ask("ZRANGE orrery:revoked 0 -1").contains("ann") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, kept).await.unwrap();
    let later = replica(&cluster.redis, "node-c").await;
    assert!(is_refused(&later, &token).await);
}
