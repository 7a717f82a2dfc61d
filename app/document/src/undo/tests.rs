//! Undo, alone and among others.

use super::*;
use crate::{apply, change::changes, sample};
use proptest::prelude::*;

/// One person's text and what they can undo in it.
#[derive(Default)]
struct Desk {
    text: String,
    undo: Undo,
}

impl Desk {
    fn edit(&mut self, operation: &OperationSeq, join: bool) {
        self.undo.edited(invert(&self.text, operation), join);
        apply(&mut self.text, operation).unwrap();
    }

    fn type_at(&mut self, place: usize, text: &str, join: bool) {
        let length = chars::count(&self.text);
        let mut operation = OperationSeq::default();
        operation.retain(place as u64);
        operation.insert(text);
        operation.retain((length - place) as u64);
        self.edit(&operation, join);
    }

    fn hear(&mut self, operation: &OperationSeq) {
        apply(&mut self.text, operation).unwrap();
        self.undo.heard(operation);
    }

    fn undo(&mut self) -> bool {
        let step = self.undo.undo(&self.text);
        step.map(|step| apply(&mut self.text, &step).unwrap()).is_some()
    }

    fn redo(&mut self) -> bool {
        let step = self.undo.redo(&self.text);
        step.map(|step| apply(&mut self.text, &step).unwrap()).is_some()
    }
}

#[test]
fn a_word_goes_at_once_and_comes_back_at_once() {
    let mut desk = Desk::default();
    desk.type_at(0, "a", false);
    desk.type_at(1, "b", true);
    desk.type_at(2, " c", false);
    assert!(desk.undo());
    assert_eq!(desk.text, "ab");
    assert!(desk.undo());
    assert_eq!(desk.text, "");
    assert!(!desk.undo());
    assert!(desk.redo());
    assert_eq!(desk.text, "ab");
    desk.type_at(2, "x", true);
    assert!(!desk.undo.can_redo(), "another edit is another story");
    assert!(desk.undo());
    assert_eq!(desk.text, "ab", "after a redo nothing is joined");
}

#[test]
fn what_comes_to_nothing_is_no_step() {
    let mut desk = Desk::default();
    desk.type_at(0, "a", false);
    let mut back = OperationSeq::default();
    back.delete(1);
    desk.edit(&back, true);
    assert!(!desk.undo.can_undo());
}

#[test]
fn what_others_deleted_is_not_undone() {
    let mut desk = Desk::default();
    desk.type_at(0, "own", false);
    let mut deletion = OperationSeq::default();
    deletion.delete(3);
    desk.hear(&deletion);
    assert!(!desk.undo.can_undo());
}

#[test]
fn only_so_many_steps_are_kept() {
    let mut desk = Desk::default();
    for place in 0..DEPTH + 5 {
        desk.type_at(place, "x", false);
    }
    while desk.undo() {}
    assert_eq!(desk.text, "xxxxx");
}

#[test]
fn a_text_that_changed_unheard_ends_it() {
    let mut desk = Desk::default();
    desk.type_at(0, "own", false);
    desk.text.push_str("unheard");
    assert!(!desk.undo());
    assert!(!desk.undo.can_undo() && !desk.undo.can_redo());
}

/// Changes to a text, made to fit whatever its length: place and length in thousandths, and what is written.
fn edits(letters: &'static str) -> impl Strategy<Value = Vec<(usize, usize, String, bool)>> {
    prop::collection::vec((0_usize..1000, 0_usize..300, letters, any::<bool>()), 1..25)
}

fn fit(text: &str, (place, long, written, _): &(usize, usize, String, bool)) -> OperationSeq {
    let length = chars::count(text);
    let place = length * place / 1000;
    let long = (length - place) * long / 1000;
    let mut operation = OperationSeq::default();
    operation.retain(place as u64);
    operation.insert(written);
    operation.delete(long as u64);
    operation.retain((length - place - long) as u64);
    operation
}

fn only(text: &str, wanted: impl Fn(char) -> bool) -> Vec<char> {
    text.chars().filter(|char| wanted(*char)).collect()
}

fn is_within(few: &[char], many: &[char]) -> bool {
    let mut many = many.iter();
    few.iter().all(|char| many.any(|other| other == char))
}

proptest! {
    #[test]
    fn alone_all_comes_back_both_ways(text in sample::text(), edits in edits("[a🙂\n]{0,4}")) {
        let mut desk = Desk { text: text.clone(), ..Desk::default() };
        for edit in &edits {
            desk.edit(&fit(&desk.text, edit), edit.3);
        }
        let end = desk.text.clone();
        while desk.undo() {}
        prop_assert_eq!(&desk.text, &text);
        while desk.redo() {}
        prop_assert_eq!(&desk.text, &end);
    }

    /// One's own letters are small, others' are capitals. Undoing all leaves no small one, and no capital goes that was there.
    #[test]
    fn among_others_only_ones_own_goes(own in edits("[a-z]{0,4}"), others in edits("[A-Z]{0,4}")) {
        let mut desk = Desk { text: "OTHERS".into(), ..Desk::default() };
        let turns = own.len().max(others.len());
        for turn in 0..turns {
            if let Some(edit) = own.get(turn) {
                desk.edit(&fit(&desk.text, edit), edit.3);
            }
            if let Some(edit) = others.get(turn) {
                desk.hear(&fit(&desk.text, edit));
            }
        }
        let before = only(&desk.text, char::is_uppercase);
        while desk.undo() {}
        prop_assert_eq!(only(&desk.text, char::is_lowercase), Vec::<char>::new());
        let after = only(&desk.text, char::is_uppercase);
        prop_assert!(is_within(&before, &after), "{before:?} in {after:?}");
    }

    #[test]
    fn each_step_fits_whatever_is_done_between((_, first) in sample::edit(), rest in prop::collection::vec((edits("[A-Z]{0,3}"), 0_u8..4), 1..12)) {
        let mut desk = Desk { text: "x".repeat(first.base_len()), ..Desk::default() };
        desk.edit(&first, false);
        for (edits, kind) in rest {
            let operation = fit(&desk.text, &edits[0]);
            match kind {
                0 => desk.edit(&operation, edits[0].3),
                1 => desk.hear(&operation),
                2 => prop_assert_eq!(desk.undo.can_undo(), desk.undo()),
                _ => prop_assert_eq!(desk.undo.can_redo(), desk.redo()),
            }
            prop_assert!(desk.undo.undo.iter().all(|step| changes(step).next().is_some()));
        }
    }
}
