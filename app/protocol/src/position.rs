//! Where one stands in a log, and what a log answers to that.

use serde::{Deserialize, Serialize};
use std::{fmt, num::ParseIntError, str::FromStr};

/// A place in a log. The first entry is 1; 0 is before everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The place after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One life of a log, drawn at random when it begins. Another epoch means that history was lost and that a `seq` from
/// before says nothing. On the wire 16 hexadecimal digits, since JavaScript cannot hold 64 bits in a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Epoch(pub u64);

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for Epoch {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

impl TryFrom<String> for Epoch {
    type Error = ParseIntError;

    fn try_from(text: String) -> Result<Self, ParseIntError> {
        text.parse()
    }
}

impl From<Epoch> for String {
    fn from(epoch: Epoch) -> Self {
        epoch.to_string()
    }
}

/// A place in one life of a log: what a client says when it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Which life.
    pub epoch: Epoch,
    /// The last entry that the client has; 0 for none.
    pub seq: Seq,
}

/// What a log answers to a join: `E` is one entry, `S` what the log comes to where it has a state of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "E: Deserialize<'de>, S: Deserialize<'de>"))]
pub struct Replay<E, S = ()> {
    /// Where the log stands now, with this snapshot and these entries.
    pub position: Position,
    /// `true`: `entries` are exactly those after the position that the client named. `false`: `snapshot`, or without one
    /// the newest entries, take the place of whatever the client had.
    pub recovered: bool,
    /// What all entries come to, in a log that has a state; absent where `recovered`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<S>,
    /// Oldest first.
    pub entries: Vec<E>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_epoch_survives_the_wire(bits: u64) {
            let json = serde_json::to_string(&Epoch(bits)).unwrap();
            prop_assert_eq!(json.len(), 18);
            prop_assert_eq!(serde_json::from_str::<Epoch>(&json).unwrap(), Epoch(bits));
        }
    }

    #[test]
    fn a_crooked_epoch_is_an_error() {
        assert!(serde_json::from_str::<Epoch>("\"not hex\"").is_err());
        assert!(serde_json::from_str::<Epoch>("12").is_err());
    }
}
