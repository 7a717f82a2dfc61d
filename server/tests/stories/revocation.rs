//! Somebody's tokens are revoked.

use crate::stage::{PATIENCE, Person, Stage};
use protocol::{Code, Refusal, ServerEvent};
use serde_json::{Value, json};
use server::config::Config;
use socketio::Event;
use std::time::Duration;

const OPERATOR: &str = "authorization: Bearer the operator's secret\r\n";

pub(crate) fn with_operator(config: &mut Config) {
    config.auth.operator_secret = Some("the operator's secret".to_owned());
}

pub(crate) async fn revoke(stage: &Stage, user: &str) -> (String, String) {
    stage
        .ask("POST", &format!("/api/users/{user}/revoke"), OPERATOR, "")
        .await
}

pub(crate) async fn is_ended(person: &mut Person) {
    let ended = person.hears(|event| match event {
        ServerEvent::Ended(ended) => Some(ended.error.code),
        _ => None,
    });
    assert_eq!(ended.await, Code::TokenRevoked);
    assert!(matches!(person.next().await, Event::Disconnected { .. }));
}

/// What becomes of a connection with this token.
pub(crate) async fn verdict(stage: &Stage, token: &str) -> Option<Code> {
    match stage.stranger(json!({ "token": token })).next().await {
        Event::Connected { .. } => None,
        Event::Refused { message, .. } => Some(Refusal::from_connect_error(&message).code),
        event => panic!("{event:?}"),
    }
}

#[tokio::test]
async fn all_sessions_of_a_person_end_at_once_and_the_others_see_them_go() {
    // Whoever was revoked is not taken for somebody who may be back in a moment.
    let stage = Stage::set(|config| {
        with_operator(config);
        config.grace_ms = 600_000;
    })
    .await;
    let old = Stage::token("ann", 60);
    let (mut first, mut second) = (stage.person("ann").await, stage.person("ann").await);
    let mut bob = stage.person("bob").await;
    first.joins("sky").await;
    second.joins("sky").await;
    let present = bob.joins("sky").await.present;
    let (head, body) = revoke(&stage, "ann").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let answer: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&answer["user"], &answer["ended"]), (&json!("ann"), &json!(2)));
    is_ended(&mut first).await;
    is_ended(&mut second).await;
    bob.sees(present, &["bob"]).await;
    assert_eq!(verdict(&stage, &old).await, Some(Code::TokenRevoked));
    bob.says("sky", "still here").await.unwrap();
    let ends = "collab_disconnects_total{reason=\"token_revoked\"}";
    assert_eq!(stage.metric(ends).await, 2.0);
    assert_eq!(stage.metric("collab_revocations_total").await, 1.0);
}

#[tokio::test]
async fn a_token_that_was_signed_later_is_welcome() {
    let stage = Stage::set(with_operator).await;
    let (_, body) = revoke(&stage, "ann").await;
    let at = serde_json::from_str::<Value>(&body).unwrap()["at"].as_u64().unwrap();
    let later = async {
        while server::clock::Now::read().at.0 < at + 1000 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, later).await.unwrap();
    assert_eq!(verdict(&stage, &Stage::token("ann", 60)).await, None);
}

#[tokio::test]
async fn cookies_and_programs_are_refused_as_sockets_are() {
    let stage = Stage::set(with_operator).await;
    let (head, page) = stage.get("/r/sky").await;
    let cookie = head.split_once("orrery_session=").unwrap().1.split(';').next().unwrap();
    let guest = page.split_once("\"userId\":\"").unwrap().1.split('"').next().unwrap();
    let as_guest = format!("cookie: orrery_session={cookie}\r\n");
    let (head, _) = stage.ask("GET", "/r/sky", &as_guest, "").await;
    assert!(!head.contains("set-cookie"), "known: {head}");
    revoke(&stage, guest).await;
    let (head, page) = stage.ask("GET", "/r/sky", &as_guest, "").await;
    assert!(head.contains("set-cookie") && !page.contains(guest), "somebody new");
    let token = Stage::token("ann", 60);
    revoke(&stage, "ann").await;
    let headers = format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n");
    let (head, body) = stage
        .ask("POST", "/api/users/bob/notify", &headers, r#"{"text":"hello"}"#)
        .await;
    assert!(
        head.starts_with("HTTP/1.1 401") && body.contains("token_revoked"),
        "{body}"
    );
}

#[tokio::test]
async fn only_the_operator_revokes() {
    let stage = Stage::set(with_operator).await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    let token = format!("authorization: Bearer {}\r\n", Stage::token("ann", 60));
    for headers in [
        "",
        "authorization: Bearer the operator's secre\r\n",
        "authorization: Bearer \r\n",
        &token,
    ] {
        let (head, body) = stage.ask("POST", "/api/users/ann/revoke", headers, "").await;
        assert!(
            head.starts_with("HTTP/1.1 401") && body.contains("operator_only"),
            "{head}"
        );
    }
    assert!(revoke(&stage, "two%20words").await.0.starts_with("HTTP/1.1 400"));
    ann.says("sky", "still here").await.unwrap();
    let nobody = Stage::open().await;
    assert!(
        revoke(&nobody, "ann").await.0.starts_with("HTTP/1.1 404"),
        "no operator, no route"
    );
}

#[tokio::test]
async fn what_was_revoked_outlives_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let open = || {
        Stage::set(|config| {
            with_operator(config);
            config.data_dir = Some(dir.path().to_owned());
        })
    };
    let token = Stage::token("ann", 60);
    let mut stage = open().await;
    assert_eq!(verdict(&stage, &token).await, None);
    revoke(&stage, "ann").await;
    stage.close().await;
    drop(stage);
    let stage = open().await;
    assert_eq!(verdict(&stage, &token).await, Some(Code::TokenRevoked));
    assert_eq!(verdict(&stage, &Stage::token("bob", 60)).await, None);
}
