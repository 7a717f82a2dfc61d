//! Ids that cannot be wrong: each is checked where it enters, so that no later code has to.

use crate::{
    limits::{MESSAGE_ID, NOTE_ID, ROOM_ID, USER_ID},
    text::Text,
};
use serde::{Deserialize, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Why a string is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    /// Not a [`RoomId`].
    #[error("a room is called by 1 to {ROOM_ID} letters a-z, digits and . _ -, beginning with a letter or digit")]
    Room,
    /// Not a [`UserId`].
    #[error("a user id has 1 to {USER_ID} visible ASCII characters and no spaces")]
    User,
    /// Not a [`MessageId`].
    #[error("a message id has 1 to {MESSAGE_ID} visible ASCII characters and no spaces")]
    Message,
    /// Not an [`InviteId`].
    #[error("an invitation's id has 22 letters, digits, - and _")]
    Invite,
    /// Not a [`NoteId`].
    #[error("a note id has 1 to {NOTE_ID} visible ASCII characters and no spaces")]
    Note,
}

/// Makes a string newtype whose only way in is a check.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $error:expr, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Text);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.into())) } else { Err($error) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;

            fn try_from(text: String) -> Result<Self, BadId> {
                text.parse()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

id! {
    /// A room: 1 to 64 of `A-Z a-z 0-9 . _ -`, the first a letter or digit. Safe in a URL path and as part of a key.
    RoomId, BadId::Room, |text| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        text.len() <= ROOM_ID && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric()) && text.bytes().all(inner)
    }
}

id! {
    /// A person: 1 to 128 visible ASCII characters, as identity providers put them into `sub`.
    UserId, BadId::User, |text| visible(text, USER_ID)
}

id! {
    /// An entry of a log, a chat message for one, named by the client that sends it: 1 to 64 visible ASCII characters.
    MessageId, BadId::Message, |text| visible(text, MESSAGE_ID)
}

id! {
    /// A note, named by the client that makes it: 1 to 64 visible ASCII characters, no other note's in its room.
    NoteId, BadId::Note, |text| visible(text, NOTE_ID)
}

id! {
    /// An invitation, named by the server: 128 random bits in base64url, 22 characters. A secret.
    InviteId, BadId::Invite, |text| {
        text.len() == 22 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    }
}

fn visible(text: &str, most: usize) -> bool {
    !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl RoomId {
    /// Turns what a person typed into an id: lower case, runs of anything else to one `-`. `None` when nothing is left.
    #[must_use]
    pub fn slug(typed: &str) -> Option<Self> {
        let mut slug = String::new();
        for char in typed.chars().flat_map(char::to_lowercase) {
            if char.is_ascii_alphanumeric() {
                slug.push(char);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(ROOM_ID);
        slug.trim_end_matches('-').parse().ok()
    }
}

/// One connection of a person, unique among all connected at the same time. A number, because it stands in every frame of
/// cursors. Each process counts up from a random start, so that replicas do not collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PeerId(pub u32);

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rooms_are_url_safe() {
        for good in ["observatory", "a", "Room_1.b-2", &"x".repeat(64)] {
            assert!(good.parse::<RoomId>().is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "-a", "a b", "a/b", "ä", "a\n", &"x".repeat(65)] {
            assert_eq!(bad.parse::<RoomId>(), Err(BadId::Room), "{bad:?}");
        }
    }

    #[test]
    fn users_may_come_from_any_identity_provider() {
        for good in ["auth0|5f7c", "ann@example.org", "c0ffee"] {
            assert!(good.parse::<UserId>().is_ok(), "{good}");
        }
        for bad in ["", "two words", "tab\t", "nul\0", "ü"] {
            assert_eq!(bad.parse::<UserId>(), Err(BadId::User), "{bad:?}");
        }
    }

    #[test]
    fn a_typed_name_becomes_a_slug() {
        assert_eq!(RoomId::slug("  Design Review #4 ").unwrap().as_str(), "design-review-4");
        assert_eq!(RoomId::slug("***"), None);
    }

    proptest! {
        #[test]
        fn a_slug_is_always_a_room(typed in "\\PC{0,200}") {
            if let Some(room) = RoomId::slug(&typed) {
                prop_assert_eq!(room.as_str().parse::<RoomId>(), Ok(room));
            }
        }

        #[test]
        fn json_lets_in_exactly_what_parse_does(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<UserId>(&json).ok(), text.parse().ok());
            prop_assert_eq!(serde_json::from_str::<RoomId>(&json).ok(), text.parse().ok());
        }
    }
}
