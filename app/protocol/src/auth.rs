//! How a client says who it is, when it connects and while it is connected, and what its token holds.

use crate::{Event, Hue, Millis, Name, Refusal, Request, UserId, access::Grants};
use serde::{Deserialize, Serialize};

/// The `auth` payload of Socket.IO's CONNECT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auth {
    /// A signed JWT holding [`Claims`]. Its absence is refused with `token_missing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The protocol version the client speaks ([`crate::VERSION`]). Absent means: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

/// What a token says. Other claims are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who this is; the same person on several connections has the same `sub`.
    pub sub: UserId,
    /// How the person is called in rooms. Absent: the first 40 characters of `sub`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The person's colour. Absent: one computed from `sub`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hue: Option<Hue>,
    /// End of validity in seconds since 1970. A token without an end is malformed.
    pub exp: u64,
    /// When it was signed, in seconds since 1970. Absent: before everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<u64>,
    /// Roles in rooms that come with the token, such as `{ "standup": "editor", "team-*": "viewer" }`.
    #[serde(default, skip_serializing_if = "Grants::is_empty")]
    pub rooms: Grants,
}

impl Claims {
    /// Who the bearer is, with everything that the token left open filled in.
    #[must_use]
    pub fn identity(&self) -> Identity {
        let name = self.name.clone().unwrap_or_else(|| Name::of(&self.sub));
        let hue = self.hue.unwrap_or_else(|| Hue::of(&self.sub));
        Identity {
            user_id: self.sub.clone(),
            name,
            hue,
        }
    }
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Stable for the person.
    pub user_id: UserId,
    /// Shown beside the cursor and in lists.
    pub name: Name,
    /// Colour of cursor and avatar.
    pub hue: Hue,
}

/// The token of this connection ends soon: hand in another with [`Refresh`]. Who does not is told [`Ended`] after the grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Expiring {
    /// When the token ends.
    pub expires_at: Millis,
    /// Milliseconds after that for which everything still works.
    pub grace_ms: u64,
}

impl Event for Expiring {
    const NAME: &'static str = "auth.expiring";
}

/// Hands in another token of the same person. What it says takes the place of what the one before said; another name or
/// colour is shown from the next join on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// As [`Auth::token`].
    pub token: String,
}

impl Event for Refresh {
    const NAME: &'static str = "auth.refresh";
}

impl Request for Refresh {
    type Reply = Refreshed;
}

/// The token was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refreshed {
    /// When it ends.
    pub expires_at: Millis,
}

/// This connection is about to be ended, since its token has no worth any more. A new one, with another token, is welcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// Why: `token_expired` or `token_revoked`.
    pub error: Refusal,
}

impl Event for Ended {
    const NAME: &'static str = "auth.ended";
}
