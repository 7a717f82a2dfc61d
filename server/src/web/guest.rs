//! Names for people who come without one: an adjective and something to be seen in the sky.

use protocol::{Hue, Name, UserId, auth::Identity};
use rand::seq::IndexedRandom;

const HOW: &[&str] = &[
    "Amber",
    "Bright",
    "Calm",
    "Distant",
    "Early",
    "Faint",
    "Gentle",
    "Keen",
    "Late",
    "Merry",
    "Northern",
    "Patient",
    "Quiet",
    "Rising",
    "Silver",
    "Steady",
    "Swift",
    "Wandering",
];

const WHAT: &[&str] = &[
    "Altair", "Aurora", "Callisto", "Comet", "Corona", "Deneb", "Halley", "Io", "Juno", "Lyra", "Meteor", "Mira",
    "Nebula", "Pallas", "Rigel", "Selene", "Titan", "Vega",
];

/// A new guest, or `None` should the words above ever not make a name, which a test rules out.
#[must_use]
pub fn guest() -> Option<Identity> {
    let mut rng = rand::rng();
    let name: Name = format!("{} {}", HOW.choose(&mut rng)?, WHAT.choose(&mut rng)?)
        .parse()
        .ok()?;
    let user_id: UserId = format!("guest-{:016x}", rand::random::<u64>()).parse().ok()?;
    Some(Identity {
        hue: Hue::of(&user_id),
        user_id,
        name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_words_is_a_name() {
        for how in HOW {
            for what in WHAT {
                assert!(format!("{how} {what}").parse::<Name>().is_ok());
            }
        }
        assert!(guest().is_some());
    }
}
