//! A process that is killed while it writes, a hundred times on one and the same store. What it said was acknowledged
//! has to be there afterwards, in its place.
//!
//! The test starts itself as the process that will be killed. `ORRERY_CRASH_SEED` repeats a run's choices; what the
//! scheduler does is not in them.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]
#![expect(clippy::print_stdout, reason = "the child's acknowledgements, and the seed")]

mod ack;
mod child;
mod ledger;

use ack::Ack;
use child::{CHILD, Child};
use ledger::Ledger;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use server::store::{
    Retention,
    file::{FileLog, OpenError},
};
use std::{path::Path, time::Instant};

/// Documents let go what a snapshot holds; of the others everything stays, so that everything can be looked for.
const KEEP: Retention = Retention {
    chat: usize::MAX,
    document: 20,
    note: usize::MAX,
    access: usize::MAX,
    bytes: usize::MAX,
};

const KILLS: u32 = 100;

/// Acknowledgements that are read before the kill, at most.
const MOST: usize = 80;

#[test]
fn what_was_acknowledged_survives_a_hundred_kills() {
    let dir = tempfile::tempdir().unwrap();
    let seed = std::env::var("ORRERY_CRASH_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("ORRERY_CRASH_SEED={seed}");
    let (mut moment, mut ledger, began) = (StdRng::seed_from_u64(seed), Ledger::default(), Instant::now());
    for kill in 1..=KILLS {
        // Sometimes none is waited for: it is killed while it opens, or before.
        let wait = moment.random_range(0..=MOST);
        for ack in Child::start(dir.path(), kill).kill_after(wait) {
            ledger.note(ack);
        }
        ledger.check(dir.path(), kill == KILLS);
    }
    let (acks, took) = (ledger.len(), began.elapsed());
    println!("{KILLS} kills, {acks} acknowledgements, all of them there; {took:.1?}");
    assert!(acks > KILLS as usize, "{acks} acknowledgements say little");
}

#[test]
fn a_second_process_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = Child::start(dir.path(), 1);
    first.read(1);
    let refused = FileLog::open(dir.path(), KEEP).err().unwrap();
    assert!(matches!(refused, OpenError::InUse(_)), "{refused}");
    first.kill_after(0);
    assert!(FileLog::open(dir.path(), KEEP).is_ok(), "a dead process holds nothing");
}

#[test]
#[ignore = "no test: the process that is killed, which the others start"]
fn child() {
    child::write(Path::new(&std::env::var(CHILD).unwrap()));
}
