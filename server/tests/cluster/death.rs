//! A replica dies, or is gone for a while and comes back.

use crate::{crossing::text, process::Process, redis, stage::Stage};
use protocol::room::Resume;

#[tokio::test]
async fn who_was_on_a_replica_that_died_is_gone_everywhere_within_ten_seconds() {
    let redis = redis::Process::start();
    let (mut a, b) = (Process::over(&redis.url()).await, Process::over(&redis.url()).await);
    let (mut ann, mut bob) = (
        Stage::at(a.address).person("ann").await,
        Stage::at(b.address).person("bob").await,
    );
    ann.joins_batching("sky").await;
    let welcome = bob.joins_batching("sky").await;
    let present = bob.sees(welcome.present, &["ann", "bob"]).await;
    ann.says("sky", "before").await.unwrap();
    let position = welcome.chat.position;
    bob.hears(text).await;
    a.kill().await;
    // The longest that anybody waits here is ten seconds.
    bob.sees(present, &["bob"]).await;
    // Its people come back elsewhere, and have missed nothing.
    bob.says("sky", "meanwhile").await.unwrap();
    let mut ann = Stage::at(b.address).person("ann").await;
    let back = ann
        .resumes(
            "sky",
            Resume {
                chat: Some(position),
                document: None,
                note: None,
            },
        )
        .await;
    assert!(back.recovered);
    let said: Vec<&str> = back.chat.entries.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(said, ["before", "meanwhile"]);
}

#[tokio::test]
async fn a_replica_that_stood_still_rejoins_without_ghosts() {
    let redis = redis::Process::start();
    let (a, b) = (Process::over(&redis.url()).await, Process::over(&redis.url()).await);
    let (mut ann, mut bob) = (
        Stage::at(a.address).person("ann").await,
        Stage::at(b.address).person("bob").await,
    );
    ann.joins_batching("sky").await;
    let present = bob.joins_batching("sky").await.present;
    a.signal("STOP");
    let present = bob.sees(present, &["bob"]).await;
    bob.says("sky", "meanwhile").await.unwrap();
    a.signal("CONT");
    // Ann's connection has outlived it: she is back, and has heard what was said.
    let present = bob.sees(present, &["ann", "bob"]).await;
    assert_eq!(ann.hears(text).await, "meanwhile");
    ann.leaves("sky").await.unwrap();
    bob.sees(present, &["bob"]).await;
}
