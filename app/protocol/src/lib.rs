//! Everything that crosses Orrery's wire, and nothing else: events, ids, limits and refusals.
//!
//! Server and browser compile these same types, so that a payload cannot mean two things. The crate knows serde and does
//! no I/O, has no clock and no randomness. It does not know rooms, sockets or pages.
//!
//! Wire names are in each type's [`Event::NAME`]; JSON fields are camelCase; unknown fields are ignored. Every feature has
//! one file, named by the word it has in all layers. The JSON of each payload is fixed by the files in `fixtures/`.

pub mod access;
pub mod auth;
pub mod chat;
pub mod color;
pub mod cursor;
pub mod document;
pub mod drain;
pub mod event;
pub mod health;
pub mod id;
pub mod limits;
pub mod name;
pub mod note;
pub mod notification;
pub mod position;
pub mod presence;
pub mod refusal;
pub mod room;
pub mod tape;
mod text;
pub mod time;
pub mod typing;

pub use access::{Access, Role};
pub use color::Hue;
pub use event::{Answer, Event, Request, ServerEvent};
pub use id::{InviteId, MessageId, NoteId, PeerId, RoomId, UserId};
pub use name::Name;
pub use position::{Epoch, Position, Replay, Seq};
pub use refusal::{Code, Refusal};
pub use time::Millis;

/// The version of this protocol. A client may name the one it speaks at CONNECT; another major version is refused with
/// [`Code::UnsupportedVersion`], so that a page from before a deploy reloads instead of misreading.
pub const VERSION: u32 = 1;

/// Path of the Socket.IO endpoint, the one that every client takes by default.
pub const SOCKET_PATH: &str = "/socket.io/";
