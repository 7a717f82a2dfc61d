//! Whatever people do, and whatever the network does to it, they come to see one text: the server's.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod network;
mod person;
mod seen;
mod server;
mod writing;

use network::Network;
use proptest::prelude::*;
use seen::Seen;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Delays, loss, doubles, lost connections, refusals, restarts with and without what was written last.
    #[test]
    fn all_come_to_one_text(seed: u64, people in 2_usize..=5, keep in prop_oneof![0_usize..8, Just(1000)]) {
        let mut network = Network::new(seed, people, keep);
        for _ in 0..400 {
            network.step();
            network.check();
        }
        network.settle();
        network.check();
        let text = network.server.history.text();
        prop_assert_eq!(&text, &network.server.reference.iter().collect::<String>());
        for person in &network.people {
            prop_assert_eq!(person.client.text(), &text);
            prop_assert_eq!(person.client.position(), network.server.position());
        }
    }
}

/// The schedules above are worth something only if all of this happens in them.
#[test]
fn everything_happens_in_them() {
    let mut seen = Seen::default();
    for seed in 0..40 {
        let mut network = Network::new(seed, 4, 6);
        for _ in 0..400 {
            network.step();
        }
        network.settle();
        seen.add(network.seen());
    }
    assert!(seen.all(), "{seen:?}");
}
