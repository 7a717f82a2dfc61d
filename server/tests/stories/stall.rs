//! Somebody keeps the connection open and stops reading. They are ended, and the others go on as if they were not there.

use crate::stage::{Stage, names};
use futures::{SinkExt, StreamExt};
use protocol::ServerEvent;
use serde_json::json;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

#[tokio::test]
async fn a_peer_that_stops_reading_is_ended_and_the_others_hear_everything() {
    let stage = Stage::set(|config| {
        config.stall_ms = 500;
        config.grace_ms = 0;
    })
    .await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let _stalled = stalled(&stage).await;
    bob.client.emit("room.join", &json!({ "room": "sky" })).unwrap();
    let present = ann.joins_batching("sky").await.present;
    assert!(names(&present).contains(&"cyd"));
    // Until the kernel's buffers are full: the eviction is seen as a leave by those who are left.
    let (mut said, mut heard) = (0, Vec::new());
    while stage.metric("collab_connections").await > 2.0 {
        for _ in 0..50 {
            bob.says("sky", &"x".repeat(2000)).await.unwrap();
            said += 1;
        }
        bob.heard_by_now().await;
        heard.extend(ann.heard_by_now().await);
    }
    let evictions = stage
        .metric("collab_slow_client_evictions_total{reason=\"stalled\"}")
        .await
        + stage
            .metric("collab_slow_client_evictions_total{reason=\"queue_full\"}")
            .await;
    assert_eq!(evictions, 1.0);
    heard.extend(ann.heard_by_now().await);
    let messages = heard
        .iter()
        .filter(|event| matches!(event, ServerEvent::Chat(_)))
        .count();
    assert_eq!(messages, said);
}

/// Joins, and reads nothing from then on, with as small a buffer as the kernel grants.
async fn stalled(stage: &Stage) -> impl Sized {
    let tcp = TcpSocket::new_v4().unwrap();
    tcp.set_recv_buffer_size(4096).unwrap();
    let stream = tcp.connect(stage.address).await.unwrap();
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", stage.address);
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    socket
        .send(Message::text(format!(
            "40{}",
            json!({ "token": Stage::token("cyd", 60) })
        )))
        .await
        .unwrap();
    // Whoever asks before CONNECT is answered is hung up on.
    hears(&mut socket, "40{").await;
    socket
        .send(Message::text("421[\"room.join\",{\"room\":\"sky\"}]"))
        .await
        .unwrap();
    hears(&mut socket, "431").await;
    socket
}

/// Reads up to the message that begins so.
async fn hears(socket: &mut WebSocketStream<TcpStream>, beginning: &str) {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) if text.starts_with(beginning) => return,
            Some(Ok(_)) => {}
            ended => panic!("{beginning} never came: {ended:?}"),
        }
    }
}
