//! The pages, one file each, and what each is made from.
//!
//! Every page is a document of its own and every link an ordinary one: a page that is left is gone, with its socket, and
//! what stays the same is in the browser's cache. A router in WASM would weigh more than all pages together.

pub mod about;
pub mod lobby;
pub mod missing;
pub mod room;

use crate::drawn::{Draw, Drawn};
use protocol::{Access, Role, RoomId, auth::Identity, chat::ChatMessage, health::LiveRoom};
use serde::{Deserialize, Serialize};

/// A page as the server answers with it.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// One that wakes in the browser.
    Live(Live),
    /// How it works; to be read and no more.
    About,
    /// What is shown where there is nothing, with the reason as a sentence.
    Missing(String),
    /// What is shown of a private room to whom nobody has given a role in it.
    Denied {
        /// Which.
        room: RoomId,
        /// Who looks at it.
        identity: Identity,
        /// Whether they came by an invitation, which then does not hold.
        invited: bool,
    },
    /// What is shown of a room to somebody who is not signed in, where that is asked for.
    Closed,
}

/// A page that wakes in the browser, with all that its first paint is made from. It travels inside the document, so that
/// both sides paint the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Live {
    /// The lobby.
    Lobby {
        /// The rooms in which somebody is, those with most people first.
        rooms: Vec<LiveRoom>,
    },
    /// A room.
    Room {
        /// Which.
        room: RoomId,
        /// Who looks at it.
        identity: Identity,
        /// What was said last, oldest first.
        chat: Vec<ChatMessage>,
        /// Whether it is for some only.
        private: bool,
        /// What they may do there.
        role: Role,
    },
}

impl Page {
    /// What the browser's tab says.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Live(Live::Lobby { .. }) => "Orrery".to_owned(),
            Self::Live(Live::Room { room, .. }) => format!("{room} · Orrery"),
            Self::About => "How it works · Orrery".to_owned(),
            Self::Missing(_) => "Not found · Orrery".to_owned(),
            Self::Denied { .. } => "Private · Orrery".to_owned(),
            Self::Closed => "Not signed in · Orrery".to_owned(),
        }
    }

    /// What stands in the body, on the server.
    pub fn view(self) -> Drawn {
        match self {
            Self::Live(live) => live.view(),
            Self::About => about::about().drawn(),
            Self::Missing(why) => missing::missing("Nothing in this part of the sky", why).drawn(),
            Self::Denied {
                room,
                identity,
                invited,
            } => {
                let first = if invited {
                    "The link that you followed has ended, or there never was one.".to_owned()
                } else {
                    format!(
                        "{room} is for those who were invited, and {} is not among them.",
                        identity.name
                    )
                };
                let why = first + " Ask one of its owners for an invitation.";
                missing::missing("This room is private", why).drawn()
            }
            Self::Closed => {
                let why =
                    "Rooms here are for people who are signed in. Come by the way that your own application shows you.";
                missing::missing("You are not signed in", why.to_owned()).drawn()
            }
        }
    }
}

impl Live {
    /// What stands in the body, on the server and in the browser.
    pub fn view(self) -> Drawn {
        match self {
            Self::Lobby { rooms } => lobby::lobby(rooms),
            Self::Room {
                room,
                identity,
                chat,
                private,
                role,
            } => {
                let access = Access {
                    private,
                    role,
                    ..Access::default()
                };
                room::room(room, identity, chat, access)
            }
        }
    }
}
