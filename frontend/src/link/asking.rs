//! Wishes going up: which of the socket's three ways each takes, and what is told when no answer comes.

use super::{auth, cursor, hearing, line::Line};
use crate::complaint;
use app::{
    clock,
    link::{News, Status, Wish},
};
use leptos::task::spawn_local;
use protocol::{
    Code, Event, Refusal, Request, RoomId, SOCKET_PATH,
    chat::{ReadChat, Say},
    room::{Join, Leave},
    tape::ReadTape,
};
use serde::Deserialize;
use socketio::{Client, Config, Delivery, Payload, RequestError};
use std::{sync::Arc, time::Duration};

/// Milliseconds after which a page should try again what the server did not answer.
const TRY_AGAIN: u64 = 2000;

/// Passes a wish on. Without a socket only a join means anything.
pub(super) fn send(line: &Arc<Line>, wish: Wish) {
    match (wish, line.client()) {
        (Wish::Join(join), client) => enter(line, client, join),
        (Wish::Leave(room), _) => quit(line, &room),
        (Wish::Say(say), Some(client)) => spawn_local(said(Arc::clone(line), client, say)),
        (Wish::ReadChat(read), Some(client)) => spawn_local(read_chat(Arc::clone(line), client, read)),
        (Wish::MoveCursor(moved), Some(client)) => cursor::place(line, &client, moved),
        (Wish::ReadTape(read), Some(client)) => spawn_local(read_tape(Arc::clone(line), client, read)),
        (Wish::Reconnect, Some(client)) => client.reconnect(),
        (_, None) => {}
    }
}

/// Joins, over a socket that is opened where there is none. One that is not connected yet says so when it is, and then the
/// session asks again.
fn enter(line: &Arc<Line>, client: Option<Client>, join: Join) {
    let before = line.enter(&join.room);
    match client {
        None => open(line),
        Some(client) if client.is_connected() => {
            if let Some(room) = before {
                // If it cannot be sent, the connection is gone and the room left with it.
                let _ = client.emit(Leave::NAME, &Leave { room });
            }
            spawn_local(joined(Arc::clone(line), client, join));
        }
        Some(_) => {}
    }
}

/// Opens a socket to where the page came from.
fn open(line: &Arc<Line>) {
    let Ok(origin) = leptos::prelude::window().location().origin() else {
        return;
    };
    let mut config = Config::new(origin + SOCKET_PATH);
    config.hold_kept = true;
    let heard = Arc::downgrade(line);
    let client = socketio::connect(config, auth::payload, move |event| {
        if let Some(line) = heard.upgrade() {
            hearing::hear(&line, event);
        }
    });
    line.open(client);
    line.tell(News::Status(Status::Connecting));
}

fn quit(line: &Line, room: &RoomId) {
    if let Some(client) = line.quit(room) {
        client.close();
    }
}

/// Joins, and lets what was said meanwhile go behind it.
async fn joined(line: Arc<Line>, client: Client, join: Join) {
    if let Some(answer) = ask(&client, &join, Delivery::Once).await {
        if answer.is_ok() {
            client.release();
        }
        line.tell(News::Joined(answer.map(Box::new)));
    }
}

async fn said(line: Arc<Line>, client: Client, say: Say) {
    if let (Some(answer), Some(id)) = (ask(&client, &say, Delivery::Kept).await, say.id) {
        line.tell(News::Said(id, answer));
    }
}

async fn read_chat(line: Arc<Line>, client: Client, read: ReadChat) {
    if let Some(answer) = ask(&client, &read, Delivery::Once).await {
        line.tell(News::ChatRead(answer));
    }
}

async fn read_tape(line: Arc<Line>, client: Client, read: ReadTape) {
    let asked = clock::now();
    if let Some(Ok(reading)) = ask(&client, &read, Delivery::Once).await {
        let took = Duration::from_secs_f64((clock::now() - asked).max(0.0) / 1000.0);
        line.tell(News::TapeRead(reading, took));
    }
}

/// Asks, and reads the answer. `None` where the connection went: who asked hears of that by itself.
async fn ask<R: Request>(client: &Client, request: &R, delivery: Delivery) -> Option<Result<R::Reply, Refusal>> {
    let answer = answered(client.request(R::NAME, request, delivery)).await?;
    Some(answer.and_then(|payload| payload.parse().map_err(|_| unreadable(R::NAME))))
}

/// The answer of a server that granted what was asked.
///
/// Not read as a [`protocol::Answer`]: an untagged enum keeps the whole answer in memory as a tree, and the code for that
/// would be a tenth of what a visitor has to load.
async fn answered(asked: socketio::Request) -> Option<Result<Payload, Refusal>> {
    let unanswered = |why: &str| Some(Err(Refusal::new(Code::Busy, why).retry_after(TRY_AGAIN)));
    match asked.await {
        Ok(payload) => Some(match payload.parse::<RefusedAnswer>() {
            Ok(refused) => Err(refused.error),
            Err(_) => Ok(payload),
        }),
        Err(RequestError::Timeout) => unanswered("The server did not answer in time."),
        Err(RequestError::QueueFull) => unanswered("Too much waits to be sent already."),
        Err(RequestError::Disconnected | RequestError::Closed) => None,
        Err(RequestError::Encode(why)) => Some(Err(Refusal::new(Code::Malformed, why))),
    }
}

/// A refused answer: the only shape that has an `error`.
#[derive(Deserialize)]
struct RefusedAnswer {
    error: Refusal,
}

fn unreadable(name: &str) -> Refusal {
    complaint::unreadable(name);
    Refusal::new(
        Code::Malformed,
        "The server’s answer could not be read. Load the page again.",
    )
}
