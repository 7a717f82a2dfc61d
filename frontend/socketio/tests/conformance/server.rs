//! The servers the client is tried on: a real one, socketioxide, and one of our own that breaks off where it is told to.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use bytes::Bytes;
use futures_util::SinkExt;
use serde_json::{Value, json};
use socketioxide::{
    SocketIo,
    extract::{AckSender, Data, SocketRef, TryData},
    handler::ConnectHandler,
    socket::DisconnectReason,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

/// What happened at a server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Said(u64),
    Waved(u64),
    Left(DisconnectReason),
}

/// A real server. Stops when told to; its port is then free for another.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) seen: mpsc::UnboundedReceiver<Seen>,
    io: SocketIo,
    task: JoinHandle<()>,
}

impl Server {
    /// On a port of its own.
    pub(crate) async fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), Duration::from_secs(25)).await
    }

    pub(crate) async fn start_at(address: SocketAddr, ping: Duration) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (layer, io) = SocketIo::builder().ping_interval(ping).ping_timeout(ping).build_layer();
        let (see, seen) = mpsc::unbounded_channel();
        let welcome = move |socket: SocketRef| {
            answer(&socket, &see);
            std::future::ready(())
        };
        io.ns("/", welcome.with(authenticate));
        let app = Router::new().layer(layer);
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            address,
            seen,
            io,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Is gone: closes every connection and the port.
    pub(crate) async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
        self.io.close().await;
    }
}

async fn authenticate(TryData(auth): TryData<Value>) -> Result<(), String> {
    match auth.ok().as_ref().and_then(|auth| auth["token"].as_str()) {
        Some("secret") => Ok(()),
        Some(other) => Err(format!("{other} is not the token")),
        None => Err(String::from("no token")),
    }
}

/// Everything a client can ask of this server.
fn answer(socket: &SocketRef, see: &mpsc::UnboundedSender<Seen>) {
    socket.on("echo", async |socket: SocketRef, Data(data): Data<Value>| {
        socket.emit("echoed", &data).unwrap();
    });
    socket.on("sum", async |Data(numbers): Data<Vec<i64>>, ack: AckSender| {
        ack.send(&numbers.iter().sum::<i64>()).unwrap();
    });
    socket.on("silence", async || {});
    socket.on("later", async |Data(millis): Data<u64>, ack: AckSender| {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        ack.send(&true).unwrap();
    });
    socket.on(
        "blob",
        async |socket: SocketRef, Data(blob): Data<Bytes>, ack: AckSender| {
            socket
                .emit(
                    "blobs",
                    &(json!({ "count": 2 }), &blob, Bytes::from_static(b"\x00\xff")),
                )
                .unwrap();
            ack.send(&blob).unwrap();
        },
    );
    socket.on("ask me", async |socket: SocketRef| {
        let text: String = socket.emit_with_ack("question", &"text").unwrap().await.unwrap();
        let blob: Bytes = socket.emit_with_ack("question", &"blob").unwrap().await.unwrap();
        socket.emit("understood", &json!([text, blob.len()])).unwrap();
    });
    socket.on("send me away", async |socket: SocketRef| socket.disconnect().unwrap());
    note(socket, see);
}

/// What the server writes down.
fn note(socket: &SocketRef, see: &mpsc::UnboundedSender<Seen>) {
    let known = Arc::new(Mutex::new(see.clone()));
    let said = Arc::clone(&known);
    socket.on("say", move |Data(number): Data<u64>, ack: AckSender| {
        let _ = said.lock().unwrap().send(Seen::Said(number));
        ack.send(&number).unwrap();
        std::future::ready(())
    });
    let waved = Arc::clone(&known);
    socket.on("wave", move |Data(number): Data<u64>| {
        let _ = waved.lock().unwrap().send(Seen::Waved(number));
        std::future::ready(())
    });
    socket.on_disconnect(move |reason: DisconnectReason| {
        let _ = known.lock().unwrap().send(Seen::Left(reason));
        std::future::ready(())
    });
}

/// A server that says what a test wants and nothing else. It never reads on its own.
pub(crate) struct Mute {
    listener: TcpListener,
}

impl Mute {
    pub(crate) async fn start() -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.listener.local_addr().unwrap())
    }

    /// The next client, to whom these texts have been said.
    pub(crate) async fn accept(&self, texts: &[&str]) -> WebSocketStream<TcpStream> {
        let (stream, _) = self.listener.accept().await.unwrap();
        let mut socket = accept_async(stream).await.unwrap();
        for text in texts {
            socket.send(Message::text(*text)).await.unwrap();
        }
        socket
    }
}
