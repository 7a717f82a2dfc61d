//! Somebody who keeps the connection open and does not read.

use crate::stage::Stage;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

/// Joins, and reads nothing from then on, with as small a buffer as the kernel grants.
pub(crate) async fn joins(stage: &Stage, room: &str) -> WebSocketStream<TcpStream> {
    enters(stage, json!({ "room": room })).await
}

/// The same, of somebody who asks for batches.
#[allow(dead_code, reason = "the tests of memory have no use for it")]
pub(crate) async fn joins_batching(stage: &Stage, room: &str) -> WebSocketStream<TcpStream> {
    enters(stage, json!({ "room": room, "batch": true })).await
}

async fn enters(stage: &Stage, join: Value) -> WebSocketStream<TcpStream> {
    let tcp = TcpSocket::new_v4().unwrap();
    tcp.set_recv_buffer_size(4096).unwrap();
    let stream = tcp.connect(stage.address).await.unwrap();
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", stage.address);
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    let auth = json!({ "token": Stage::token("slow", 60) });
    socket.send(Message::text(format!("40{auth}"))).await.unwrap();
    // Whoever asks before CONNECT is answered is hung up on.
    hears(&mut socket, "40{").await;
    let join = json!(["room.join", join]);
    socket.send(Message::text(format!("421{join}"))).await.unwrap();
    hears(&mut socket, "431").await;
    socket
}

/// Reads up to the message that begins so.
pub(crate) async fn hears(socket: &mut WebSocketStream<TcpStream>, beginning: &str) -> String {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) if text.starts_with(beginning) => return text.to_string(),
            Some(Ok(_)) => {}
            ended => panic!("{beginning} never came: {ended:?}"),
        }
    }
}
