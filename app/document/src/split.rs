//! Cutting an operation that is too large to be sent at once.

use crate::OperationSeq;
use operational_transform::Operation as Step;
use str_indices::chars;

/// Bytes of JSON that a step without a text takes at most: sign, ten digits, comma.
const NUMBER: usize = 12;

/// Bytes of JSON around the text of a step: quotes and comma.
const QUOTES: usize = 3;

/// Cuts an operation in two, so that the first has at most `bytes` of JSON and `steps` steps, and the second does the rest to
/// what the first makes of the text: `first.compose(&rest)` is the operation again. The rest is `None` where nothing is left
/// to be done. However small the limits, the first does something where there is something to do.
#[must_use]
pub fn split(operation: &OperationSeq, bytes: usize, steps: usize) -> (OperationSeq, Option<OperationSeq>) {
    let mut cut = Cut {
        first: OperationSeq::default(),
        rest: OperationSeq::default(),
        // Kept back: brackets, a deletion that goes along with a cut insertion, and passing what is left of the text.
        bytes: bytes.saturating_sub(2 + 2 * NUMBER),
        steps: steps.saturating_sub(2),
        state: State::Open,
    };
    for step in operation.ops() {
        cut.take(step);
    }
    (cut.first, Some(cut.rest).filter(|rest| !rest.is_noop()))
}

/// An operation that is being cut.
struct Cut {
    first: OperationSeq,
    rest: OperationSeq,
    /// Bytes of JSON that the first may still take.
    bytes: usize,
    /// Steps that the first may still take.
    steps: usize,
    state: State,
}

#[derive(PartialEq)]
enum State {
    /// Steps go to the first.
    Open,
    /// An insertion was just cut. The deletion that goes with it is still the first's: a text that takes another's place
    /// would not fit beside it.
    Within,
    /// Steps go to the rest.
    Closed,
}

impl Cut {
    fn take(&mut self, step: &Step) {
        if self.state == State::Open && self.is_full() {
            self.state = State::Closed;
        }
        match step {
            Step::Retain(length) => {
                self.first.retain(*length);
                self.rest.retain(*length);
                self.spend(NUMBER);
            }
            Step::Insert(text) => self.insert(text),
            Step::Delete(length) => self.delete(*length),
        }
    }

    fn insert(&mut self, text: &str) {
        let head = if self.state == State::Open { self.head(text) } else { 0 };
        let (head, tail) = text.split_at(head);
        self.first.insert(head);
        self.rest.retain(chars::count(head) as u64);
        self.rest.insert(tail);
        self.spend(QUOTES + head.chars().map(written).sum::<usize>());
        if self.state == State::Open && !tail.is_empty() {
            self.state = State::Within;
        }
    }

    fn delete(&mut self, length: u64) {
        if self.state == State::Closed {
            self.first.retain(length);
            self.rest.delete(length);
        } else {
            self.first.delete(length);
            self.spend(NUMBER);
        }
    }

    /// Bytes of a text that the first has room for: one character at least, if it does nothing else yet.
    fn head(&self, text: &str) -> usize {
        let mut room = self.bytes.saturating_sub(QUOTES);
        let mut is_needed = self.first.is_noop();
        let past = text.char_indices().find(|(_, char)| {
            let fits = written(*char) <= room;
            room = room.saturating_sub(written(*char));
            !std::mem::take(&mut is_needed) && !fits
        });
        past.map_or(text.len(), |(byte, _)| byte)
    }

    fn is_full(&self) -> bool {
        !self.first.is_noop() && (self.bytes < NUMBER || self.steps == 0)
    }

    fn spend(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
        self.steps = self.steps.saturating_sub(1);
        if self.state == State::Within {
            self.state = State::Closed;
        }
    }
}

/// Bytes that a character takes in JSON.
fn written(char: char) -> usize {
    match char {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => char.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{sample, wire};
    use proptest::prelude::*;

    fn parts(operation: &OperationSeq, bytes: usize, steps: usize) -> Vec<OperationSeq> {
        let (first, mut rest) = split(operation, bytes, steps);
        let mut parts = vec![first];
        while let Some(left) = rest {
            let (next, after) = split(&left, bytes, steps);
            parts.push(next);
            rest = after;
        }
        parts
    }

    fn json(operation: &OperationSeq) -> usize {
        serde_json::to_string(&wire::write(operation)).unwrap().len()
    }

    proptest! {
        #[test]
        fn parts_are_small_and_come_to_the_whole((_, operation) in sample::edit(), bytes in 0_usize..100, steps in 0_usize..8) {
            let parts = parts(&operation, bytes, steps);
            let whole = parts.iter().skip(1).fold(parts[0].clone(), |whole, part| whole.compose(part).unwrap());
            prop_assert_eq!(&whole, &operation);
            for part in &parts {
                prop_assert!(!part.is_noop() || operation.is_noop());
                prop_assert!(json(part) <= bytes.max(60), "{} of {bytes}", json(part));
                prop_assert!(part.ops().len() <= steps.max(4), "{} of {steps}", part.ops().len());
            }
        }
    }

    #[test]
    fn a_large_paste_goes_out_in_a_few_parts() {
        let mut paste = OperationSeq::default();
        paste.insert(&"\"🙂\n\u{1}".repeat(20_000));
        let parts = parts(&paste, 64 * 1024, 1000);
        assert_eq!(parts.len(), 5);
        assert!(parts.iter().all(|part| json(part) <= 64 * 1024));
    }

    #[test]
    fn what_is_replaced_goes_before_all_of_its_replacement_has_come() {
        let mut replacement = OperationSeq::default();
        replacement.insert(&"x".repeat(1000));
        replacement.delete(1000);
        let (first, rest) = split(&replacement, 500, 1000);
        assert!(first.target_len() < 500);
        assert_eq!(rest.unwrap().target_len(), 1000);
    }
}
