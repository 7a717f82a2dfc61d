//! What programs and browsers ask over plain HTTP.

use crate::stage::{SECRET, Stage};
use protocol::health::{Health, LiveRoom, Status};
use server::config::Environment;

#[tokio::test]
async fn health_tells_how_it_is() {
    let stage = Stage::set(|config| config.instance_id = Some("node-a".into())).await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    let (head, body) = stage.get("/healthz").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let health: Health = serde_json::from_str(&body).unwrap();
    assert_eq!((health.status, health.instance.as_str()), (Status::Ok, "node-a"));
    assert_eq!((health.rooms, health.connections), (1, 1));
    for path in ["/livez", "/readyz"] {
        assert!(stage.get(path).await.0.starts_with("HTTP/1.1 200"), "{path}");
    }
}

#[tokio::test]
async fn the_lobby_knows_who_is_where() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    ann.joins("sea").await;
    bob.joins("sky").await;
    let (_, body) = stage.get("/api/rooms").await;
    let rooms: Vec<LiveRoom> = serde_json::from_str(&body).unwrap();
    let seen: Vec<_> = rooms
        .iter()
        .map(|live| (live.room.as_str(), live.present.len()))
        .collect();
    assert_eq!(seen, [("sky", 2), ("sea", 1)]);
    let (_, page) = stage.get("/").await;
    assert!(page.contains("/r/sky"), "the lobby's first paint names the room");
    let (_, body) = stage.get("/api/rooms/sky/presence").await;
    assert!(body.contains("\"userId\":\"bob\""), "{body}");
    assert!(stage.get("/api/rooms/-/presence").await.0.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn a_room_that_everybody_left_is_forgotten() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    ann.leaves("sky").await.unwrap();
    // The answer comes before the room closes; the next room's welcome comes after.
    ann.joins("sea").await;
    ann.leaves("sea").await.unwrap();
    assert_eq!(stage.get("/api/rooms").await.1, "[]");
}

#[tokio::test]
async fn tokens_for_whoever_asks_are_not_for_production() {
    let stage = Stage::open().await;
    assert!(stage.get("/dev/token?sub=ann&name=Ann").await.1.contains("token"));
    assert!(
        stage
            .get("/dev/token?sub=two%20words")
            .await
            .0
            .starts_with("HTTP/1.1 400")
    );
    let production = Stage::set(|config| {
        config.environment = Environment::Production;
        config.jwt_secret = Some(SECRET.to_owned());
    });
    assert!(
        production
            .await
            .get("/dev/token?sub=ann")
            .await
            .0
            .starts_with("HTTP/1.1 404")
    );
}

#[tokio::test]
async fn a_first_visit_makes_a_guest() {
    let stage = Stage::open().await;
    let (head, body) = stage.get("/r/sky").await;
    let cookie = head
        .lines()
        .find(|line| line.starts_with("set-cookie: orrery_session="))
        .unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert!(body.contains("<!DOCTYPE html>"));
}

#[tokio::test]
async fn what_is_typed_into_the_lobby_leads_to_a_room() {
    let stage = Stage::open().await;
    assert!(
        stage
            .get("/r?room=Design%20Review")
            .await
            .0
            .contains("location: /r/design-review")
    );
    assert!(stage.get("/r?room=***").await.0.contains("location: /\r\n"));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::open().await;
    for path in ["/nowhere", "/r/-", "/pkg/orrery.0123.js", "/../Cargo.toml"] {
        let (head, _) = stage.get(path).await;
        assert!(head.starts_with("HTTP/1.1 404"), "{path}: {head}");
    }
}
