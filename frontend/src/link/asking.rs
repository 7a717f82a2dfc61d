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
    access::ChangeAccess,
    chat::{ReadChat, Say},
    document::EditDocument,
    note::ChangeNote,
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
        (Wish::Say(say), Some(client)) => said(line, &client, say),
        (Wish::ReadChat(read), Some(client)) => read_chat(line, &client, &read),
        (Wish::Type(typing), Some(client)) => passing(&client, &typing),
        (Wish::EditDocument(edit), Some(client)) => edited(line, &client, edit),
        (Wish::MoveCaret(caret), Some(client)) => passing(&client, &caret),
        (Wish::ChangeNote(change), Some(client)) => noted(line, &client, change),
        (Wish::ChangeAccess(change), Some(client)) => change_access(line, &client, &change),
        (Wish::MoveCursor(moved), Some(client)) => cursor::place(line, &client, moved),
        (Wish::ReadTape(read), Some(client)) => read_tape(line, &client, &read),
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
            joined(line, client, &join);
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
fn joined(line: &Arc<Line>, client: Client, join: &Join) {
    let asked = client.request(Join::NAME, join, Delivery::Once);
    hear(line, asked, move |answer| {
        let answer = read::<Join>(answer);
        if answer.is_ok() {
            client.release();
        }
        Some(News::Joined(answer.map(Box::new)))
    });
}

fn said(line: &Arc<Line>, client: &Client, say: Say) {
    let asked = client.request(Say::NAME, &say, Delivery::Kept);
    hear(line, asked, |answer| Some(News::Said(say.id?, read::<Say>(answer))));
}

/// Sent once: what was not answered before the connection went is said anew by the session, against what is there then.
fn edited(line: &Arc<Line>, client: &Client, edit: EditDocument) {
    let asked = client.request(EditDocument::NAME, &edit, Delivery::Once);
    hear(line, asked, |answer| {
        Some(News::Edited(edit.id?, read::<EditDocument>(answer)))
    });
}

fn noted(line: &Arc<Line>, client: &Client, change: ChangeNote) {
    let asked = client.request(ChangeNote::NAME, &change, Delivery::Kept);
    hear(line, asked, |answer| {
        Some(News::Noted(change.id?, read::<ChangeNote>(answer)))
    });
}

fn change_access(line: &Arc<Line>, client: &Client, change: &ChangeAccess) {
    let asked = client.request(ChangeAccess::NAME, change, Delivery::Once);
    hear(line, asked, |answer| {
        Some(News::AccessChanged(read::<ChangeAccess>(answer)))
    });
}

/// Sends what is true for a moment only. Without a connection it means nothing, and the session says it again after a join.
fn passing<E: Event>(client: &Client, event: &E) {
    client.emit(E::NAME, event).ok();
}

fn read_chat(line: &Arc<Line>, client: &Client, older: &ReadChat) {
    let asked = client.request(ReadChat::NAME, older, Delivery::Once);
    hear(line, asked, |answer| Some(News::ChatRead(read::<ReadChat>(answer))));
}

fn read_tape(line: &Arc<Line>, client: &Client, tape: &ReadTape) {
    let began = clock::now();
    let asked = client.request(ReadTape::NAME, tape, Delivery::Once);
    hear(line, asked, move |answer| {
        let took = Duration::from_secs_f64((clock::now() - began).max(0.0) / 1000.0);
        Some(News::TapeRead(read::<ReadTape>(answer).ok()?, took))
    });
}

/// What an answer is to the page; `None` where it means nothing there.
type Meaning = Box<dyn FnOnce(Result<Payload, Refusal>) -> Option<News>>;

/// Waits for the answer and tells what it means. Where the connection went nothing is told: who asked hears of that by
/// itself. One future for all requests: each of its own would weigh as much again.
fn hear(
    line: &Arc<Line>,
    asked: socketio::Request,
    meaning: impl FnOnce(Result<Payload, Refusal>) -> Option<News> + 'static,
) {
    let (line, meaning): (_, Meaning) = (Arc::clone(line), Box::new(meaning));
    spawn_local(async move {
        if let Some(news) = answered(asked).await.and_then(meaning) {
            line.tell(news);
        }
    });
}

/// Reads a granted answer.
fn read<R: Request>(answer: Result<Payload, Refusal>) -> Result<R::Reply, Refusal> {
    answer.and_then(|payload| payload.parse().map_err(|_| unreadable(R::NAME)))
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
