//! The life of a token while its connection is open.

use crate::stage::{Person, Stage, identity};
use protocol::{
    Code, Refusal, ServerEvent,
    auth::{Ended, Expiring, Refresh, Refreshed},
};
use serde_json::json;
use server::{config::Config, token::Keys};
use socketio::{Event, Reason};
use std::time::Duration;

fn expiring(event: &ServerEvent) -> Option<Expiring> {
    match event {
        ServerEvent::Expiring(expiring) => Some(*expiring),
        _ => None,
    }
}

fn ended(event: &ServerEvent) -> Option<Ended> {
    match event {
        ServerEvent::Ended(ended) => Some(ended.clone()),
        _ => None,
    }
}

async fn refreshes(person: &Person, token: String) -> Result<Refreshed, Refusal> {
    person.ask(&Refresh { token }).await
}

/// Tokens whose end is told at once, or nearly so, and taken for a tenth of a second longer.
fn short(config: &mut Config) {
    config.auth.token_expiring_ms = 60_000;
    config.auth.token_grace_ms = 100;
}

async fn newcomer(stage: &Stage, seconds: i64) -> Person {
    let mut person = stage.stranger(json!({ "token": Stage::token("ann", seconds) }));
    assert!(matches!(person.next().await, Event::Connected { .. }));
    person
}

#[tokio::test]
async fn a_connection_whose_token_ends_is_told_before_and_ended_after() {
    let stage = Stage::set(short).await;
    let mut ann = newcomer(&stage, 2).await;
    ann.joins("sky").await;
    let told = ann.hears(expiring).await;
    assert_eq!(told.grace_ms, 100);
    ann.says("sky", "still here").await.unwrap();
    assert_eq!(ann.hears(ended).await.error.code, Code::TokenExpired);
    match ann.next().await {
        Event::Disconnected { reason } => assert!(matches!(reason, Reason::ServerDisconnect), "{reason:?}"),
        event => panic!("not ended: {event:?}"),
    }
    let ends = "collab_disconnects_total{reason=\"token_expired\"}";
    assert_eq!(stage.metric(ends).await, 1.0);
    assert_eq!(stage.metric("collab_connections").await, 0.0);
}

#[tokio::test]
async fn another_token_of_the_same_person_keeps_the_connection() {
    let stage = Stage::set(short).await;
    let mut ann = newcomer(&stage, 2).await;
    ann.joins("sky").await;
    let told = ann.hears(expiring).await;
    let renewed = refreshes(&ann, Stage::token("ann", 600)).await.unwrap();
    assert!(renewed.expires_at > told.expires_at);
    // Bob's token ends later than ann's first would have: when he is ended, ann would have been long before.
    let mut bob = newcomer(&stage, 3).await;
    bob.hears(ended).await;
    ann.says("sky", "still here").await.unwrap();
    assert!(!ann.heard_by_now().await.iter().any(|event| ended(event).is_some()));
}

#[tokio::test]
async fn what_the_new_token_says_is_so_from_the_next_join_on() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    assert_eq!(ann.joins("sky").await.you.name.as_str(), "ann");
    let mut who = identity("ann");
    who.name = "Ann Elk".parse().unwrap();
    let now = server::clock::Now::read().at.0 / 1000;
    let token = Keys::new(crate::stage::SECRET).sign(&who, now, Duration::from_secs(60));
    refreshes(&ann, token.unwrap()).await.unwrap();
    assert_eq!(ann.joins("sea").await.you.name.as_str(), "Ann Elk");
}

#[tokio::test]
async fn a_refresh_that_is_refused_changes_nothing_and_is_told_why() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    for (token, code) in [
        (Stage::token("bob", 60), Code::TokenWrongPerson),
        (Stage::token("ann", -5), Code::TokenExpired),
        ("a.b.c".to_owned(), Code::TokenMalformed),
    ] {
        assert_eq!(refreshes(&ann, token).await.unwrap_err().code, code);
    }
    let odd = ann.ask_anything("auth.refresh", &json!({ "tokens": 5 })).await;
    assert_eq!(odd["error"]["code"], "malformed");
    ann.says("sky", "still here").await.unwrap();
    let refused = "collab_refusals_total{code=\"token_wrong_person\"}";
    assert_eq!(stage.metric(refused).await, 1.0);
}

#[tokio::test]
async fn a_cookie_is_no_token() {
    let stage = Stage::open().await;
    let (head, _) = stage.get("/r/sky").await;
    let cookie = head.split_once("orrery_session=").unwrap().1.split(';').next().unwrap();
    let mut thief = stage.stranger(json!({ "token": cookie }));
    match thief.next().await {
        Event::Refused { message, .. } => {
            assert_eq!(Refusal::from_connect_error(&message).code, Code::TokenWrongAudience);
        }
        event => panic!("not refused: {event:?}"),
    }
    let as_cookie = format!("cookie: orrery_session={}\r\n", Stage::token("ann", 60));
    let (head, page) = stage.ask("GET", "/r/sky", &as_cookie, "").await;
    assert!(head.contains("set-cookie"), "a guest, and not ann: {head}");
    assert!(!page.contains("\"ann\""));
}
