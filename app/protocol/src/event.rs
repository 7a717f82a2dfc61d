//! What makes a payload an event: its wire name, and for requests the reply. Also the closed list of what a server says.

use crate::{
    Refusal,
    access::AccessTold,
    auth::{Ended, Expiring},
    chat::ChatMessage,
    cursor::{CursorMoved, CursorsMoved},
    document::{CaretMoved, DocumentEdited},
    drain::Draining,
    note::NoteChanged,
    notification::Notification,
    presence::{Presence, PresenceChanged},
    refusal::Refused,
    typing::TypingChanged,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A payload with a wire name.
pub trait Event: Serialize + DeserializeOwned {
    /// The name that stands before the payload in the Socket.IO packet.
    const NAME: &'static str;
}

/// An event that a client sends and that is answered in the ack with an [`Answer`] of `Reply`.
pub trait Request: Event {
    /// What a granted request is answered with.
    type Reply: Serialize + DeserializeOwned;
}

/// What stands in an ack: the reply itself, or `{ error: Refusal }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer<T> {
    /// The request was refused and changed nothing. Stands first, so that an `error` is never read as a reply.
    Refused {
        /// Why, as code and sentence.
        error: Refusal,
    },
    /// The request was granted.
    Granted(T),
}

impl<T> From<Result<T, Refusal>> for Answer<T> {
    fn from(result: Result<T, Refusal>) -> Self {
        match result {
            Ok(reply) => Self::Granted(reply),
            Err(error) => Self::Refused { error },
        }
    }
}

impl<T> From<Answer<T>> for Result<T, Refusal> {
    fn from(answer: Answer<T>) -> Self {
        match answer {
            Answer::Granted(reply) => Ok(reply),
            Answer::Refused { error } => Err(error),
        }
    }
}

/// Lists the events a server sends once, and derives from it the enum, the names and the decoder.
macro_rules! server_events {
    ($($(#[$doc:meta])* $variant:ident($payload:ty),)+) => {
        /// Everything that a server says without having been asked. It serializes as the bare payload.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum ServerEvent {
            $($(#[$doc])* $variant($payload),)+
        }

        impl ServerEvent {
            /// The wire names of all server events.
            pub const NAMES: &'static [&'static str] = &[$(<$payload as Event>::NAME),+];

            /// The wire name of this event.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$payload as Event>::NAME,)+ }
            }

            /// Reads the event called `name` from its JSON. `None` for a name this version does not know, which a client
            /// ignores; an error where the payload has not the shape of its name.
            pub fn decode(name: &str, payload: &str) -> Option<Result<Self, serde_json::Error>> {
                match name {
                    $(<$payload as Event>::NAME => Some(serde_json::from_str(payload).map(Self::$variant)),)+
                    _ => None,
                }
            }
        }

        $(impl From<$payload> for ServerEvent {
            fn from(payload: $payload) -> Self {
                Self::$variant(payload)
            }
        })+
    };
}

server_events! {
    /// Access to a room has changed.
    Access(AccessTold),
    /// Everybody in a room, to those who did not ask for batches, on each join and leave.
    Presence(Presence),
    /// Who came, changed or left, to those who asked for batches.
    PresenceChanged(PresenceChanged),
    /// One chat message, in order of `seq`.
    Chat(ChatMessage),
    /// One edit of the document, in order of `seq`.
    DocumentEdited(DocumentEdited),
    /// One change of a note, in order of `seq`.
    NoteChanged(NoteChanged),
    /// One cursor, to those who did not ask for batches.
    CursorMoved(CursorMoved),
    /// One caret, to those who did not ask for batches.
    CaretMoved(CaretMoved),
    /// A line for one person, on all their connections.
    Notification(Notification),
    /// Somebody began or ended typing, to those who did not ask for batches.
    TypingChanged(TypingChanged),
    /// All that moved in one tick.
    CursorsMoved(CursorsMoved),
    /// An event without ack was refused.
    Refused(Refused),
    /// The token of this connection ends soon.
    Expiring(Expiring),
    /// The token of this connection has no worth any more.
    Ended(Ended),
    /// The server is about to stop.
    Draining(Draining),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, chat::Said};

    #[test]
    fn an_answer_is_the_reply_or_an_error() {
        let granted: Answer<Said> = serde_json::from_str(r#"{"seq":3,"at":5}"#).unwrap();
        assert!(matches!(granted, Answer::Granted(Said { .. })));
        let refused: Answer<Said> =
            serde_json::from_str(r#"{"error":{"code":"not_joined","message":"Join the room first."}}"#).unwrap();
        assert!(matches!(refused, Answer::Refused { error } if error.code == Code::NotJoined));
    }

    #[test]
    fn an_unknown_event_is_not_an_error() {
        assert!(ServerEvent::decode("from.the.future", "{}").is_none());
        assert!(ServerEvent::decode("chat", "{}").unwrap().is_err());
    }

    #[test]
    fn names_are_unique() {
        let mut names = ServerEvent::NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ServerEvent::NAMES.len());
    }
}
