//! Limits that people never meet and scripts do: what comes too fast or is too much is refused with a code and a time, and
//! counted, and nobody else notices.

use crate::{
    stage::{PATIENCE, Person, Stage, room},
    vandal::raw,
};
use futures::{SinkExt, StreamExt};
use protocol::{Code, Refusal, ServerEvent, VERSION, cursor::MoveCursor};
use serde_json::{Value, json};
use server::config::Rate;
use socketio::Event;
use std::time::Duration;
use tokio_tungstenite::tungstenite::{self, Message, http::StatusCode};

/// Two at once, and then one a second.
const SLOW: Rate = Rate::of(1, 2);

/// What is metered, with an event of each kind that is granted as often as one likes but for its rate.
const KINDS: [(&str, &str); 5] = [
    ("join", "room.join"),
    ("chat", "chat"),
    ("document", "document.edit"),
    ("note", "note.change"),
    ("other", "tape"),
];

fn payload(event: &str) -> Value {
    match event {
        "chat" => json!({ "room": "sky", "text": "hello" }),
        "document.edit" => json!({ "room": "sky", "base": { "epoch": "0", "seq": 0 }, "operation": ["x"] }),
        "note.change" => json!({ "room": "sky", "change": { "remove": { "note": "n" } } }),
        "room.join" => json!({ "room": "sky" }),
        _ => json!({}),
    }
}

#[tokio::test]
async fn each_kind_of_event_has_a_rate_of_its_own() {
    let stage = Stage::set(|config| {
        let limits = &mut config.limits;
        limits.rate_join = SLOW;
        limits.rate_chat = SLOW;
        limits.rate_document = SLOW;
        limits.rate_note = SLOW;
        limits.rate_other = SLOW;
    })
    .await;
    let vandal = stage.person("vandal").await;
    for (kind, event) in KINDS {
        for _ in 0..2 {
            let answer = vandal.ask_anything(event, &payload(event)).await;
            assert_ne!(answer["error"]["code"], "rate_limited", "{event}");
        }
        let answer = vandal.ask_anything(event, &payload(event)).await;
        assert_eq!(answer["error"]["code"], "rate_limited", "{event}: {answer}");
        let after = answer["error"]["retryAfterMs"].as_u64().unwrap();
        assert!((1..=1000).contains(&after), "{event}: {after}");
        let counted = format!("collab_rate_limited_total{{kind=\"{kind}\"}}");
        assert_eq!(stage.metric(&counted).await, 1.0, "{event}");
    }
    // An event that there is none of is no way around.
    let answer = vandal.ask_anything("room.destroy", &json!({})).await;
    assert_eq!(answer["error"]["code"], "rate_limited");
    assert_eq!(stage.metric("collab_refusals_total{code=\"rate_limited\"}").await, 6.0);
}

#[tokio::test]
async fn who_waits_as_long_as_told_gets_through() {
    let stage = Stage::set(|config| config.limits.rate_chat = Rate::of(20, 1)).await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    ann.says("sky", "first").await.unwrap();
    let refusal = ann.says("sky", "second").await.unwrap_err();
    assert_eq!(refusal.code, Code::RateLimited);
    tokio::time::sleep(Duration::from_millis(refusal.retry_after_ms.unwrap())).await;
    ann.says("sky", "second").await.unwrap();
}

#[tokio::test]
async fn cursors_that_come_too_fast_are_conflated_and_the_last_one_is_seen() {
    let stage = Stage::set(|config| {
        config.limits.rate_cursor = Rate::of(10, 1);
        config.limits.rate_refused = Rate::of(1, 1);
    })
    .await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    bob.joins("sky").await;
    for x in 1..=500 {
        ann.emits(&MoveCursor {
            room: room("sky"),
            x: f64::from(x),
            y: 0.0,
        });
    }
    bob.hears(|event| match event {
        ServerEvent::CursorMoved(moved) => (moved.x == 500.0).then_some(()),
        _ => None,
    })
    .await;
    assert!(stage.metric("collab_rate_limited_total{kind=\"cursor\"}").await >= 400.0);
    let heard = ann.heard_by_now().await;
    assert!(!heard.iter().any(|event| matches!(event, ServerEvent::Refused(_))));
}

#[tokio::test]
async fn who_goes_on_after_many_refusals_is_ended_and_nobody_else() {
    let stage = Stage::set(|config| config.limits.rate_refused = Rate::of(1, 20)).await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    let mut vandal = raw(&stage).await;
    for _ in 0..100 {
        // An error: it was ended before all was sent.
        vandal.send(Message::text("42[\"room.destroy\",{}]")).await.ok();
    }
    let refusals = vandal.filter(|heard| {
        let refused = matches!(heard, Ok(Message::Text(text)) if text.contains("unknown_event"));
        std::future::ready(refused)
    });
    // Those that had not left yet end with the connection.
    assert!(refusals.count().await <= 20);
    assert_eq!(stage.metric("collab_floods_total").await, 1.0);
    ann.says("sky", "all is well").await.unwrap();
}

/// Asks to begin a session over a WebSocket, and waits for the answer.
async fn knocks(stage: &Stage, forwarded: Option<&str>) -> Result<(), (StatusCode, Value)> {
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", stage.address);
    let mut request = tungstenite::client::IntoClientRequest::into_client_request(url).unwrap();
    if let Some(address) = forwarded {
        request
            .headers_mut()
            .insert("x-forwarded-for", address.parse().unwrap());
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok(_) => Ok(()),
        Err(tungstenite::Error::Http(response)) => {
            assert!(response.headers().contains_key("retry-after"));
            let body = response.body().as_deref().unwrap_or_default();
            Err((response.status(), serde_json::from_slice(body).unwrap_or_default()))
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn sockets_from_one_address_come_at_a_rate() {
    let stage = Stage::set(|config| config.limits.rate_connect = SLOW).await;
    assert_eq!(knocks(&stage, None).await, Ok(()));
    assert_eq!(knocks(&stage, None).await, Ok(()));
    // A header that anybody may write is believed from nobody.
    let (status, body) = knocks(&stage, Some("192.0.2.1")).await.unwrap_err();
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(body["error"]["code"], "rate_limited");
    assert!(body["error"]["retryAfterMs"].as_u64().is_some());
    let counted = "collab_handshakes_refused_total{reason=\"address\"}";
    assert_eq!(stage.metric(counted).await, 1.0);
    let (head, _) = stage.get("/socket.io/?EIO=4&transport=polling").await;
    assert!(head.starts_with("HTTP/1.1 429"), "{head}");
    // The library would take an address below its own for its own.
    let (head, _) = stage.get("/socket.io/x/?EIO=4&transport=polling").await;
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_address_counts_by_itself() {
    let stage = Stage::set(|config| {
        config.limits.rate_connect = Rate::of(1, 1);
        config.limits.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    for address in ["192.0.2.1", "192.0.2.2", "2001:db8::1"] {
        assert_eq!(knocks(&stage, Some(address)).await, Ok(()), "{address}");
    }
    for address in ["192.0.2.1", "198.51.100.1, 192.0.2.2", "2001:db8::2"] {
        assert!(knocks(&stage, Some(address)).await.is_err(), "{address}");
    }
}

#[tokio::test]
async fn one_person_has_so_many_connections() {
    let stage = Stage::set(|config| config.limits.connections_per_user = 2).await;
    let (first, _second) = (stage.person("ann").await, stage.person("ann").await);
    let refusal = refused(&mut stranger(&stage, "ann")).await;
    assert_eq!(refusal.code, Code::TooManyConnections);
    assert!(refusal.retry_after_ms.is_some());
    let counted = "collab_refusals_total{code=\"too_many_connections\"}";
    assert_eq!(stage.metric(counted).await, 1.0);
    stage.person("bob").await;
    first.client.close();
    while stage.metric("collab_connections").await > 2.0 {
        tokio::task::yield_now().await;
    }
    stage.person("ann").await;
}

/// Somebody who says who they are and may not get in.
fn stranger(stage: &Stage, user: &str) -> Person {
    stage.stranger(json!({ "token": Stage::token(user, 60), "version": VERSION }))
}

/// Why they did not.
async fn refused(person: &mut Person) -> Refusal {
    match person.next().await {
        Event::Refused { message, .. } => Refusal::from_connect_error(&message),
        event => panic!("not refused: {event:?}"),
    }
}

#[tokio::test]
async fn only_so_many_may_not_have_said_whose_they_are() {
    let stage = Stage::set(|config| config.limits.pending = 2).await;
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", stage.address);
    let (mut first, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    let (_second, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    let (status, body) = knocks(&stage, None).await.unwrap_err();
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body["error"]["code"], "busy");
    let counted = "collab_handshakes_refused_total{reason=\"pending\"}";
    assert_eq!(stage.metric(counted).await, 1.0);
    // One of them says so, and makes room for the next.
    let hello = format!("40{}", json!({ "token": Stage::token("ann", 60) }));
    first.send(Message::text(hello)).await.unwrap();
    while !matches!(first.next().await, Some(Ok(Message::Text(text))) if text.starts_with("40")) {}
    assert_eq!(knocks(&stage, None).await, Ok(()));
}

#[tokio::test]
async fn who_has_not_said_who_they_are_may_send_little() {
    let stage = Stage::open().await;
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", stage.address);
    let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    socket
        .send(Message::text(format!("40{}", "x".repeat(20_000))))
        .await
        .ok();
    let ended = async { while let Some(Ok(_)) = socket.next().await {} };
    tokio::time::timeout(PATIENCE, ended).await.expect("still open");
    let counted = "collab_handshakes_refused_total{reason=\"size\"}";
    assert_eq!(stage.metric(counted).await, 1.0);

    let (_, body) = stage.get("/socket.io/?EIO=4&transport=polling").await;
    let handshake: Value = serde_json::from_str(&body[body.find('{').unwrap()..=body.rfind('}').unwrap()]).unwrap();
    let path = format!(
        "/socket.io/?EIO=4&transport=polling&sid={}",
        handshake["sid"].as_str().unwrap()
    );
    let (head, _) = stage.ask("POST", &path, "", &"x".repeat(20_000)).await;
    assert!(head.starts_with("HTTP/1.1 413"), "{head}");
    assert_eq!(stage.metric(counted).await, 2.0);
}

#[tokio::test]
async fn how_many_rooms_and_how_large_a_packet_can_be_set() {
    let stage = Stage::set(|config| {
        config.limits.rooms_per_connection = 1;
        config.limits.packet_bytes = 16_384;
    })
    .await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    let answer = ann.ask_anything("room.join", &json!({ "room": "sea" })).await;
    assert_eq!(answer["error"]["code"], "too_many_rooms");
    let mut vandal = raw(&stage).await;
    vandal
        .send(Message::text(format!("42[\"chat\",\"{}\"]", "x".repeat(20_000))))
        .await
        .ok();
    let ended = async { while let Some(Ok(_)) = vandal.next().await {} };
    tokio::time::timeout(PATIENCE, ended).await.expect("still open");
    ann.says("sky", "all is well").await.unwrap();
}

#[tokio::test]
async fn one_person_notifies_others_at_a_rate() {
    let stage = Stage::set(|config| config.limits.rate_notify = SLOW).await;
    let notify = async |user: &str| {
        let headers = format!(
            "authorization: Bearer {}\r\ncontent-type: application/json\r\n",
            Stage::token(user, 60)
        );
        let path = "/api/users/bob/notify";
        stage.ask("POST", path, &headers, "{\"text\":\"hello\"}").await
    };
    for _ in 0..2 {
        assert!(notify("ann").await.0.starts_with("HTTP/1.1 202"));
    }
    let (head, body) = notify("ann").await;
    assert!(
        head.starts_with("HTTP/1.1 429") && head.contains("retry-after"),
        "{head}"
    );
    assert!(body.contains("rate_limited"), "{body}");
    assert!(notify("cyd").await.0.starts_with("HTTP/1.1 202"));
    let counted = "collab_rate_limited_total{kind=\"notification\"}";
    assert_eq!(stage.metric(counted).await, 1.0);
}

#[tokio::test]
async fn the_head_of_a_request_is_so_long_at_most() {
    let stage = Stage::open().await;
    let (head, _) = stage
        .ask("GET", "/livez", &format!("cookie: a={}\r\n", "x".repeat(8000)), "")
        .await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let (head, _) = stage
        .ask("GET", "/livez", &format!("cookie: a={}\r\n", "x".repeat(20_000)), "")
        .await;
    assert!(head.starts_with("HTTP/1.1 431"), "{head}");
}
