//! Access: who may do what in a room.

use crate::{RoomId, id::BadId};
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
