//! Texts and operations for property tests: few letters, so that much is alike, with everything in them that is longer than
//! one byte, one UTF-16 unit or one character on the screen.

use crate::OperationSeq;
use proptest::prelude::*;
use protocol::document::{Operation, Step};
use str_indices::chars;

/// A short text.
pub(crate) fn text() -> impl Strategy<Value = String> {
    "[ab\nä🙂\u{301}]{0,30}"
}

/// An operation on a text of so many characters.
pub(crate) fn operation(length: usize) -> impl Strategy<Value = OperationSeq> {
    let step = (0_u8..3, 1_usize..6, "[xy\nö🦀\u{308}]{1,4}");
    prop::collection::vec(step, 0..50).prop_map(move |steps| {
        let mut operation = OperationSeq::default();
        for (kind, long, text) in steps {
            let long = long.min(length - operation.base_len()) as u64;
            match kind {
                0 => operation.retain(long),
                1 => operation.delete(long),
                _ => operation.insert(&text),
            }
        }
        operation.retain((length - operation.base_len()) as u64);
        operation
    })
}

/// A text and an operation on it.
pub(crate) fn edit() -> impl Strategy<Value = (String, OperationSeq)> {
    text().prop_flat_map(|text| {
        let length = chars::count(&text);
        (Just(text), operation(length))
    })
}

/// A text and two operations on it.
pub(crate) fn two() -> impl Strategy<Value = (String, OperationSeq, OperationSeq)> {
    text().prop_flat_map(|text| {
        let length = chars::count(&text);
        (Just(text), operation(length), operation(length))
    })
}

/// What nobody sends who means well: any lengths, any form.
pub(crate) fn hostile() -> impl Strategy<Value = Operation> {
    let length = || prop_oneof![4 => 0_u32..12, 1 => Just(u32::MAX), 1 => any::<u32>()];
    let step = prop_oneof![
        length().prop_map(Step::Retain),
        length().prop_map(Step::Delete),
        "[a\r🙂]{0,3}".prop_map(Step::Insert),
    ];
    prop::collection::vec(step, 0..8).prop_map(Operation)
}
