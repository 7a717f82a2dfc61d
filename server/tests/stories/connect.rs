//! Who gets in, and what the others are told.

use crate::stage::{SECRET, Stage};
use protocol::{Code, Refusal, auth::Identity};
use serde_json::{Value, json};
use server::token::Keys;
use socketio::Event;
use std::time::Duration;

async fn refusal(stage: &Stage, auth: Value) -> Code {
    match stage.stranger(auth).next().await {
        Event::Refused { message, .. } => Refusal::from_connect_error(&message).code,
        event => panic!("not refused: {event:?}"),
    }
}

#[tokio::test]
async fn whoever_is_not_let_in_is_told_why() {
    let stage = Stage::open().await;
    let foreign = Keys::new("another secret")
        .sign(&ann(), u64::MAX / 2, Duration::ZERO)
        .unwrap();
    for (auth, code) in [
        (json!(null), Code::TokenMissing),
        (json!({}), Code::TokenMissing),
        (json!({ "token": null }), Code::TokenMissing),
        (json!({ "token": 5 }), Code::TokenMalformed),
        (json!("a token"), Code::TokenMalformed),
        (json!({ "token": "a.b.c" }), Code::TokenMalformed),
        (json!({ "token": foreign }), Code::TokenBadSignature),
        (json!({ "token": Stage::token("ann", -5) }), Code::TokenExpired),
        (
            json!({ "token": Stage::token("ann", 60), "version": 99 }),
            Code::UnsupportedVersion,
        ),
    ] {
        assert_eq!(refusal(&stage, auth.clone()).await, code, "{auth}");
    }
    assert_eq!(stage.metric("collab_refusals_total{code=\"token_missing\"}").await, 3.0);
    assert_eq!(stage.metric("collab_connections").await, 0.0);
}

#[tokio::test]
async fn a_token_is_all_it_takes() {
    let stage = Stage::open().await;
    let mut bare = stage.stranger(json!({ "token": Stage::token("ann", 60) }));
    assert!(matches!(bare.next().await, Event::Connected { .. }));
    assert_eq!(stage.metric("collab_connections").await, 1.0);
}

#[tokio::test]
async fn events_sent_at_once_are_heard_in_order() {
    let stage = Stage::open().await;
    let ann = stage.stranger(json!({ "token": Stage::token("ann", 60) }));
    // Nothing is waited for: joining, a hundred lines, leaving; the last answer tells that all went before it.
    ann.client.emit("room.join", &json!({ "room": "sky" })).unwrap();
    for n in 0..100 {
        ann.client
            .emit("chat", &json!({ "room": "sky", "text": n.to_string() }))
            .unwrap();
    }
    let said = ann.says("sky", "last").await.unwrap();
    assert_eq!(said.seq.0, 101);
}

fn ann() -> Identity {
    let keys = Keys::new(SECRET);
    keys.verify(&Stage::token("ann", 60)).unwrap().who
}
