//! What is not ours: on our channels, under our keys, or in place of the Redis that was meant.

use crate::{Cluster, crossing::text, redis, stage::Stage};
use protocol::Code;
use server::{Config, Server};

#[tokio::test]
async fn what_is_not_ours_on_our_channels_is_counted_and_harms_nobody() {
    let cluster = Cluster::open().await;
    let (mut ann, mut bob) = (cluster.a.person("ann").await, cluster.b.person("bob").await);
    ann.joins("sky").await;
    bob.joins("sky").await;
    cluster.redis.ask("PUBLISH orrery:{sky} hello");
    cluster.redis.ask("PUBLISH orrery:bus hello");
    // Quoted, since a message of ours has a line feed.
    cluster.redis.ask("PUBLISH orrery:{sky} \"2 entry of a later day\\n\"");
    ann.says("sky", "hello").await.unwrap();
    bob.hears(text).await;
    assert_eq!(
        cluster.b.metric("collab_bus_dropped_total{reason=\"foreign\"}").await,
        2.0
    );
    assert_eq!(
        cluster.b.metric("collab_bus_dropped_total{reason=\"version\"}").await,
        1.0
    );
}

#[tokio::test]
async fn foreign_data_under_our_keys_is_an_error_and_stays_as_it_is() {
    let cluster = Cluster::open().await;
    cluster.redis.ask("SET orrery:{sky}:document precious");
    cluster.redis.ask("RPUSH orrery:{sea}:chat:entries precious");
    let ann = cluster.a.person("ann").await;
    for (name, left) in [
        ("sky", "GET orrery:{sky}:document"),
        ("sea", "LRANGE orrery:{sea}:chat:entries 0 -1"),
    ] {
        let join = protocol::room::Join {
            room: name.parse().unwrap(),
            resume: None,
            batch: false,
            invite: None,
        };
        assert_eq!(ann.ask(&join).await.unwrap_err().code, Code::StoreUnavailable);
        assert!(cluster.redis.ask(left).contains("precious"));
    }
    assert_eq!(
        cluster.a.metric("collab_store_errors_total{reason=\"damaged\"}").await,
        2.0
    );
    // Other rooms are as they were.
    let mut ann = ann;
    ann.joins("hill").await;
    ann.says("hill", "well").await.unwrap();
}

#[tokio::test]
async fn a_redis_that_takes_nothing_refuses_and_loses_nothing() {
    let cluster = Cluster::open().await;
    let (mut ann, mut bob) = (cluster.a.person("ann").await, cluster.b.person("bob").await);
    ann.joins("sky").await;
    bob.joins("sky").await;
    ann.says("sky", "before").await.unwrap();
    for (wrong, right) in [
        ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        (
            "CONFIG SET min-replicas-to-write 3",
            "CONFIG SET min-replicas-to-write 0",
        ),
    ] {
        cluster.redis.ask(wrong);
        let refusal = ann.says("sky", "in vain").await.unwrap_err();
        assert_eq!(refusal.code, Code::StoreUnavailable);
        assert!(refusal.retry_after_ms.is_some());
        cluster.redis.ask(right);
        ann.says("sky", "again").await.unwrap();
    }
    assert!(cluster.a.metric("collab_store_errors_total{reason=\"refused\"}").await >= 2.0);
    let mut heard = Vec::new();
    while heard.len() < 3 {
        heard.push(bob.hears(text).await);
    }
    assert_eq!(heard, ["before", "again", "again"]);
}

#[tokio::test]
async fn a_wrong_url_is_refused_at_once() {
    for url in ["nonsense", "http://db", "redis://"] {
        let config = Config {
            redis_url: Some(url.to_owned()),
            ..Config::development()
        };
        let error = Server::new(config)
            .await
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(
            error.starts_with("REDIS_URL is not the URL of a Redis"),
            "{url}: {error}"
        );
    }
}

#[tokio::test]
async fn a_password_opens_what_it_locks() {
    let redis = redis::Process::start();
    redis.ask("CONFIG SET requirepass secret");
    let url = format!("redis://:secret@127.0.0.1:{}", redis.port);
    let stage = Stage::set(|config| config.redis_url = Some(url)).await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    ann.says("sky", "hello").await.unwrap();
}

#[tokio::test]
async fn a_redis_that_has_become_a_replica_refuses_and_is_used_again_when_it_is_none() {
    let cluster = Cluster::open().await;
    let (mut ann, mut bob) = (cluster.a.person("ann").await, cluster.b.person("bob").await);
    ann.joins("sky").await;
    bob.joins("sky").await;
    let other = redis::Process::start();
    cluster.redis.ask(&format!("REPLICAOF 127.0.0.1 {}", other.port));
    let said = ann.says("sky", "in vain").await;
    assert_eq!(said.unwrap_err().code, Code::StoreUnavailable);
    cluster.redis.ask("REPLICAOF NO ONE");
    ann.says("sky", "again").await.unwrap();
    assert_eq!(bob.hears(text).await, "again");
}

#[tokio::test]
async fn a_wrong_password_is_tried_again_until_it_is_right() {
    let redis = redis::Process::start();
    redis.ask("CONFIG SET requirepass right");
    let url = format!("redis://:wrong@127.0.0.1:{}", redis.port);
    let mut waiting = std::pin::pin!(Stage::set(|config| config.redis_url = Some(url)));
    let not_yet = tokio::time::timeout(std::time::Duration::from_millis(300), &mut waiting).await;
    assert!(not_yet.is_err());
    // As an operator would, who has noticed.
    redis.ask_all(&["AUTH right", "CONFIG SET requirepass wrong"]);
    let stage = waiting.await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    ann.says("sky", "hello").await.unwrap();
}
