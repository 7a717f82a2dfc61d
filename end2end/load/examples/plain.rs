//! A plain server of the same wire contract: what `socketioxide` does when it is left to itself, with its rooms and its
//! broadcasts. It checks no token, limits nobody and keeps nothing; it tells nobody who is there, and each move by itself. It
//! is what the figures of Orrery are held against on the same machine in the same run:
//! `cargo xtask load storm --beside plain`.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;
use axum::{Router, routing::get};
use protocol::{
    Event as _, RoomId,
    chat::{ChatMessage, Say},
    cursor::{CursorMoved, MoveCursor},
    room::Join,
};
use serde_json::{Value, json};
use socketioxide::{
    SocketIo,
    extract::{AckSender, Data, SocketRef},
};
use tokio::net::TcpListener;

/// The number of the last line in each room.
type Lines = Arc<Mutex<HashMap<RoomId, u64>>>;

/// Serves where `HOST` and `PORT` say, until it is ended, on one thread, as `load` gives it one core.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let host: IpAddr = variable("HOST").map_or(Ok(Ipv4Addr::LOCALHOST.into()), |host| host.parse())?;
    let port: u16 = variable("PORT").map_or(Ok(3000), |port| port.parse())?;
    let (layer, io) = SocketIo::new_layer();
    let lines = Lines::default();
    io.ns("/", move |socket: SocketRef| {
        come(&socket, &lines);
        std::future::ready(())
    });
    let app = Router::new().route("/readyz", get(|| async {})).layer(layer);
    let listener = TcpListener::bind((host, port)).await.context("listening")?;
    Ok(axum::serve(listener, app).await?)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn come(socket: &SocketRef, lines: &Lines) {
    let lines = Arc::clone(lines);
    socket.on(Join::NAME, join);
    socket.on(MoveCursor::NAME, step);
    socket.on(Say::NAME, move |socket, say, ack| say_to_all(socket, say, ack, lines));
}

async fn join(socket: SocketRef, Data(join): Data<Join>, ack: AckSender) {
    socket.join(join.room.to_string());
    ack.send(&json!({ "room": join.room })).ok();
}

async fn step(socket: SocketRef, Data(step): Data<MoveCursor>) {
    let moved = json!({ "room": step.room, "peer": socket.id, "x": step.x, "y": step.y });
    tell(&socket, step.room.as_str(), CursorMoved::NAME, &moved).await;
}

async fn say_to_all(socket: SocketRef, Data(say): Data<Say>, ack: AckSender, lines: Lines) {
    let seq = {
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        let last = lines.entry(say.room.clone()).or_default();
        *last += 1;
        *last
    };
    let line = json!({ "room": say.room, "id": say.id, "text": say.text, "seq": seq });
    ack.send(&json!({ "seq": seq, "at": 0 })).ok();
    // Who says a line hears it too.
    socket.emit(ChatMessage::NAME, &line).ok();
    tell(&socket, say.room.as_str(), ChatMessage::NAME, &line).await;
}

/// Tells all others in a room. Who cannot be told, as their queue is full, is not.
async fn tell(socket: &SocketRef, room: &str, name: &'static str, event: &Value) {
    socket.to(room.to_owned()).emit(name, event).await.ok();
}
