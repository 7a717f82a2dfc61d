//! Finding out what was done to a text from how it was and how it is.

use crate::OperationSeq;
use std::ops::Range;
use str_indices::chars;

/// One replacement that makes `new` of `old`, as short as can be. `caret` is where the caret stands in `new`, in characters:
/// where several places would do, as for an "a" typed into "aaa", the change ends as near to it as possible.
#[must_use]
pub fn difference(old: &str, new: &str, caret: Option<usize>) -> OperationSeq {
    let (front, back) = common(old, new, caret);
    let mut operation = OperationSeq::default();
    operation.retain(chars::count(&new[..front]) as u64);
    operation.insert(&new[front..new.len() - back]);
    operation.delete(chars::count(&old[front..old.len() - back]) as u64);
    operation.retain(chars::count(&new[new.len() - back..]) as u64);
    operation
}

/// Bytes that both texts have in common at their front and at their back, which do not overlap.
fn common(old: &str, new: &str, caret: Option<usize>) -> (usize, usize) {
    let (front, back) = (common_front(old, new), common_back(old, new));
    let shorter = old.len().min(new.len());
    if front + back < shorter {
        return (front, back);
    }
    // All of the shorter text is in the longer one: how much of it stands behind the change is ours to choose.
    let choice = shorter - front..back;
    let back = near(
        choice,
        new.len() - caret.map_or(new.len(), |caret| chars::to_byte_idx(new, caret)),
    );
    (shorter - back, back)
}

/// The number of the range, its end included, that is nearest to a wanted one.
fn near(range: Range<usize>, wanted: usize) -> usize {
    wanted.clamp(range.start, range.end)
}

fn common_front(old: &str, new: &str) -> usize {
    let alike = alike(old.bytes().zip(new.bytes()));
    // Different characters may begin with the same bytes.
    (0..=alike)
        .rev()
        .find(|&byte| old.is_char_boundary(byte) && new.is_char_boundary(byte))
        .unwrap_or(0)
}

fn common_back(old: &str, new: &str) -> usize {
    let alike = alike(old.bytes().rev().zip(new.bytes().rev()));
    let whole = |bytes: usize| old.is_char_boundary(old.len() - bytes) && new.is_char_boundary(new.len() - bytes);
    (0..=alike).rev().find(|&bytes| whole(bytes)).unwrap_or(0)
}

fn alike(pairs: impl Iterator<Item = (u8, u8)>) -> usize {
    pairs.take_while(|(old, new)| old == new).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{apply, sample};
    use proptest::prelude::*;

    fn found(old: &str, new: &str, caret: usize) -> String {
        serde_json::to_string(&crate::wire::write(&difference(old, new, Some(caret)))).unwrap()
    }

    #[test]
    fn what_was_typed_is_found_where_it_was_typed() {
        assert_eq!(found("aaa", "aaaa", 1), r#"["a",3]"#);
        assert_eq!(found("aaa", "aaaa", 3), r#"[2,"a",1]"#);
        assert_eq!(found("aaa", "aaaa", 4), r#"[3,"a"]"#);
        assert_eq!(found("aaa", "aa", 0), "[-1,2]");
        assert_eq!(found("aaa", "aa", 1), "[1,-1,1]");
        assert_eq!(found("🙂🙂", "🙂🙂🙂", 2), r#"[1,"🙂",1]"#);
    }

    #[test]
    fn a_caret_elsewhere_makes_it_no_longer() {
        assert_eq!(found("one two", "one, two", 8), r#"[3,",",4]"#);
        assert_eq!(found("one two", "one six", 0), r#"[4,"six",-3]"#);
    }

    #[test]
    fn characters_are_not_cut() {
        // ä and ö begin alike, 🙂 and 🙃 too; Ā (C4 80) and À (C3 80) end alike.
        assert_eq!(found("ä", "ö", 1), r#"["ö",-1]"#);
        assert_eq!(found("a🙂", "a🙃", 2), r#"[1,"🙃",-1]"#);
        assert_eq!(found("Ā", "À", 1), r#"["À",-1]"#);
    }

    proptest! {
        #[test]
        fn it_makes_the_new_of_the_old(old in sample::text(), new in sample::text(), caret in prop::option::of(0_usize..40)) {
            let operation = difference(&old, &new, caret);
            let mut text = old;
            apply(&mut text, &operation).unwrap();
            prop_assert_eq!(text, new);
        }

        #[test]
        fn a_caret_does_not_make_it_longer(old in sample::text(), new in sample::text(), caret in 0_usize..40) {
            let size = |operation: OperationSeq| crate::change::changes(&operation)
                .map(|change| change.deleted + chars::count(change.inserted))
                .sum::<usize>();
            prop_assert_eq!(size(difference(&old, &new, Some(caret))), size(difference(&old, &new, None)));
        }

        #[test]
        fn an_insertion_is_found_where_it_was(text in sample::text(), place in 0_usize..30, typed in "[ab🙂]{1,5}") {

            let place = place.min(chars::count(&text));
            let mut insertion = OperationSeq::default();
            insertion.retain(place as u64);
            insertion.insert(&typed);
            insertion.retain((chars::count(&text) - place) as u64);
            let new = insertion.apply(&text).unwrap();
            let caret = place + chars::count(&typed);
            prop_assert_eq!(difference(&text, &new, Some(caret)), insertion);
        }
    }
}
