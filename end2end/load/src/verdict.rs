//! Whether each heard what they had to: what was acknowledged is with everybody, once, in the same order.

use std::{collections::HashSet, hash::Hash};

/// What went wrong. All zeros is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    /// Lines that were acknowledged and that somebody does not have, and cursors that stand where nobody left them.
    pub(crate) lost: u64,
    /// Lines that somebody has twice.
    pub(crate) doubled: u64,
    /// People whose chat or document is not that of the first in their room.
    pub(crate) unequal: u64,
    /// Cursors that went backwards.
    pub(crate) backwards: u64,
    /// Requests that were refused or had no answer, and connections that could not be made.
    pub(crate) failed: u64,
}

impl Faults {
    /// Whether there are none.
    pub(crate) fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl std::ops::AddAssign for Faults {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.unequal += other.unequal;
        self.backwards += other.backwards;
        self.failed += other.failed;
    }
}

/// Holds what each in a room heard against what was said and acknowledged there.
pub(crate) fn of_lines(said: &[u64], heard: &[&[u64]]) -> Faults {
    let mut faults = Faults {
        unequal: unequal(heard),
        ..Faults::default()
    };
    for lines in heard {
        let known: HashSet<u64> = lines.iter().copied().collect();
        faults.lost += said.iter().filter(|line| !known.contains(line)).count() as u64;
        faults.doubled += (lines.len() - known.len()) as u64;
    }
    faults
}

/// How many are not as the first.
pub(crate) fn unequal<T: Eq + Hash>(all: &[T]) -> u64 {
    let Some(first) = all.first() else {
        return 0;
    };
    all.iter().filter(|other| *other != first).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_missing_twice_or_elsewhere_is_counted() {
        let faults = of_lines(&[1, 2, 3], &[&[1, 2, 3], &[1, 3], &[1, 2, 3, 3], &[2, 1, 3]]);
        let expected = Faults {
            lost: 1,
            doubled: 1,
            unequal: 3,
            ..Faults::default()
        };
        assert_eq!(faults, expected);
    }

    #[test]
    fn what_was_not_acknowledged_may_be_there_or_not() {
        assert!(of_lines(&[1], &[&[1, 9], &[1, 9]]).is_none());
        assert!(of_lines(&[], &[]).is_none());
    }

    proptest! {
        #[test]
        fn who_hears_all_in_one_order_is_right(lines in prop::collection::hash_set(any::<u64>(), 0..50), members in 0_usize..5) {
            let lines: Vec<u64> = lines.into_iter().collect();
            prop_assert!(of_lines(&lines, &vec![lines.as_slice(); members]).is_none());
        }
    }
}
