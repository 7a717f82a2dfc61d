//! How a server says no: a code for programs, a sentence for people.

use crate::{Event, note::Note};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Lists each code once, with its wire name, which is also its label in the metric `collab_refusals_total`.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $wire:literal,)+) => {
        /// Why something was refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $wire)] $code,)+
            /// A code from a newer server.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl Code {
            /// Every code that this version refuses with.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// The name on the wire and in metrics.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $wire,)+ Self::Unknown => "unknown" }
            }
        }
    };
}

codes! {
    /// The payload is no JSON of the event's shape, or an id or name in it breaks its rule.
    Malformed = "malformed",
    /// No event has this name.
    UnknownEvent = "unknown_event",
    /// The event is about a room that this connection has not joined.
    NotJoined = "not_joined",
    /// A text without a visible character.
    TextEmpty = "text_empty",
    /// A text over its limit. It was not cut.
    TextTooLong = "text_too_long",
    /// Coordinates that are not finite or out of range.
    BadCoordinates = "bad_coordinates",
    /// This connection is in as many rooms as it may be.
    TooManyRooms = "too_many_rooms",
    /// The room has as many connections as it may have.
    RoomFull = "room_full",
    /// The process has as many rooms as it may have.
    ServerFull = "server_full",
    /// This came faster than it may; try again after the time named.
    RateLimited = "rate_limited",
    /// The person has as many connections as one may have.
    TooManyConnections = "too_many_connections",
    /// There is more to do than can be done, or no memory for it; try again after the time named.
    Busy = "busy",
    /// The store did not take the entry; try again after the time named.
    StoreUnavailable = "store_unavailable",
    /// The server is stopping; come back after the time named.
    Draining = "draining",
    /// An operation that does not fit the document it is for, or is not in its shortest form.
    BadOperation = "bad_operation",
    /// An edit of a revision that is yet to come.
    UnknownRevision = "unknown_revision",
    /// An edit of a revision whose history is gone: join again, and say it anew against what is there.
    HistoryGone = "history_gone",
    /// The document would be larger than it may be.
    DocumentFull = "document_full",
    /// The note's text is another by now; `current` holds it.
    Conflict = "conflict",
    /// There is no such note, or no longer.
    UnknownNote = "unknown_note",
    /// The room has as many notes as it may have.
    NotesFull = "notes_full",
    /// The room is private, and nobody has given this person a role in it.
    AccessDenied = "access_denied",
    /// Who views a room writes nothing into it.
    ReadOnly = "read_only",
    /// Only an owner of the room may do this.
    OwnerOnly = "owner_only",
    /// There is no such invitation, or no longer.
    InviteInvalid = "invite_invalid",
    /// The room has as many members, or invitations, as it may have.
    AccessFull = "access_full",
    /// The client speaks another version of the protocol.
    UnsupportedVersion = "unsupported_version",
    /// CONNECT came without a token.
    TokenMissing = "token_missing",
    /// The token is no JWT of the shape that is asked for.
    TokenMalformed = "token_malformed",
    /// The token was not signed with a key that this server knows, or not with that key's algorithm.
    TokenBadSignature = "token_bad_signature",
    /// The token's time is over.
    TokenExpired = "token_expired",
    /// The token's time is yet to come.
    TokenEarly = "token_early",
    /// The token is of another issuer than the one asked for.
    TokenWrongIssuer = "token_wrong_issuer",
    /// The token is meant for somebody else, or for something else.
    TokenWrongAudience = "token_wrong_audience",
    /// The token is another person's than the connection.
    TokenWrongPerson = "token_wrong_person",
    /// All tokens of this person that were signed up to some moment were revoked, this one among them.
    TokenRevoked = "token_revoked",
    /// The request needs the operator's secret, and came without it or with another.
    OperatorOnly = "operator_only",
    /// The request came from a page of another origin than this server lets in.
    OriginRefused = "origin_refused",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal: nothing was changed, and here is why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{code}: {message}")]
pub struct Refusal {
    /// For programs.
    pub code: Code,
    /// For people: one plain sentence.
    pub message: String,
    /// Milliseconds after which trying again may help; absent where it will not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// With `conflict`: the note as it is. Boxed: few refusals carry one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<Note>>,
}

impl Refusal {
    /// A refusal that trying again will not change.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after_ms: None,
            current: None,
        }
    }

    /// The same, worth another try after `ms` milliseconds.
    #[must_use]
    pub fn retry_after(mut self, ms: u64) -> Self {
        self.retry_after_ms = Some(ms);
        self
    }

    /// A refused CONNECT as one string, which is all that Socket.IO's `connect_error` carries: `code: sentence`, and where
    /// trying again may help ` (retry after N ms)` behind it.
    #[must_use]
    pub fn to_connect_error(&self) -> String {
        match self.retry_after_ms {
            Some(ms) => format!("{self} (retry after {ms} ms)"),
            None => self.to_string(),
        }
    }

    /// Reads back what [`Refusal::to_connect_error`] wrote.
    #[must_use]
    pub fn from_connect_error(text: &str) -> Self {
        let (code, message) = text.split_once(": ").unwrap_or(("unknown", text));
        let code = Code::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == code)
            .unwrap_or(Code::Unknown);
        let message = if code == Code::Unknown { text } else { message };
        let retry = message
            .strip_suffix(" ms)")
            .and_then(|message| message.rsplit_once(" (retry after "))
            .and_then(|(message, ms)| Some((message, ms.parse().ok()?)));
        match retry {
            Some((message, ms)) => Self::new(code, message).retry_after(ms),
            None => Self::new(code, message),
        }
    }
}

/// The event that carries a refusal where no ack was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refused {
    /// The name of the event that was refused.
    pub event: String,
    /// Why.
    pub error: Refusal,
}

impl Event for Refused {
    const NAME: &'static str = "refused";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_wire_name() {
        for code in Code::ALL {
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), *code);
        }
    }

    #[test]
    fn a_code_from_the_future_is_read() {
        assert_eq!(serde_json::from_str::<Code>("\"too_blue\"").unwrap(), Code::Unknown);
    }

    #[test]
    fn a_connect_error_is_read_back() {
        let refusal = Refusal::new(Code::TokenExpired, "This token has expired: get a new one.");
        assert_eq!(Refusal::from_connect_error(&refusal.to_connect_error()), refusal);
        let later = Refusal::new(Code::Draining, "Not now.").retry_after(1000);
        assert_eq!(later.to_connect_error(), "draining: Not now. (retry after 1000 ms)");
        assert_eq!(Refusal::from_connect_error(&later.to_connect_error()), later);
        assert_eq!(Refusal::from_connect_error("odd: thing").message, "odd: thing");
    }
}
