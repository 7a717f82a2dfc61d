//! Access: who may do what in a room.

use crate::{Event, InviteId, MessageId, Millis, Name, Request, RoomId, Seq, UserId, id::BadId};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// What a person may do in a room. Each may do what the one before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees all and writes nothing.
    Viewer,
    /// Writes too.
    Editor,
    /// Decides who may come in.
    Owner,
}

impl Role {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }
}

/// Access to a room, as one who is in it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Whether only those may come in to whom a role was given.
    pub private: bool,
    /// What the one who is told may do.
    pub role: Role,
    /// To owners of a private room: who has which role, beside those whose token says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<Member>>,
    /// To owners of a private room: the invitations that hold. Their ids are secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invites: Option<Vec<Invite>>,
}

impl Default for Access {
    /// An open room, in which everybody writes.
    fn default() -> Self {
        Self {
            private: false,
            role: Role::Editor,
            members: None,
            invites: None,
        }
    }
}

/// Somebody to whom a role was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// What they were called when it was given.
    pub name: Name,
    /// Which.
    pub role: Role,
}

/// An invitation: whoever joins with its id has its role from then on, also once it has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// Its id, made by the server.
    pub id: InviteId,
    /// `viewer` or `editor`.
    pub role: Role,
    /// When it ends; absent where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
}

/// A wish to change access. All but the first to make an open room private have to be owners (`owner_only`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeAccess {
    /// Where; the room has to be joined.
    pub room: RoomId,
    /// What is to change.
    pub change: AccessChange,
    /// The client's id for this change: sent again with the same one it is done once. The server makes one where it is
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageId>,
}

impl Event for ChangeAccess {
    const NAME: &'static str = "access.change";
}

impl Request for ChangeAccess {
    type Reply = AccessChanged;
}

/// What can be changed: `"private"`, `"open"`, `{ "role": { … } }`, `{ "invite": { … } }`, `{ "withdraw": { … } }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessChange {
    /// Only those may come in to whom a role was given: whoever makes it so is owner, and whoever else is there is put out.
    Private,
    /// Everybody may come in and write; roles and invitations are forgotten.
    Open,
    /// Give somebody another role, or take it away. One owner always remains.
    #[serde(rename_all = "camelCase")]
    Role {
        /// Whose; they need not be there, but have to have one, or be there.
        user: UserId,
        /// Which; `null` takes it away.
        role: Option<Role>,
    },
    /// Make an invitation.
    #[serde(rename_all = "camelCase")]
    Invite {
        /// `viewer` or `editor`.
        role: Role,
        /// Seconds for which it holds: 60 to [`crate::limits::INVITE_SECONDS`]; absent: until it is withdrawn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ttl_seconds: Option<u32>,
    },
    /// End an invitation.
    Withdraw {
        /// Which.
        invite: InviteId,
    },
}

/// The ack of [`ChangeAccess`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessChanged {
    /// The place of the change among all changes of access to this room.
    pub seq: Seq,
    /// The invitation that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Invite>,
}

/// Access has changed: to each who is in the room, as far as it is theirs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTold {
    /// Where.
    pub room: RoomId,
    /// How it is now.
    pub access: Access,
}

impl Event for AccessTold {
    const NAME: &'static str = "access";
}

/// The rooms that a claim is about: one by its id, or with a `*` at the end all whose ids begin so. `*` is all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomPattern(String);

impl RoomPattern {
    /// Whether it is about this room.
    #[must_use]
    pub fn matches(&self, room: &RoomId) -> bool {
        match self.0.strip_suffix('*') {
            Some(beginning) => room.as_str().starts_with(beginning),
            None => room.as_str() == self.0,
        }
    }
}

impl FromStr for RoomPattern {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let beginning = text.strip_suffix('*').unwrap_or(text);
        if text != "*" {
            beginning.parse::<RoomId>()?;
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for RoomPattern {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<RoomPattern> for String {
    fn from(pattern: RoomPattern) -> Self {
        pattern.0
    }
}

impl fmt::Display for RoomPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The claim `rooms` of a token: roles that whoever signed it grants, whatever the rooms themselves say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grants(BTreeMap<RoomPattern, Role>);

impl Grants {
    /// The highest role that is granted for this room.
    #[must_use]
    pub fn role(&self, room: &RoomId) -> Option<Role> {
        let about = self.0.iter().filter(|(pattern, _)| pattern.matches(room));
        about.map(|(_, role)| *role).max()
    }

    /// Whether nothing is granted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_grants_one_room_or_all_that_begin_alike() {
        let grants: Grants = serde_json::from_str(r#"{"a":"viewer","team-*":"editor","team-b":"viewer"}"#).unwrap();
        let role = |room: &str| grants.role(&room.parse().unwrap());
        assert_eq!(role("a"), Some(Role::Viewer));
        assert_eq!(role("ab"), None);
        assert_eq!(role("team-b"), Some(Role::Editor));
        let all: Grants = serde_json::from_str(r#"{"*":"owner"}"#).unwrap();
        assert_eq!(all.role(&"anything".parse().unwrap()), Some(Role::Owner));
    }

    #[test]
    fn a_pattern_that_no_room_could_match_is_refused() {
        for bad in [
            r#"{"a b":"viewer"}"#,
            r#"{"":"viewer"}"#,
            r#"{"a*b":"viewer"}"#,
            r#"{"a":"king"}"#,
        ] {
            assert!(serde_json::from_str::<Grants>(bad).is_err(), "{bad}");
        }
    }
}
