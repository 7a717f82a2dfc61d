//! What a page may wish of the browser edge, and what it hears back. The edge itself is the crate `frontend`.

use protocol::{
    MessageId, Refusal, RoomId, ServerEvent,
    access::{AccessChanged, ChangeAccess},
    chat::{ChatPage, ReadChat, Said, Say},
    cursor::MoveCursor,
    document::{EditDocument, Edited, MoveCaret},
    note::{ChangeNote, Noted},
    room::{Join, Welcome},
    tape::{ReadTape, TapeReading},
    typing::Type,
};
use std::{sync::Arc, time::Duration};

/// The way from a page to the server. The browser edge provides it as context; on the server there is none, so that a
/// page renders there in the state [`Status::Connecting`].
pub trait Link: Send + Sync {
    /// Passes a wish on. It never waits; what comes of it is heard as [`News`].
    fn send(&self, wish: Wish);

    /// Registers who hears the news from now on, in place of whoever did before.
    fn listen(&self, listener: Arc<dyn Fn(News) + Send + Sync>);
}

/// A link as context holds it.
pub type SharedLink = Arc<dyn Link>;

/// What a page wishes.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Be in a room. Said once; after a reconnect the session says it again, with where it stands.
    Join(Join),
    /// Be in it no longer.
    Leave(RoomId),
    /// Say something. Kept while offline and sent again until it is answered.
    Say(Say),
    /// Read older chat.
    ReadChat(ReadChat),
    /// Say that one is typing, or is no longer. Dropped while there is no connection.
    Type(Type),
    /// Change the document. Sent once: after a lost connection the session says anew what is still to be done.
    EditDocument(EditDocument),
    /// Have one's caret shown. Dropped while there is no connection.
    MoveCaret(MoveCaret),
    /// Change a note. Kept while offline and sent again until it is answered.
    ChangeNote(ChangeNote),
    /// Change who may come in. Sent once: what came of it, a join tells too.
    ChangeAccess(ChangeAccess),
    /// Move one's cursor. Only the newest counts, and it is dropped while the socket is congested.
    MoveCursor(MoveCursor),
    /// Measure the round trip.
    ReadTape(ReadTape),
    /// Take a new token and connect with it, since the person changed name or colour.
    Reconnect,
}

/// What a page hears.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// The connection changed its state.
    Status(Status),
    /// The answer to [`Wish::Join`].
    Joined(Result<Box<Welcome>, Refusal>),
    /// The answer to [`Wish::Say`], for the message with this id.
    Said(MessageId, Result<Said, Refusal>),
    /// The answer to [`Wish::ReadChat`].
    ChatRead(Result<ChatPage, Refusal>),
    /// The answer to [`Wish::EditDocument`], for the edit with this id.
    Edited(MessageId, Result<Edited, Refusal>),
    /// The answer to [`Wish::ChangeNote`], for the change with this id.
    Noted(MessageId, Result<Noted, Refusal>),
    /// The answer to [`Wish::ChangeAccess`].
    AccessChanged(Result<AccessChanged, Refusal>),
    /// The answer to [`Wish::ReadTape`] and how long it took.
    TapeRead(TapeReading, Duration),
    /// Something happened in the room.
    Event(ServerEvent),
}

/// How it stands with the connection.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// The first attempt is under way.
    Connecting,
    /// Connected, so that a room can be joined.
    Open,
    /// The connection was lost, or refused for now; the next attempt begins after this time.
    Reconnecting {
        /// Which attempt it will be, from 1.
        attempt: u32,
        /// From now.
        after: Duration,
        /// Why, where the server has said so.
        why: Option<Refusal>,
    },
    /// The server said no, and trying again unasked will not help.
    Refused(Refusal),
}
