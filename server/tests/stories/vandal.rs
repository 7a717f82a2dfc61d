//! Bad input of every kind: refused with a code or ended, counted, and nobody else notices.

use crate::stage::{PATIENCE, Stage, room};
use futures::{SinkExt, StreamExt};
use protocol::{Event as _, ServerEvent, cursor::MoveCursor};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn every_bad_event_is_refused_with_its_code() {
    let stage = Stage::open().await;
    let mut vandal = stage.person("vandal").await;
    vandal.joins("sky").await;
    let bad_room = ["", " ", "-x", "a/b", "..", &"x".repeat(65), "r\u{0}"];
    let rooms = bad_room
        .iter()
        .map(|name| ("room.join", json!({ "room": name }), "malformed"));
    let others = [
        ("room.destroy", json!({}), "unknown_event"),
        ("", json!({}), "unknown_event"),
        ("room.join", json!(null), "malformed"),
        ("room.join", json!([1, 2, 3]), "malformed"),
        ("room.join", json!({ "room": 7 }), "malformed"),
        (
            "room.join",
            json!({ "room": "sky", "resume": { "chat": { "epoch": "x", "seq": -1 } } }),
            "malformed",
        ),
        ("room.leave", json!({ "room": "sea" }), "not_joined"),
        ("chat", json!({ "room": "sea", "text": "hello" }), "not_joined"),
        ("chat", json!({ "room": "sky", "text": ["hello"] }), "malformed"),
        (
            "chat",
            json!({ "room": "sky", "text": "hello", "id": "two words" }),
            "malformed",
        ),
        ("chat", json!({ "room": "sky", "text": "" }), "text_empty"),
        (
            "chat",
            json!({ "room": "sky", "text": "x".repeat(2001) }),
            "text_too_long",
        ),
        ("chat.read", json!({ "room": "sea", "before": 1 }), "not_joined"),
        ("chat.read", json!({ "room": "sky", "before": -1 }), "malformed"),
        ("cursor", json!({ "room": "sea", "x": 0, "y": 0 }), "not_joined"),
        ("cursor", json!({ "room": "sky", "x": null, "y": 0 }), "malformed"),
        ("cursor", json!({ "room": "sky", "x": "1", "y": 0 }), "malformed"),
        ("cursor", json!({ "room": "sky", "x": 1e7, "y": 0 }), "bad_coordinates"),
    ];
    for (event, payload, code) in rooms.chain(others) {
        let answer = vandal.ask_anything(event, &payload).await;
        assert_eq!(answer["error"]["code"], code, "{event} {payload} was answered {answer}");
        assert!(
            answer["error"]["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
        );
    }
    assert_eq!(stage.metric("collab_refusals_total{code=\"unknown_event\"}").await, 2.0);
    assert!(vandal.says("sky", "still here").await.is_ok());
}

#[tokio::test]
async fn a_refusal_without_an_ack_comes_as_an_event() {
    let stage = Stage::open().await;
    let mut vandal = stage.person("vandal").await;
    vandal
        .client
        .emit(
            MoveCursor::NAME,
            &MoveCursor {
                room: room("sky"),
                x: 0.0,
                y: 0.0,
            },
        )
        .unwrap();
    let refused = vandal.hears(|event| match event {
        ServerEvent::Refused(refused) => Some(refused.clone()),
        _ => None,
    });
    let refused = refused.await;
    assert_eq!(
        (refused.event.as_str(), refused.error.code.as_str()),
        ("cursor", "not_joined")
    );
}

#[tokio::test]
async fn ten_thousand_joins_of_one_connection_harm_nobody() {
    let stage = Stage::open().await;
    let (mut ann, mut vandal) = (stage.person("ann").await, stage.person("vandal").await);
    ann.joins("sky").await;
    for n in 0..10_000 {
        vandal
            .client
            .emit("room.join", &json!({ "room": format!("room-{n}") }))
            .unwrap();
        if n % 100 == 0 {
            // The refusals are heard now and then: who does not listen is ended as too slow.
            vandal.heard_by_now().await;
            let answer: Value = vandal
                .ask_anything("room.join", &json!({ "room": format!("room-{n}") }))
                .await;
            assert!(n < 16 || answer["error"]["code"] == "too_many_rooms", "{n}: {answer}");
        }
    }
    assert_eq!(stage.metric("collab_members").await, 17.0);
    assert_eq!(stage.metric("collab_rooms").await, 17.0);
    ann.says("sky", "all is well").await.unwrap();
}

/// A connection without our client.
pub(crate) type Raw = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// One to this stage, past CONNECT.
pub(crate) async fn raw(stage: &Stage) -> Raw {
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", stage.address);
    // Without a delay: what is sent in two packets does not wait for the first to be acknowledged.
    let (mut socket, _) = tokio_tungstenite::connect_async_with_config(url, None, true)
        .await
        .unwrap();
    socket
        .send(Message::text(format!(
            "40{}",
            json!({ "token": Stage::token("vandal", 60) })
        )))
        .await
        .unwrap();
    while !matches!(socket.next().await, Some(Ok(Message::Text(text))) if text.starts_with("40")) {}
    socket
}

/// Sends packets and then a proper request; waits until it is answered or the connection is ended.
async fn survives(stage: &Stage, packets: &[&str]) -> Option<String> {
    let mut socket = raw(stage).await;
    for packet in packets.iter().chain(&["421[\"tape\",{}]"]) {
        // An error: the connection was ended before all was sent.
        socket.send(Message::text(*packet)).await.ok();
    }
    let outcome = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) if text.starts_with("43") => return Some(text.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, outcome)
        .await
        .expect("neither answered nor ended")
}

#[tokio::test]
async fn packets_that_are_none_end_their_own_connection_at_most() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    let oversized = format!(
        "42[\"chat\",{{\"room\":\"sky\",\"text\":\"{}\"}}]",
        "x".repeat(300 * 1024)
    );
    for packet in [
        "9",
        "4",
        "4ü",
        "42",
        "42[",
        "42{}",
        "42[5]",
        "4259999999999999999999[]",
        "451-[\"x\"]",
    ] {
        survives(&stage, &[packet]).await;
        ann.says("sky", "all is well").await.unwrap();
    }
    assert_eq!(
        survives(&stage, &[&oversized]).await,
        None,
        "what is too large cannot be skipped"
    );
    ann.says("sky", "all is well").await.unwrap();
    let ended = ["broken", "failed", "closed"].map(|reason| format!("collab_disconnects_total{{reason=\"{reason}\"}}"));
    let mut counted = [0.0; 3];
    for (count, metric) in counted.iter_mut().zip(&ended) {
        *count = stage.metric(metric).await;
    }
    assert!(counted[0] >= 1.0 && counted.iter().sum::<f64>() >= 2.0, "{counted:?}");
}

#[tokio::test]
async fn numbers_that_json_has_not_move_nobody() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    for number in ["NaN", "Infinity", "1e999", "-1e999"] {
        let join = "42[\"room.join\",{\"room\":\"sky\"}]";
        let cursor = format!("427[\"cursor\",{{\"room\":\"sky\",\"x\":{number},\"y\":0}}]");
        // `NaN` is no JSON, so no event: the library passes it over before any handler is asked. `1e999` is refused.
        let answer = survives(&stage, &[join, &cursor]).await.unwrap();
        assert!(
            answer.starts_with("431") || answer.contains("malformed"),
            "{number}: {answer}"
        );
        let heard = ann.heard_by_now().await;
        let moved = |event: &ServerEvent| matches!(event, ServerEvent::CursorMoved(_));
        assert!(!heard.iter().any(moved), "{number}: {heard:?}");
    }
}

#[tokio::test]
async fn an_unknown_event_is_refused_by_its_own_name() {
    let stage = Stage::open().await;
    let mut vandal = stage.person("vandal").await;
    vandal
        .client
        .emit(&format!("{}!", "made.up".repeat(20)), &json!({}))
        .unwrap();
    let name = vandal.hears(|event| match event {
        ServerEvent::Refused(refused) => Some(refused.event.clone()),
        _ => None,
    });
    assert_eq!(name.await, "made.up".repeat(20)[..64]);
}
