//! One joined room, as a page holds it: what it knows, what it can do, and the one way in for news.
//!
//! A room page calls [`Session::provide`] once; views below take it with [`expect_session`] and read its signals. It holds
//! the features' models together and knows nothing of sockets or pixels: wishes go out through a [`SharedLink`], news come
//! in through [`Session::apply`]. On the server there is no link, so a session stays in [`Connection::Connecting`] there.

mod access;
mod actions;
mod connection;
mod hearing;
mod life;
#[cfg(test)]
mod tests;
mod unsent;

pub use connection::Connection;

use crate::{
    access::model::Asking,
    chat,
    cursor::{pointer::Pointer, sky::Sky},
    document,
    identity::model::Renaming,
    link::{SharedLink, Wish},
    note, notification, presence, tape, typing,
};
use leptos::prelude::*;
use protocol::{
    Access, InviteId, MessageId, PeerId, Refusal, RoomId,
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
    /// What I may do here, and who else.
    pub access: RwSignal<Access>,
    /// How it stands with a change of that.
    pub asking: RwSignal<Asking>,
    /// Who is here.
    pub people: RwSignal<presence::model::Model>,
    /// What was said here.
    pub chat: RwSignal<chat::model::Model>,
    /// The text that everybody edits.
    pub document: RwSignal<document::model::Model>,
    /// What sticks on the canvas.
    pub note: RwSignal<note::model::Model>,
    /// Own changes of notes that were refused and taken back, oldest first, until the person has decided about each.
    pub refused: RwSignal<Vec<note::model::Refused>>,
    /// What of mine the server takes later, it says, and why.
    held_up: RwSignal<Vec<(MessageId, Refusal)>>,
    /// What others have to say to me, wherever I am.
    pub notification: RwSignal<notification::model::Model>,
    /// Who is typing.
    pub typing: RwSignal<typing::model::Model>,
    /// How the system is doing.
    pub tape: RwSignal<tape::model::Model>,
    /// How it stands with a change of my name or colour.
    pub renaming: RwSignal<Renaming>,
    /// The others' cursors. No signal: they change with every frame, and only the canvas reads them.
    pub sky: StoredValue<Sky>,
    pointer: StoredValue<Pointer>,
    hand: StoredValue<typing::model::Hand>,
    room: StoredValue<RoomId>,
    /// The invitation that I came with, until it has been taken.
    invite: StoredValue<Option<InviteId>>,
    /// Where ids of what I do to the document come from: the browser's dice, which tests do not have.
    dice: StoredValue<fn() -> Option<MessageId>>,
    link: StoredValue<Option<SharedLink>>,
    /// When to ask for the room again after it was refused with a time to wait, in milliseconds of the page's clock.
    join_again: StoredValue<Option<f64>>,
    /// When to send the edit that is under way once more, after it was refused with a time to wait; likewise.
    edit_again: StoredValue<Option<f64>>,
    /// When to send which own messages and changes of notes once more, after they were refused with a time to wait; likewise.
    send_again: StoredValue<Vec<(f64, MessageId)>>,
    /// The newest time that anything told, in milliseconds of the page's clock: at most a frame old.
    now: StoredValue<f64>,
}

/// The session of the room page this is called under.
#[must_use]
pub fn expect_session() -> Session {
    expect_context()
}

impl Session {
    /// A session that says nothing yet. `first_chat` is what the server painted, oldest first; `access` as it told it then.
    #[must_use]
    pub fn new(room: RoomId, first_chat: Vec<ChatMessage>, identity: Identity, access: Access) -> Self {
        let user = || identity.user_id.clone();
        Self {
            status: RwSignal::new(Connection::Connecting),
            peer: RwSignal::new(None),
            access: RwSignal::new(access),
            asking: RwSignal::new(Asking::Idle),
            people: RwSignal::new(presence::model::Model::new(user())),
            chat: RwSignal::new(chat::model::Model::new(user(), first_chat)),
            document: RwSignal::new(document::model::Model::new(user())),
            note: RwSignal::new(note::model::Model::new(user())),
            refused: RwSignal::new(Vec::new()),
            held_up: RwSignal::new(Vec::new()),
            notification: RwSignal::new(notification::model::Model::default()),
            typing: RwSignal::new(typing::model::Model::default()),
            tape: RwSignal::new(tape::model::Model::default()),
            renaming: RwSignal::new(Renaming::Idle),
            sky: StoredValue::new(Sky::default()),
            pointer: StoredValue::new(Pointer::default()),
            hand: StoredValue::new(typing::model::Hand::default()),
            room: StoredValue::new(room),
            invite: StoredValue::new(None),
            dice: StoredValue::new(chat::id::fresh),
            link: StoredValue::new(use_context::<SharedLink>()),
            join_again: StoredValue::new(None),
            edit_again: StoredValue::new(None),
            send_again: StoredValue::new(Vec::new()),
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
        let resume = Resume {
            chat: self.chat.with_untracked(chat::model::Model::position),
            document: self.document.with_untracked(document::model::Model::position),
            note: self.note.with_untracked(note::model::Model::position),
        };
        self.chat.update(chat::model::Model::join_asked);
        self.document.update_untracked(document::model::Model::join_asked);
        self.note.update_untracked(note::model::Model::join_asked);
        let resumes = resume != Resume::default();
        self.tape
            .update_untracked(|tape| tape.join_asked(resumes, self.now.get_value()));
        self.wish(Wish::Join(Join {
            room: self.room(),
            resume: resumes.then_some(resume),
            batch: true,
            invite: self.invite.get_value(),
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
