//! Doing an operation to a plain string, and finding the one that takes it back.

use crate::{
    OperationSeq, Unfit,
    change::{changes, inserted_bytes, size},
};
use operational_transform::Operation as Step;
use str_indices::chars;

/// Steps up to which a string is changed in place. Each change moves the rest of the text; beyond some tens, writing it anew
/// in one go is faster.
const FEW: usize = 32;

/// Does an operation to a text, in place. Fails with [`Unfit::Length`], and changes nothing, where it is not for a text of
/// this length.
pub fn apply(text: &mut String, operation: &OperationSeq) -> Result<(), Unfit> {
    if chars::count(text) != operation.base_len() {
        return Err(Unfit::Length);
    }
    splice(text, operation);
    Ok(())
}

/// The operation that takes `operation` back, which is for `text` as it is before. Unlike the one of
/// `operational-transform` it passes what is retained without looking at each character.
#[must_use]
pub fn invert(text: &str, operation: &OperationSeq) -> OperationSeq {
    let mut rest = text;
    let mut inverse = OperationSeq::default();
    for step in operation.ops() {
        match step {
            Step::Retain(length) => {
                take(&mut rest, *length);
                inverse.retain(*length);
            }
            Step::Delete(length) => inverse.insert(take(&mut rest, *length)),
            Step::Insert(text) => inverse.delete(chars::count(text) as u64),
        }
    }
    inverse
}

/// The same as [`apply`] where the length is known to fit.
pub(crate) fn splice(text: &mut String, operation: &OperationSeq) {
    if operation.ops().len() <= FEW {
        splice_in_place(text, operation);
    } else {
        *text = written_anew(text, operation);
    }
}

/// What an operation deletes from a text, stretch by stretch.
pub(crate) fn deletions<'a>(text: &'a str, operation: &'a OperationSeq) -> impl Iterator<Item = &'a str> {
    let mut rest = text;
    let mut passed = 0;
    changes(operation).map(move |change| {
        take(&mut rest, (change.from - passed) as u64);
        passed = change.from + change.deleted;
        take(&mut rest, change.deleted as u64)
    })
}

/// Bytes of a text after an operation.
pub(crate) fn bytes_after(text: &str, operation: &OperationSeq) -> usize {
    let deleted: usize = deletions(text, operation).map(str::len).sum();
    text.len() - deleted + inserted_bytes(operation)
}

fn splice_in_place(text: &mut String, operation: &OperationSeq) {
    let (mut byte, mut char) = (0, 0);
    for change in changes(operation) {
        let from = byte + chars::to_byte_idx(&text[byte..], change.at - char);
        let to = from + chars::to_byte_idx(&text[from..], change.deleted);
        text.replace_range(from..to, change.inserted);
        byte = from;
        char = change.at;
    }
}

fn written_anew(text: &str, operation: &OperationSeq) -> String {
    let mut rest = text;
    let mut anew = String::with_capacity(text.len() + inserted_bytes(operation));
    for step in operation.ops() {
        match step {
            Step::Retain(length) => anew.push_str(take(&mut rest, *length)),
            Step::Insert(text) => anew.push_str(text),
            Step::Delete(length) => {
                take(&mut rest, *length);
            }
        }
    }
    anew
}

/// Takes so many characters off the front of a text, or all where it has fewer.
fn take<'a>(rest: &mut &'a str, length: u64) -> &'a str {
    let (taken, left) = rest.split_at(chars::to_byte_idx(rest, size(length)));
    *rest = left;
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_changed_in_place_is_the_same_as_one_written_anew((text, operation) in sample::edit()) {
            let expected = operation.apply(&text).unwrap();
            let mut spliced = text.clone();
            splice_in_place(&mut spliced, &operation);
            prop_assert_eq!(&spliced, &expected);
            prop_assert_eq!(written_anew(&text, &operation), expected);
            prop_assert_eq!(bytes_after(&text, &operation), spliced.len());
        }

        #[test]
        fn the_inverse_takes_it_back((text, operation) in sample::edit()) {
            let inverse = invert(&text, &operation);
            prop_assert_eq!(&inverse, &operation.invert(&text));
            let mut there_and_back = text.clone();
            apply(&mut there_and_back, &operation).unwrap();
            apply(&mut there_and_back, &inverse).unwrap();
            prop_assert_eq!(there_and_back, text);
        }
    }

    #[test]
    fn what_does_not_fit_changes_nothing() {
        let mut text = String::from("ab");
        let mut operation = OperationSeq::default();
        operation.delete(3);
        assert_eq!(apply(&mut text, &operation), Err(Unfit::Length));
        assert_eq!(text, "ab");
    }
}
