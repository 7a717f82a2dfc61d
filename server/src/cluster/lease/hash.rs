//! The presence hash of a room: a field for each connection, by the life of its replica, and the count of changes. Pure.

use super::super::Life;
use crate::lease::{Holding, people};
use protocol::{PeerId, presence::PresenceEntry};
use std::collections::{HashMap, HashSet};

/// What a hash says.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// The count of changes.
    pub(super) version: u64,
    /// The connections, with the replica that holds each.
    pub(super) held: Vec<(Life, Holding)>,
}

/// The field of a connection. A life has no slash.
pub(super) fn field(life: &Life, peer: PeerId) -> String {
    format!("{life}/{peer}")
}

/// Reads a hash, without those of the dead. What is not ours is left out.
pub(super) fn read(hash: HashMap<String, String>, alive: &HashSet<Life>) -> Read {
    let version = hash.get("version").and_then(|version| version.parse().ok());
    let held = hash.into_iter().filter_map(|(field, value)| {
        let (life, _) = field.split_once('/')?;
        let life: Life = life.parse().ok()?;
        let holding = serde_json::from_str(&value).ok()?;
        alive.contains(&life).then_some((life, holding))
    });
    Read {
        version: version.unwrap_or_default(),
        held: held.collect(),
    }
}

impl Read {
    /// The people in it.
    pub(super) fn present(self) -> Vec<PresenceEntry> {
        people(self.held.into_iter().map(|(_, holding)| holding).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dead_and_what_is_not_ours_are_left_out() {
        let (alive, dead) = (Life::of("node-a"), Life::of("node-b"));
        let holding = r#"{"peer":7,"who":{"userId":"ann","name":"Ann","hue":40},"since":1}"#;
        let hash = HashMap::from([
            ("version".to_owned(), "12".to_owned()),
            (format!("#{alive}"), "3".to_owned()),
            (field(&alive, PeerId(7)), holding.to_owned()),
            (field(&alive, PeerId(8)), "nonsense".to_owned()),
            (field(&dead, PeerId(9)), holding.to_owned()),
            ("stray".to_owned(), holding.to_owned()),
        ]);
        let read = read(hash, &HashSet::from([alive.clone()]));
        assert_eq!(read.version, 12);
        assert_eq!(read.held.len(), 1);
        assert_eq!(read.held[0].0, alive);
        assert_eq!(read.present()[0].user_id.as_str(), "ann");
    }
}
