//! Redis is away for a while, or comes back with less than it had.

use crate::{
    Cluster,
    crossing::{ann_and_bob, frame, text},
    redis,
    stage::{Person, Stage, names},
};
use protocol::{
    ServerEvent,
    health::{Bus, Health, Status},
    room::Resume,
    tape::ReadTape,
};

/// Waits until a replica says so of the bus. It is asked again and again, since a page would do no other.
pub(crate) async fn until(person: &Person, state: Bus) {
    let said = async {
        while person.ask(&ReadTape {}).await.unwrap().bus != state {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(crate::stage::PATIENCE, said)
        .await
        .expect("the bus did not change");
}

#[tokio::test]
async fn what_is_written_while_redis_stands_still_waits_and_goes_through_in_order() {
    let cluster = Cluster::open().await;
    let (mut ann, mut bob) = ann_and_bob(&cluster).await;
    let mut cyd = cluster.a.person("cyd").await;
    cyd.joins_batching("sky").await;
    cluster.redis.signal("STOP");
    until(&ann, Bus::Away).await;
    let (_, body) = cluster.a.get("/healthz").await;
    assert_eq!(serde_json::from_str::<Health>(&body).unwrap().status, Status::Degraded);
    assert!(cluster.a.get("/readyz").await.0.starts_with("HTTP/1.1 200"));
    // Cursors go on among those who are on one replica.
    ann.moves("sky", 7.0, 7.0);
    cyd.hears(|event| frame(event).filter(|frame| !frame.moves.is_empty()))
        .await;
    let said: Vec<String> = (0..10).map(|n| format!("waits {n}")).collect();
    let saying = futures::future::join_all(said.iter().map(|text| ann.says("sky", text)));
    let hearing = async {
        cluster.redis.signal("CONT");
        for expected in &said {
            assert_eq!(&bob.hears(text).await, expected);
        }
    };
    let (answers, ()) = tokio::join!(saying, hearing);
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    until(&ann, Bus::Up).await;
    let heard = ann.heard_by_now().await;
    let heard: Vec<String> = heard.iter().filter_map(text).collect();
    assert_eq!(heard, said, "once each");
}

fn told_to_join(event: &ServerEvent) -> Option<()> {
    matches!(event, ServerEvent::Refused(_)).then_some(())
}

#[tokio::test]
async fn a_redis_that_comes_back_empty_begins_new_lives_and_all_agree_again() {
    let mut cluster = Cluster::open().await;
    let (ann, mut bob) = ann_and_bob(&cluster).await;
    let before = ann.says("sky", "before").await.unwrap();
    bob.hears(text).await;
    let position = bob.joins_batching("sky").await.chat.position;
    assert_eq!(position.seq, before.seq);
    cluster.redis.kill();
    until(&ann, Bus::Away).await;
    cluster.redis.again();
    until(&ann, Bus::Up).await;
    until(&bob, Bus::Up).await;
    bob.hears(told_to_join).await;
    let resume = Resume {
        chat: Some(position),
        document: None,
        note: None,
    };
    let welcome = bob.resumes("sky", resume).await;
    assert!(!welcome.chat.recovered, "nobody believes that nothing happened");
    ann.says("sky", "after").await.unwrap();
    assert_eq!(bob.hears(text).await, "after");
    for stage in [&cluster.a, &cluster.b] {
        let present = async {
            while !in_room(stage).await.contains("bob") || !in_room(stage).await.contains("ann") {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(5), present)
            .await
            .expect("presence is written anew");
    }
    let mut cyd = cluster.a.person("cyd").await;
    assert_eq!(
        names(&cyd.joins("sky").await.present),
        ["ann", "bob", "cyd"],
        "nobody was lost meanwhile"
    );
}

async fn in_room(stage: &Stage) -> String {
    stage.get("/api/rooms/sky/presence").await.1
}

#[tokio::test]
async fn a_redis_that_comes_back_with_its_data_goes_on_where_it_was() {
    let mut cluster = Cluster::over(redis::Process::start_with(&[
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ]))
    .await;
    let (ann, mut bob) = ann_and_bob(&cluster).await;
    ann.says("sky", "before").await.unwrap();
    bob.hears(text).await;
    let position = bob.joins_batching("sky").await.chat.position;
    cluster.redis.kill();
    until(&ann, Bus::Away).await;
    let saying = ann.says("sky", "meanwhile");
    let hearing = async {
        cluster.redis.again();
        bob.hears(text).await
    };
    let (said, heard) = tokio::join!(saying, hearing);
    assert_eq!((said.unwrap().seq, heard.as_str()), (position.seq.next(), "meanwhile"));
    let resume = Resume {
        chat: Some(position),
        document: None,
        note: None,
    };
    let welcome = bob.resumes("sky", resume).await;
    assert!(welcome.recovered, "the same life");
    assert_eq!(welcome.chat.entries.len(), 1);
}

/// As one that is restarted from an older copy, or a replica of it that takes over before it has heard everything.
#[tokio::test]
async fn a_redis_that_comes_back_with_less_than_it_had_begins_a_new_life() {
    let mut cluster = Cluster::open().await;
    let (ann, mut bob) = ann_and_bob(&cluster).await;
    let kept = ann.says("sky", "kept").await.unwrap();
    cluster.redis.ask("SAVE");
    ann.says("sky", "lost").await.unwrap();
    let position = bob.joins_batching("sky").await.chat.position;
    assert_eq!(position.seq, kept.seq.next());
    cluster.redis.kill();
    until(&ann, Bus::Away).await;
    // What waits meanwhile comes to stand where the lost line stood.
    let saying = ann.says("sky", "meanwhile");
    let back = async { cluster.redis.again() };
    let (said, ()) = tokio::join!(saying, back);
    assert_eq!(said.unwrap().seq, position.seq);
    bob.hears(told_to_join).await;
    let resume = Resume {
        chat: Some(position),
        document: None,
        note: None,
    };
    let welcome = bob.resumes("sky", resume).await;
    assert!(!welcome.recovered, "another line stands there now");
    let said: Vec<&str> = welcome.chat.entries.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(said, ["kept", "meanwhile"]);
}

#[tokio::test]
async fn connections_that_are_cut_come_back_and_what_was_missed_is_read() {
    let cluster = Cluster::open().await;
    let (ann, mut bob) = ann_and_bob(&cluster).await;
    for turn in 0..20 {
        cluster
            .redis
            .ask(["CLIENT KILL TYPE pubsub", "CLIENT KILL TYPE normal"][turn % 2]);
        ann.says("sky", &turn.to_string()).await.unwrap();
    }
    for turn in 0..20 {
        assert_eq!(bob.hears(text).await, turn.to_string());
    }
    let cut = cluster.b.metric("collab_bus_resubscriptions_total").await;
    assert!(cut >= 1.0, "subscribed again {cut} times");
}

#[tokio::test]
async fn a_replica_waits_for_a_redis_that_is_yet_to_come() {
    let mut redis = redis::Process::start();
    redis.kill();
    let url = redis.url();
    let mut waiting = std::pin::pin!(Stage::set(|config| config.redis_url = Some(url)));
    assert!(futures::poll!(&mut waiting).is_pending());
    redis.again();
    let stage = waiting.await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    ann.says("sky", "at last").await.unwrap();
}
