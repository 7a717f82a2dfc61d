//! The server stops, and everybody is told when to come back.

use crate::stage::{Person, Stage, room};
use futures::future::join_all;
use protocol::{
    Answer, Event as _, ServerEvent,
    chat::{Said, Say},
    drain::Draining,
};
use socketio::{Delivery, Event, RequestError};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_server_that_stops_says_goodbye_and_loses_nothing() {
    let mut stage = Stage::set(|config| config.drain_ms = 700).await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    ann.says("sky", "before").await.unwrap();
    stage.close().await;
    assert!(told(&mut ann).await <= Duration::from_millis(700));
    assert!(matches!(ann.next().await, Event::Disconnected { .. }));
}

/// How long somebody has been told to wait.
async fn told(person: &mut Person) -> Duration {
    let delay = person.hears(|event| match event {
        ServerEvent::Draining(draining) => Some(draining.retry_after_ms),
        _ => None,
    });
    Duration::from_millis(delay.await)
}

/// Stays to the end: for how long one was told to, when one was let go, and whether one was answered.
async fn stays(mut person: Person) -> (Duration, Instant, bool) {
    let after = told(&mut person).await;
    let word = Say {
        room: room("sky"),
        text: "still here".to_owned(),
        id: None,
    };
    let answered = match person.client.request(Say::NAME, &word, Delivery::Once).await {
        Ok(answer) => {
            Result::from(answer.parse::<Answer<Said>>().unwrap()).unwrap();
            true
        }
        // One's moment may come before the answer does.
        Err(RequestError::Disconnected) => false,
        Err(error) => panic!("{error}"),
    };
    while !matches!(person.next().await, Event::Disconnected { .. }) {}
    (after, Instant::now(), answered)
}

#[tokio::test]
async fn everybody_is_served_until_their_own_moment() {
    let mut stage = Stage::set(|config| config.drain_ms = 2000).await;
    let mut people = Vec::new();
    for n in 0..20 {
        let mut person = stage.person(&format!("p{n}")).await;
        person.joins_batching("sky").await;
        people.push(person);
    }
    let began = Instant::now();
    let closing = tokio::spawn(async move { stage.close().await });
    let mut parted = join_all(people.into_iter().map(stays)).await;
    closing.await.unwrap();
    for (after, until, _) in &parted {
        assert!(*until - began >= *after, "{after:?} {:?}", *until - began);
    }
    parted.sort_by_key(|(after, ..)| *after);
    let (first, last) = (parted[0], parted[parted.len() - 1]);
    assert!(last.0 - first.0 > Duration::from_millis(500), "{first:?} {last:?}");
    assert!(last.2, "whoever stayed longest was not served");
}

#[tokio::test]
async fn while_it_drains_it_says_so_and_takes_no_new_sockets() {
    let mut stage = Stage::set(|config| config.drain_ms = 60_000).await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    let address = stage.address;
    let closing = tokio::spawn(async move { stage.close().await });
    ann.hears(|event| (event.name() == Draining::NAME).then_some(())).await;
    let stage = Stage::at(address);
    let (head, body) = stage.get("/readyz").await;
    assert!(head.starts_with("HTTP/1.1 503") && body == "draining", "{head} {body}");
    let (head, body) = stage.get("/socket.io/?EIO=4&transport=polling").await;
    assert!(
        head.starts_with("HTTP/1.1 503") && body.contains("\"draining\""),
        "{head} {body}"
    );
    // She goes before her time, and nothing is left to wait for.
    ann.client.close();
    closing.await.unwrap();
}

#[tokio::test]
async fn it_ends_within_a_limit() {
    let mut stage = Stage::set(|config| {
        config.drain_ms = 3_600_000;
        config.stop_ms = 300;
    })
    .await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    stage.close().await;
    told(&mut ann).await;
}

#[tokio::test]
async fn a_person_comes_back_to_the_next_server_by_itself() {
    let mut stage = Stage::set(|config| config.drain_ms = 0).await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    let port = stage.address.port();
    stage.close().await;
    let next = Stage::set(|config| config.port = port).await;
    while !matches!(ann.next().await, Event::Connected { .. }) {}
    ann.joins("sky").await;
    assert_eq!(next.metric("collab_members").await, 1.0);
}
