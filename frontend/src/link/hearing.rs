//! What the socket tells, as news for the page.

use super::{auth, cursor, line::Line};
use crate::complaint;
use app::link::{News, Status};
use leptos::prelude::set_timeout;
use protocol::{Code, Refusal, ServerEvent};
use socketio::{Client, Event, Payload, Reason};
use std::time::Duration;

/// How long to wait where a server refuses everybody for a while: 2 s, and up to 4 s more by chance, so that not all come
/// back at once.
const BREATHER: (f64, f64) = (2.0, 4.0);

/// One thing that the socket tells.
pub(super) fn hear(line: &Line, event: Event) {
    // What is still under way when a room is left is about nobody any more.
    let Some(client) = line.client() else { return };
    match event {
        Event::Connected { .. } => {
            line.token_taken();
            line.tell(News::Status(Status::Open));
        }
        Event::Message { name, payload, .. } => {
            cursor::send_kept(line, &client);
            told(line, &client, &name, &payload);
        }
        Event::Refused { message, .. } => refused(line, client, Refusal::from_connect_error(&message)),
        Event::Disconnected { reason } => parted(line, client, &reason),
        Event::Reconnecting { attempt, after, .. } => {
            let why = None;
            line.tell(News::Status(Status::Reconnecting { attempt, after, why }));
        }
    }
}

/// An event of the protocol. One of a name that this version does not know is no mistake.
fn told(line: &Line, client: &Client, name: &str, payload: &Payload) {
    match ServerEvent::decode(name, payload.get()) {
        Some(Ok(event)) => {
            match event {
                ServerEvent::Expiring(_) => return auth::renew(client.clone()),
                ServerEvent::Ended(ended) => return line.end(ended.error),
                ServerEvent::Draining(farewell) => {
                    client.retry_after(Duration::from_millis(farewell.retry_after_ms));
                }
                _ => {}
            }
            line.tell(News::Event(event));
        }
        Some(Err(_)) => complaint::unreadable(name),
        None => {}
    }
}

/// CONNECT was refused. An expired token is replaced once; a server that has no room for now is asked again; anything else
/// is the person's to decide.
fn refused(line: &Line, client: Client, refusal: Refusal) {
    match refusal.code {
        Code::TokenExpired if line.may_renew() => {
            line.tell(News::Status(Status::Connecting));
            client.reconnect();
        }
        Code::Busy | Code::Draining | Code::ServerFull | Code::StoreUnavailable => {
            let after = Duration::from_secs_f64(BREATHER.0 + js_sys::Math::random() * BREATHER.1);
            let (attempt, why) = (1, Some(refusal));
            line.tell(News::Status(Status::Reconnecting { attempt, after, why }));
            set_timeout(move || client.reconnect(), after);
        }
        _ => line.tell(News::Status(Status::Refused(refusal))),
    }
}

/// The connection is gone. One that the server has ended is as good as refused. Where the client comes back by itself, it says when right after this.
fn parted(line: &Line, client: Client, reason: &Reason) {
    match reason {
        Reason::Closed => {}
        Reason::ServerDisconnect => {
            let why = line.why_ended();
            let why = why.unwrap_or_else(|| Refusal::new(Code::Unknown, "The server ended the connection."));
            refused(line, client, why);
        }
        _ => line.tell(News::Status(Status::Connecting)),
    }
}
