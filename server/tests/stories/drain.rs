//! The server stops, and everybody is told when to come back.

use crate::stage::Stage;
use protocol::ServerEvent;
use socketio::Event;

#[tokio::test]
async fn a_server_that_stops_says_goodbye_and_loses_nothing() {
    let mut stage = Stage::set(|config| config.drain_ms = 700).await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    ann.says("sky", "before").await.unwrap();
    stage.close().await;
    let delay = ann.hears(|event| match event {
        ServerEvent::Draining(draining) => Some(draining.retry_after_ms),
        _ => None,
    });
    assert!(delay.await <= 700);
    assert!(matches!(ann.next().await, Event::Disconnected { .. }));
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
