//! Where places in the text go when it is edited.

use crate::{OperationSeq, change::changes};
use protocol::{Seq, document::Caret};
use str_indices::chars;

/// On which side of an insertion exactly at a place that place is afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before it: a caret stays where it is when others write there.
    Before,
    /// Behind it: one's own caret is pushed along by what one writes.
    Behind,
}

/// Where a place in the text before an operation is after it. What is within a deletion comes to its end, behind what was
/// inserted in its stead.
#[must_use]
pub fn transform(operation: &OperationSeq, place: usize, side: Side) -> usize {
    let mut moved = place;
    for change in changes(operation) {
        let stays = match side {
            Side::Before => place <= change.from,
            Side::Behind => place < change.from,
        };
        if stays {
            break;
        }
        moved += chars::count(change.inserted);
        moved -= change.deleted.min(place - change.from);
    }
    moved
}

/// Where a place in the text after an operation was before it. What is within an insertion, or at either end of one, comes
/// from where that was made.
#[must_use]
pub fn back(operation: &OperationSeq, place: usize) -> usize {
    let mut moved = place;
    for change in changes(operation) {
        if place <= change.at {
            break;
        }
        let inserted = chars::count(change.inserted);
        moved -= inserted.min(place - change.at);
        if place > change.at + inserted {
            moved += change.deleted;
        }
    }
    moved
}

/// Brings a caret over operations that came after it, each with its revision. `side` says for each revision on which side of
/// an insertion the caret ends up: [`Side::Behind`] where the caret's owner made it. What is beyond the end is taken as the
/// end.
pub(crate) fn bring<'a>(
    caret: Caret,
    later: impl Iterator<Item = (Seq, &'a OperationSeq)>,
    side: impl Fn(Seq) -> Side,
) -> Caret {
    later.fold(caret, |caret, (seq, operation)| {
        let bring = |place: u32| {
            let place = (place as usize).min(operation.base_len());
            short(transform(operation, place, side(seq)))
        };
        Caret {
            seq,
            anchor: bring(caret.anchor),
            head: bring(caret.head),
        }
    })
}

/// The caret with places of the text at hand.
pub(crate) fn map(caret: Caret, seq: Seq, place: impl Fn(usize) -> usize) -> Caret {
    let map = |old: u32| short(place(old as usize));
    Caret {
        seq,
        anchor: map(caret.anchor),
        head: map(caret.head),
    }
}

/// A place as the wire has it. No document is so long that this loses anything.
pub(crate) fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use proptest::prelude::*;

    /// Passes 2, writes "xy" in place of 3, passes 2, deletes 1, passes 1.
    fn operation() -> OperationSeq {
        let mut operation = OperationSeq::default();
        operation.retain(2);
        operation.insert("xy");
        operation.delete(3);
        operation.retain(2);
        operation.delete(1);
        operation.retain(1);
        operation
    }

    #[test]
    fn a_place_goes_with_the_text_around_it() {
        let to = |side| {
            (0..=9)
                .map(|place| transform(&operation(), place, side))
                .collect::<Vec<_>>()
        };
        assert_eq!(to(Side::Before), [0, 1, 2, 4, 4, 4, 5, 6, 6, 7]);
        assert_eq!(to(Side::Behind), [0, 1, 4, 4, 4, 4, 5, 6, 6, 7]);
    }

    #[test]
    fn a_place_comes_from_where_its_text_was() {
        let from: Vec<_> = (0..=7).map(|place| back(&operation(), place)).collect();
        assert_eq!(from, [0, 1, 2, 2, 2, 6, 7, 9]);
    }

    proptest! {
        #[test]
        fn a_place_stays_in_the_text_and_in_order((_, operation) in sample::edit()) {
            for side in [Side::Before, Side::Behind] {
                let to: Vec<_> = (0..=operation.base_len()).map(|place| transform(&operation, place, side)).collect();
                prop_assert!(to.is_sorted());
                prop_assert!(to.iter().all(|place| *place <= operation.target_len()));
            }
            let from: Vec<_> = (0..=operation.target_len()).map(|place| back(&operation, place)).collect();
            prop_assert!(from.is_sorted());
            prop_assert!(from.iter().all(|place| *place <= operation.base_len()));
        }

        /// Whoever types sends the place where the typing began, and others bring it over the same edit.
        #[test]
        fn there_and_back_is_the_end_of_the_same_insertion((_, operation) in sample::edit()) {
            for change in changes(&operation) {
                let end = change.at + chars::count(change.inserted);
                if !change.inserted.is_empty() {
                    prop_assert_eq!(transform(&operation, back(&operation, end), Side::Behind), end);
                }
            }
        }
    }
}
