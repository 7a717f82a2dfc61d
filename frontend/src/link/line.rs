//! What a link remembers: the socket while there is one, the room it is for, who listens.
//!
//! The locks are never held while anybody is called: the page has one thread, and the one who is called may send.

use app::link::News;
use protocol::{Refusal, RoomId, cursor::MoveCursor};
use socketio::Client;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Listener = Arc<dyn Fn(News) + Send + Sync>;

/// The state of a link.
#[derive(Default)]
pub(super) struct Line(Mutex<Held>);

#[derive(Default)]
struct Held {
    client: Option<Client>,
    room: Option<RoomId>,
    listener: Option<Listener>,
    /// My newest cursor, where it could not leave at once.
    cursor: Option<MoveCursor>,
    /// Whether a token was refused as expired and a fresh one is being tried: that is done once and not in a circle.
    renewed: bool,
    /// Why the server is about to end the connection.
    ended: Option<Refusal>,
}

impl Line {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whoever listens.
    pub(super) fn tell(&self, news: News) {
        let listener = self.held().listener.clone();
        if let Some(listener) = listener {
            listener(news);
        }
    }

    /// From now on this one listens.
    pub(super) fn listen(&self, listener: Listener) {
        self.held().listener = Some(listener);
    }

    /// The socket, if there is one.
    pub(super) fn client(&self) -> Option<Client> {
        self.held().client.clone()
    }

    /// Remembers which room the socket is for; returns the one it was for before, if that was another.
    pub(super) fn enter(&self, room: &RoomId) -> Option<RoomId> {
        self.held().room.replace(room.clone()).filter(|before| before != room)
    }

    /// Takes the socket into use.
    pub(super) fn open(&self, client: Client) {
        self.held().client = Some(client);
    }

    /// Gives the socket back, to be closed, if it still is for this room and not for one that was entered since.
    pub(super) fn quit(&self, room: &RoomId) -> Option<Client> {
        let mut held = self.held();
        if held.room.as_ref() != Some(room) {
            return None;
        }
        held.room = None;
        held.cursor = None;
        held.client.take()
    }

    /// Keeps a cursor that could not leave, in place of an older one.
    pub(super) fn keep_cursor(&self, cursor: Option<MoveCursor>) {
        self.held().cursor = cursor;
    }

    /// The cursor that could not leave.
    pub(super) fn kept_cursor(&self) -> Option<MoveCursor> {
        self.held().cursor.take()
    }

    /// Whether a refused token may be tried once more with a fresh one.
    pub(super) fn may_renew(&self) -> bool {
        !std::mem::replace(&mut self.held().renewed, true)
    }

    /// The server is about to end the connection.
    pub(super) fn end(&self, why: Refusal) {
        self.held().ended = Some(why);
    }

    /// Why it did, if it said so.
    pub(super) fn why_ended(&self) -> Option<Refusal> {
        self.held().ended.take()
    }

    /// A token was taken.
    pub(super) fn token_taken(&self) {
        self.held().renewed = false;
    }
}
