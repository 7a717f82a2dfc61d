//! People in a crowd, which the library keeps in several servers: nobody notices.

use crate::stage::{Person, Stage, names};
use futures::future::join_all;
use protocol::ServerEvent;

/// More than one shard has.
const CROWD: usize = 450;

async fn crowd(stage: &Stage) -> Vec<Person> {
    let people: Vec<String> = (0..CROWD).map(|number| format!("person-{number}")).collect();
    join_all(people.iter().map(|name| stage.person(name))).await
}

#[tokio::test]
async fn they_see_and_hear_those_of_other_shards() {
    let stage = Stage::open().await;
    // Of each way to be told things one who came before the crowd and one after it.
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let _crowd = crowd(&stage).await;
    let (mut eve, mut joe) = (stage.person("eve").await, stage.person("joe").await);
    assert_eq!(stage.metric("collab_shards").await, 2.0);
    let present = ann.joins("sky").await.present;
    bob.joins_batching("sky").await;
    eve.joins("sky").await;
    joe.joins_batching("sky").await;
    ann.sees(present, &["ann", "bob", "eve", "joe"]).await;
    for (number, name) in ["ann", "joe"].into_iter().enumerate() {
        let speaker = if name == "ann" { &ann } else { &joe };
        speaker.says("sky", name).await.unwrap();
        speaker.moves("sky", number as f64, 7.0);
        for person in [&mut ann, &mut bob, &mut eve, &mut joe] {
            let told = |event: &ServerEvent| match event {
                ServerEvent::Chat(message) => Some(message.text.clone()),
                _ => None,
            };
            assert_eq!(person.hears(told).await, name);
            // Nobody is told their own alone.
            if person.name == name {
                continue;
            }
            let points = |event: &ServerEvent| match event {
                ServerEvent::CursorMoved(cursor) => (cursor.x == number as f64).then_some(()),
                ServerEvent::CursorsMoved(frame) => frame.moves.iter().any(|at| at.1 == number as f64).then_some(()),
                _ => None,
            };
            person.hears(points).await;
        }
    }
    let present = eve.joins("sky").await.present;
    assert_eq!(names(&present), ["ann", "bob", "eve", "joe"]);
    joe.leaves("sky").await.unwrap();
    eve.sees(present, &["ann", "bob", "eve"]).await;
}

#[tokio::test]
async fn all_are_told_that_the_server_stops() {
    let mut stage = Stage::set(|config| config.drain_ms = 0).await;
    let mut crowd = crowd(&stage).await;
    assert_eq!(stage.metric("collab_shards").await, 2.0);
    stage.close().await;
    for person in [0, CROWD - 1] {
        let told = |event: &ServerEvent| matches!(event, ServerEvent::Draining(_)).then_some(());
        crowd[person].hears(told).await;
    }
}
