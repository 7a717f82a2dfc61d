//! An operation as what a text field can do: replace a range, given in UTF-16 units.

use crate::{
    OperationSeq,
    change::{Changes, changes},
};
use str_indices::{chars, utf16};

/// Replace `from..to`, in UTF-16 units, by a text: what `setRangeText(text, from, to)` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Splice<'a> {
    /// Units before what goes.
    pub from: usize,
    /// Units before what stays behind it; the same as `from` where nothing goes.
    pub to: usize,
    /// What takes its place.
    pub text: &'a str,
}

/// The splices that do `operation` to `text`, which is the text as it is before. They are to be done in this order, first to
/// last: each counts what those before it have done already.
pub fn splices<'a>(text: &'a str, operation: &'a OperationSeq) -> impl Iterator<Item = Splice<'a>> {
    Splices {
        rest: text,
        passed: 0,
        at: 0,
        changes: changes(operation),
    }
}

struct Splices<'a> {
    /// What of the text no change has passed yet.
    rest: &'a str,
    /// Characters before it.
    passed: usize,
    /// Units before it once all changes so far are done.
    at: usize,
    changes: Changes<'a>,
}

impl<'a> Splices<'a> {
    /// Takes so many characters off the rest; says how many units they have.
    fn pass(&mut self, length: usize) -> usize {
        let (taken, left) = self.rest.split_at(chars::to_byte_idx(self.rest, length));
        self.rest = left;
        self.passed += length;
        utf16::count(taken)
    }
}

impl<'a> Iterator for Splices<'a> {
    type Item = Splice<'a>;

    fn next(&mut self) -> Option<Splice<'a>> {
        let change = self.changes.next()?;
        let from = self.at + self.pass(change.from - self.passed);
        let to = from + self.pass(change.deleted);
        self.at = from + utf16::count(change.inserted);
        Some(Splice {
            from,
            to,
            text: change.inserted,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_field_that_does_them_in_order_shows_the_text((text, operation) in sample::edit()) {
            let mut field: Vec<u16> = text.encode_utf16().collect();
            for splice in splices(&text, &operation) {
                field.splice(splice.from..splice.to, splice.text.encode_utf16());
            }
            prop_assert_eq!(String::from_utf16(&field).unwrap(), operation.apply(&text).unwrap());
        }
    }
}
