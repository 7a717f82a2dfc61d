//! Begin and end of what is selected in the text field, brought along when the field shows something new.

use ::document::{
    OperationSeq,
    caret::{Side, transform},
    utf16,
};

/// Begin and end, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends(usize, usize);

impl Ends {
    /// From what the text field says, in UTF-16 units.
    pub(super) fn of(text: &str, (begin, end): (usize, usize)) -> Self {
        Self(utf16::to_chars(text, begin), utf16::to_chars(text, end))
    }

    /// Where they are after this. A mere caret stays before what is written there; a selection takes in nothing that is
    /// written at its edges.
    pub(super) fn follow(self, operation: &OperationSeq) -> Self {
        let Self(begin, end) = self;
        let side = if begin == end { Side::Before } else { Side::Behind };
        Self(
            transform(operation, begin, side),
            transform(operation, end, Side::Before),
        )
    }

    /// As the text field takes them.
    pub(super) fn units(self, text: &str) -> (usize, usize) {
        (utf16::to_units(text, self.0), utf16::to_units(text, self.1))
    }
}
