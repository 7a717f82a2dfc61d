//! One client, told what a server might tell it.

use super::*;
use crate::{apply, caret::Side, sample};
use proptest::prelude::*;
use protocol::{Epoch, Seq, document::Caret};

fn at(seq: u64) -> Position {
    Position {
        epoch: Epoch(1),
        seq: Seq(seq),
    }
}

fn id(name: &str) -> MessageId {
    name.parse().unwrap()
}

fn operation(json: &str) -> OperationSeq {
    wire::read(&serde_json::from_str(json).unwrap()).unwrap()
}

/// Ann's document "abc", in which she wrote "X" behind "a", which is under way as "x", and "Y" behind that, which waits.
fn awaiting() -> Client {
    let mut client = Client::new(at(5), "abc".into());
    client.edit(&operation(r#"[1,"X",2]"#)).unwrap();
    assert!(client.take(|| Some(id("x"))).is_some());
    client.edit(&operation(r#"[2,"Y",2]"#)).unwrap();
    assert_eq!(client.text(), "aXYbc");
    client
}

#[test]
fn one_edit_is_under_way_and_the_rest_waits() {
    let mut client = awaiting();
    assert_eq!(client.outstanding(), Some(&id("x")));
    assert_eq!(client.take(|| Some(id("y"))), None);
    let heard = client.heard(Seq(6), Some(&id("x")), operation(r#"[1,"X",2]"#));
    assert_eq!(heard, Ok(Heard::Confirmed));
    assert_eq!(client.take(|| None), None, "without an id nothing goes");
    let sent = client.take(|| Some(id("y"))).unwrap();
    assert_eq!(
        (sent.base, sent.operation),
        (at(6), wire::write(&operation(r#"[2,"Y",2]"#)))
    );
    client.heard(Seq(7), Some(&id("y")), operation(r#"[2,"Y",2]"#)).unwrap();
    assert!(client.is_synchronised());
    assert_eq!(client.again(), None);
}

#[test]
fn what_others_wrote_at_the_same_place_was_there_first() {
    let mut client = awaiting();
    let heard = client.heard(Seq(6), None, operation(r#"[1,"!",2]"#));
    assert_eq!(heard, Ok(Heard::Changed(operation(r#"[1,"!",4]"#))));
    assert_eq!(client.text(), "a!XYbc");
    let again = client.again().unwrap();
    assert_eq!((again.id, again.base), (id("x"), at(6)));
    assert_eq!(again.operation, wire::write(&operation(r#"[2,"X",2]"#)));
}

#[test]
fn what_is_known_or_too_early_changes_nothing() {
    let mut client = awaiting();
    assert_eq!(client.heard(Seq(5), None, operation("[-3]")), Ok(Heard::Known));
    assert_eq!(client.heard(Seq(7), None, operation("[-3]")), Ok(Heard::Gap));
    assert_eq!(client.heard(Seq(6), None, operation("[-4]")), Err(Astray::Length));
    assert_eq!(
        client.heard(Seq(6), Some(&id("x")), operation(r#"["X",3]"#)),
        Err(Astray::Altered)
    );
    assert_eq!((client.text(), client.position()), ("aXYbc", at(5)));
    assert_eq!(
        client.heard(Seq(6), None, operation("[-3]")),
        Ok(Heard::Changed(operation("[-1,2,-2]")))
    );
}

#[test]
fn a_refused_edit_is_taken_back_from_below_the_next() {
    let mut client = awaiting();
    assert_eq!(client.refused(&id("y")), None);
    let undone = client.refused(&id("x")).unwrap();
    assert_eq!((client.text(), undone.inserted.as_str()), ("aYbc", "X"));
    assert_eq!(undone.change, operation("[1,-1,3]"));
    assert_eq!(
        client.take(|| Some(id("y"))).unwrap().operation,
        wire::write(&operation(r#"[1,"Y",2]"#))
    );
    assert!(client.refused(&id("y")).is_some());
    assert!(client.is_synchronised());
    assert_eq!(client.text(), "abc");
}

#[test]
fn a_refused_deletion_brings_the_text_back() {
    let mut client = Client::new(at(1), "abc".into());
    client.edit(&operation("[1,-1,1]")).unwrap();
    client.take(|| Some(id("x"))).unwrap();
    client.heard(Seq(2), None, operation(r#"["!",3]"#)).unwrap();
    let undone = client.refused(&id("x")).unwrap();
    assert_eq!((client.text(), undone.inserted.as_str()), ("!abc", ""));
}

#[test]
fn what_was_typed_survives_a_snapshot() {
    let mut client = awaiting();
    let mut field = client.text().to_owned();
    let later = Position {
        epoch: Epoch(2),
        seq: Seq(3),
    };
    let change = client.reset(later, "_abc_");
    apply(&mut field, &change).unwrap();
    assert_eq!((client.text(), field.as_str()), ("_abc_XY", "_abc_XY"));
    let again = client.again().unwrap();
    assert_eq!((again.id, again.base), (id("x"), later));
    assert_eq!(client.acknowledged(&id("x"), Seq(4)), None, "it is yet to be heard");
    assert!(!client.is_synchronised());
}

#[test]
fn an_edit_that_came_with_the_snapshot_is_not_done_twice() {
    let mut client = awaiting();
    client.reset(at(9), "aXbc");
    assert_eq!(client.text(), "aXXYbc");
    assert_eq!(client.acknowledged(&id("x"), Seq(6)), Some(operation("[2,-1,3]")));
    assert_eq!(client.text(), "aXYbc");
    assert_eq!(client.outstanding(), None);
}

#[test]
fn a_paste_goes_out_in_parts() {
    let mut client = Client::new(at(0), String::new());
    let paste = "0123456789".repeat(20_000);
    let mut insertion = OperationSeq::default();
    insertion.insert(&paste);
    client.edit(&insertion).unwrap();
    let mut parts = 0;
    while let Some(sent) = client.take(|| Some(id("part"))) {
        parts += 1;
        assert!(serde_json::to_string(&sent.operation).unwrap().len() <= 64 * 1024);
        let operation = wire::read(&sent.operation).unwrap();
        assert_eq!(
            client.heard(Seq(parts), Some(&id("part")), operation),
            Ok(Heard::Confirmed)
        );
    }
    assert_eq!(parts, 4);
    assert!(client.is_synchronised() && client.text() == paste);
}

#[test]
fn what_no_server_takes_is_not_done() {
    let mut client = Client::new(at(0), "x".repeat(DOCUMENT));
    let mut more = OperationSeq::default();
    more.insert("y");
    more.retain(DOCUMENT as u64);
    assert_eq!(client.edit(&more), Err(Unfit::Full));
    assert_eq!(client.edit(&operation(r#"["y"]"#)), Err(Unfit::Length));
    let mut line = OperationSeq::default();
    line.insert("\r");
    line.delete(DOCUMENT as u64);
    assert_eq!(client.edit(&line), Err(Unfit::Line));
    assert!(client.is_synchronised() && client.text().len() == DOCUMENT);
}

#[test]
fn an_edit_that_comes_to_nothing_is_not_sent() {
    let mut client = Client::new(at(0), "a".into());
    client.edit(&operation(r#"[1,"b"]"#)).unwrap();
    client.edit(&operation("[1,-1]")).unwrap();
    assert!(client.is_synchronised());
    assert_eq!(client.take(|| panic!("there is nothing to name")), None);
}

#[test]
fn carets_come_from_somewhat_older_revisions() {
    let mut client = awaiting();
    client.heard(Seq(6), None, operation(r#"[1,"!",2]"#)).unwrap();
    let caret = |seq, head| Caret {
        seq: Seq(seq),
        anchor: 0,
        head,
    };
    let seen = |client: &Client, seq, head, side| client.caret(caret(seq, head), |_| side).map(|caret| caret.head);
    assert_eq!(client.text(), "a!XYbc");
    assert_eq!(seen(&client, 5, 1, Side::Before), Some(1));
    assert_eq!(seen(&client, 5, 1, Side::Behind), Some(2));
    assert_eq!(seen(&client, 5, 2, Side::Before), Some(5));
    assert_eq!(seen(&client, 6, u32::MAX, Side::Before), Some(6));
    assert_eq!(seen(&client, 7, 0, Side::Before), None, "yet to come");
    assert_eq!(seen(&client, 4, 0, Side::Before), None, "never heard of");
}

#[test]
fn ones_own_caret_is_told_as_where_one_began_to_write() {
    let client = awaiting();
    let told: Vec<u32> = (0..=5).map(|place| client.to_server(place)).collect();
    assert_eq!(told, [0, 1, 1, 1, 2, 3]);
    assert_eq!((client.to_local(1, true), client.to_local(1, false)), (3, 1));
}

proptest! {
    #[test]
    fn whatever_is_heard_is_taken_or_changes_nothing(
        (text, first) in sample::edit(),
        heard in prop::collection::vec((0_u64..8, any::<bool>(), sample::hostile(), any::<u32>()), 1..20),
    ) {
        let mut client = Client::new(at(1), text);
        client.edit(&first).unwrap();
        client.take(|| Some(id("x")));
        for (seq, is_mine, operation, place) in heard {
            let before = client.text().to_owned();
            let Ok(operation) = wire::read(&operation) else { continue };
            let mine = id("x");
            let expected = match client.heard(Seq(seq), is_mine.then_some(&mine), operation) {
                Ok(Heard::Changed(change)) => change.apply(&before).unwrap(),
                Ok(_) | Err(_) => before,
            };
            prop_assert_eq!(client.text(), expected);
            let caret = Caret { seq: Seq(seq), anchor: 0, head: place };
            let head = client.caret(caret, |_| Side::Behind).map_or(0, |caret| caret.head as usize);
            prop_assert!(head <= client.text().chars().count());
        }
    }
}
