//! One joined room, as a page holds it: what it knows, what it can do, and the one way in for news.
//!
//! A room page calls [`Session::provide`] once; views below take it with [`expect_session`] and read its signals. It holds
//! the features' models together and knows nothing of sockets or pixels: wishes go out through a [`SharedLink`], news come
//! in through [`Session::apply`]. On the server there is no link, so a session stays in [`Connection::Connecting`] there.

mod actions;
mod connection;
mod hearing;
mod life;
#[cfg(test)]
mod tests;

pub use connection::Connection;

use crate::{
    chat,
    cursor::{pointer::Pointer, sky::Sky},
    identity::model::Renaming,
    link::{SharedLink, Wish},
    presence, tape,
};
use leptos::prelude::*;
use protocol::{
    PeerId, RoomId,
    auth::Identity,
    chat::ChatMessage,
    room::{Join, Resume},
};

/// One joined room. A handful of handles: copying it is free, and all copies are the same session. It ends with the page
/// component that provided it.
#[derive(Clone, Copy)]
pub struct Session {
    /// How it stands with the connection, as the person sees it.
    pub status: RwSignal<Connection>,
    /// Who I am. After a join: as the others see me.
    pub me: RwSignal<Identity>,
    /// This connection; `None` before the first join.
    pub peer: RwSignal<Option<PeerId>>,
    /// Who is here.
    pub people: RwSignal<presence::model::Model>,
    /// What was said here.
    pub chat: RwSignal<chat::model::Model>,
    /// How the system is doing.
    pub tape: RwSignal<tape::model::Model>,
    /// How it stands with a change of my name or colour.
    pub renaming: RwSignal<Renaming>,
    /// The others' cursors. No signal: they change with every frame, and only the canvas reads them.
    pub sky: StoredValue<Sky>,
    pointer: StoredValue<Pointer>,
    room: StoredValue<RoomId>,
    link: StoredValue<Option<SharedLink>>,
    /// When to ask for the room again after it was refused with a time to wait, in milliseconds of the page's clock.
    join_again: StoredValue<Option<f64>>,
    /// The newest time that anything told, in milliseconds of the page's clock: at most a frame old.
    now: StoredValue<f64>,
}

/// The session of the room page this is called under.
#[must_use]
pub fn expect_session() -> Session {
    expect_context()
}

impl Session {
    /// A session that says nothing yet. `first_chat` is what the server painted, oldest first.
    #[must_use]
    pub fn new(room: RoomId, first_chat: Vec<ChatMessage>, identity: Identity) -> Self {
        let user = || identity.user_id.clone();
        Self {
            status: RwSignal::new(Connection::Connecting),
            peer: RwSignal::new(None),
            people: RwSignal::new(presence::model::Model::new(user())),
            chat: RwSignal::new(chat::model::Model::new(user(), first_chat)),
            tape: RwSignal::new(tape::model::Model::default()),
            renaming: RwSignal::new(Renaming::Idle),
            sky: StoredValue::new(Sky::default()),
            pointer: StoredValue::new(Pointer::default()),
            room: StoredValue::new(room),
            link: StoredValue::new(use_context::<SharedLink>()),
            join_again: StoredValue::new(None),
            now: StoredValue::new(0.0),
            me: RwSignal::new(identity),
        }
    }

    /// Which room this is.
    #[must_use]
    pub fn room(&self) -> RoomId {
        self.room.get_value()
    }

    /// Asks for the room, with where we stand.
    fn join(&self) {
        self.join_again.set_value(None);
        let chat = self.chat.with_untracked(chat::model::Model::position);
        self.chat.update(chat::model::Model::join_asked);
        self.wish(Wish::Join(Join {
            room: self.room(),
            resume: chat.map(|position| Resume { chat: Some(position) }),
            batch: true,
        }));
    }

    /// Passes a wish on, where there is somebody to pass it to.
    fn wish(&self, wish: Wish) {
        if let Some(link) = self.link.get_value() {
            let now = self.now.get_value();
            self.tape.update_untracked(|tape| tape.sent(now));
            link.send(wish);
        }
    }
}
