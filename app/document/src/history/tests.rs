//! The server's side, against the plainest model there is and against people who mean no good.

use super::*;
use crate::{sample, wire};
use proptest::prelude::*;
use protocol::{Code, Refusal};

fn insertion(place: usize, text: &str, length: usize) -> OperationSeq {
    let mut operation = OperationSeq::default();
    operation.retain(place as u64);
    operation.insert(text);
    operation.retain((length - place) as u64);
    operation
}

/// Wherever somebody might say to be.
fn anywhere() -> impl Strategy<Value = u64> {
    prop_oneof![0_u64..8, Just(u64::MAX), any::<u64>()]
}

#[test]
fn each_reason_has_its_code() {
    let mut history = History::new("ab", Seq(7), 1);
    let refused =
        |history: &History, base: u64, operation| Refusal::from(history.rebase(Seq(base), operation).unwrap_err()).code;
    assert_eq!(refused(&history, 8, insertion(0, "x", 2)), Code::UnknownRevision);
    assert_eq!(refused(&history, 6, insertion(0, "x", 2)), Code::HistoryGone);
    assert_eq!(refused(&history, 7, insertion(0, "x", 3)), Code::BadOperation);
    assert_eq!(refused(&history, 7, insertion(0, "\r", 2)), Code::BadOperation);
    assert_eq!(
        refused(&history, 7, insertion(0, &"x".repeat(DOCUMENT), 2)),
        Code::DocumentFull
    );
    history.push(insertion(0, "x", 2)).unwrap();
    assert!(history.rebase(Seq(7), insertion(0, "y", 2)).is_ok());
    history.push(insertion(0, "x", 3)).unwrap();
    assert_eq!(refused(&history, 7, insertion(0, "y", 2)), Code::HistoryGone);
}

#[test]
fn of_two_at_one_place_the_earlier_stands_first() {
    let mut history = History::new("", Seq(0), 10);
    history.push(insertion(0, "first", 0)).unwrap();
    let second = history.rebase(Seq(0), insertion(0, "second", 0)).unwrap();
    history.push(second).unwrap();
    assert_eq!(history.text(), "firstsecond");
}

#[test]
fn a_full_document_takes_what_makes_it_no_larger() {
    let mut history = History::new(&"x".repeat(DOCUMENT), Seq(0), 10);
    assert_eq!(history.push(insertion(0, "y", DOCUMENT)), Err(Unfit::Full));
    let mut replacement = OperationSeq::default();
    replacement.insert("ä");
    replacement.delete(2);
    replacement.retain(DOCUMENT as u64 - 2);
    history.push(replacement).unwrap();
    assert_eq!(history.bytes(), DOCUMENT);
}

#[test]
fn a_deletion_that_others_wrote_into_may_come_to_too_many_steps() {
    let length = 2 * OPERATION_STEPS;
    let mut history = History::new(&"x".repeat(length), Seq(0), 10);
    let mut scattered = OperationSeq::default();
    for _ in 0..OPERATION_STEPS / 2 {
        scattered.retain(4);
        scattered.insert("y");
    }
    history.push(scattered).unwrap();
    let mut everything = OperationSeq::default();
    everything.delete(length as u64);
    assert!(history.rebase(Seq(0), everything).is_ok());
    let mut scattered = OperationSeq::default();
    for _ in 0..OPERATION_STEPS / 4 {
        scattered.retain(3);
        scattered.delete(5);
    }
    assert_eq!(history.rebase(Seq(0), scattered), Err(Unfit::Steps));
}

#[test]
fn pastes_do_not_fill_the_memory() {
    let mut history = History::new("", Seq(0), usize::MAX);
    let paste = "x".repeat(DOCUMENT / 2);
    for _ in 0..40 {
        history.push(insertion(0, &paste, 0)).unwrap();
        let mut deletion = OperationSeq::default();
        deletion.delete(paste.len() as u64);
        history.push(deletion).unwrap();
    }
    assert!(history.weight <= HISTORY_BYTES);
    assert!(history.since(Seq(80 - 30)).is_ok());
    assert_eq!(history.since(Seq(0)).err(), Some(Unfit::Gone));
}

#[test]
fn what_would_hold_up_the_room_is_refused() {
    let length = OPERATION_STEPS;
    let mut history = History::new(&"x".repeat(length), Seq(0), 1000);
    for _ in 0..1000 {
        let mut replacement = OperationSeq::default();
        replacement.insert("y");
        replacement.delete(1);
        replacement.retain(length as u64 - 1);
        history.push(replacement).unwrap();
    }
    let mut scattered = OperationSeq::default();
    for _ in 0..length / 2 {
        scattered.retain(2);
        scattered.insert("z");
    }
    assert_eq!(history.rebase(Seq(0), scattered.clone()), Err(Unfit::Gone));
    assert!(history.rebase(Seq(990), scattered).is_ok());
}

proptest! {
    #[test]
    fn two_at_once_come_to_what_the_reference_says((text, first, second) in sample::two()) {
        let mut history = History::new(&text, Seq(3), 10);
        history.push(first.clone()).unwrap();
        let second = history.rebase(Seq(3), second).unwrap();
        history.push(second.clone()).unwrap();
        let expected = second.apply(&first.apply(&text).unwrap()).unwrap();
        prop_assert_eq!(history.bytes(), expected.len());
        prop_assert_eq!(history.text(), expected);
        prop_assert_eq!(history.since(Seq(4)).unwrap().collect::<Vec<_>>(), [&second]);
        prop_assert_eq!(history.seq(), Seq(5));
    }

    #[test]
    fn whatever_is_sent_fits_or_changes_nothing(
        text in sample::text(),
        sent in prop::collection::vec((anywhere(), sample::hostile(), any::<u32>()), 1..30),
    ) {
        let mut history = History::new(&text, Seq(0), 4);
        for (base, operation, place) in sent {
            let before = (history.text(), history.seq());
            let rebased = wire::read(&operation).and_then(|operation| history.rebase(Seq(base), operation));
            match rebased {
                Ok(rebased) => {
                    let expected = rebased.apply(&before.0).unwrap();
                    prop_assert_eq!(history.push(rebased), Ok(()));
                    prop_assert_eq!(history.text(), expected);
                }
                Err(_) => prop_assert_eq!((history.text(), history.seq()), before),
            }
            if let Ok(operation) = wire::read(&operation) {
                let before = history.text();
                if history.push(operation).is_err() {
                    prop_assert_eq!(history.text(), before);
                }
            }
            let caret = Caret { seq: Seq(base), anchor: place, head: u32::MAX };
            if let Some(caret) = history.caret(caret, |_| Side::Behind) {
                let end = history.text().chars().count() as u32;
                prop_assert!(caret.anchor <= end);
                prop_assert_eq!((caret.seq, caret.head), (history.seq(), end));
            }
        }
    }
}
