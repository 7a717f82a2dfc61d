//! What people do to a text, drawn from a seed.

use document::OperationSeq;
use fastrand::Rng;

/// With all in it that is longer than a byte, a UTF-16 unit, or a character on the screen.
const PIECES: [&str; 9] = ["a", "b", "\n", "ä", "🙂", "👩‍🚀", "e\u{301}", "two words", "中"];

/// Writes, deletes, replaces, or does a bit of it in several places.
pub(crate) fn operation(rng: &mut Rng, length: usize) -> OperationSeq {
    let mut operation = OperationSeq::default();
    for _ in 0..rng.usize(1..4) {
        let left = length - operation.base_len();
        operation.retain(rng.usize(0..=left) as u64);
        if rng.u8(0..10) < 7 {
            operation.insert(rng.choice(PIECES).unwrap());
        }
        let left = length - operation.base_len();
        if rng.u8(0..10) < 4 {
            operation.delete(rng.usize(0..=left.min(5)) as u64);
        }
    }
    operation.retain((length - operation.base_len()) as u64);
    operation
}
