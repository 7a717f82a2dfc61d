//! Notes between what I do, what the server makes of it and what the others do meanwhile.

mod chance;
mod room;

use super::*;
use protocol::Epoch;
use room::*;

#[test]
fn what_i_do_is_shown_at_once_and_pending_until_it_is_heard() {
    let mut room = Room::joined();
    room.ann(make("a")).unwrap();
    assert!(room.text("a").is_some() && room.page.is_pending(&note_id("a")));
    assert_eq!(room.page.waiting(), 1);
    room.settles();
    assert!(room.text("a").is_some() && !room.page.is_pending(&note_id("a")));
    assert_eq!(room.page.waiting(), 0);
}

#[test]
fn a_text_can_be_written_on_an_own_one_that_is_under_way() {
    let mut room = Room::joined();
    room.ann(make("a")).unwrap();
    let begun = room.version("a");
    room.ann_writes("a", "one").unwrap();
    room.ann_writes("a", "two").unwrap();
    assert_eq!(room.up.len(), 1, "one at a time");
    room.settles();
    assert_eq!(room.board.notes()[0].text, "two");
    room.ann(edit("a", room.version("a"), "three")).unwrap();
    room.settles();
    assert_eq!(room.refused, []);
    assert_eq!(room.text("a").as_deref(), Some("three"));
    let late = room
        .ann(edit("a", begun, "on the first, which is long gone"))
        .unwrap_err();
    assert_eq!(late.code, Code::Conflict);
}

#[test]
fn an_edit_that_began_before_the_note_was_heard_names_its_version() {
    let mut room = Room::joined();
    room.ann(make("a")).unwrap();
    let begun = room.version("a");
    room.settles();
    assert_eq!(room.version("a"), Seq(1));
    room.ann(edit("a", begun, "hello")).unwrap();
    room.settles();
    assert_eq!((room.refused.len(), room.board.notes()[0].text.as_str()), (0, "hello"));
}

#[test]
fn a_drag_without_an_answer_is_sent_as_its_first_and_its_last_step() {
    let mut room = Room::joined();
    room.ann(make("a")).unwrap();
    room.settles();
    (1..=20).for_each(|x| room.ann(step("a", f64::from(x))).unwrap());
    assert_eq!((room.up.len(), room.page.waiting()), (1, 2));
    room.settles();
    assert_eq!((room.board.notes()[0].x, room.log.len()), (20.0, 3));
}

#[test]
fn two_texts_on_one_note_are_a_matter_for_the_person() {
    let mut room = Room::joined();
    room.ann(make("a")).unwrap();
    room.settles();
    room.ann_writes("a", "mine").unwrap();
    room.bob(edit("a", Seq(1), "theirs"));
    room.ann_writes("a", "mine, and more").unwrap();
    room.settles();
    let [refused] = &room.refused[..] else {
        panic!("one dialog, not {}", room.refused.len())
    };
    let Matter::Conflict { theirs, mine } = refused.matter() else {
        panic!("not a conflict")
    };
    assert_eq!((theirs.text.as_str(), mine.as_str()), ("theirs", "mine, and more"));
    assert_eq!(room.text("a").as_deref(), Some("theirs"), "taken back");
    room.ann(edit("a", theirs.version, "both")).unwrap();
    room.settles();
    assert_eq!(room.board.notes()[0].text, "both");
}

#[test]
fn an_edit_may_name_what_a_refusal_told_before_it_is_heard() {
    let mut room = Room::joined();
    room.ann(make("a")).unwrap();
    room.settles();
    room.bob(edit("a", Seq(1), "theirs"));
    assert!(room.ann(edit("a", Seq(2), "mine")).is_ok());
    room.settles();
    assert_eq!((room.refused.len(), room.board.notes()[0].text.as_str()), (0, "mine"));
}

#[test]
fn what_was_written_on_a_note_that_is_gone_is_kept() {
    let mut room = Room::joined();
    room.ann(make("a")).unwrap();
    room.settles();
    room.bob(delete("a"));
    room.ann(step("a", 5.0)).unwrap();
    room.ann_writes("a", "too late").unwrap();
    room.settles();
    let matters: Vec<_> = room.refused.iter().map(Refused::matter).collect();
    let mine = "too late".to_owned();
    assert_eq!(matters, [Matter::Gone { mine }], "and the move is no matter");
}

#[test]
fn what_was_written_on_a_note_that_was_not_made_is_kept() {
    let mut room = Room::joined();
    room.ann(make("a")).unwrap();
    room.ann_writes("a", "kept").unwrap();
    room.ann(color("a", 90)).unwrap();
    let full = Refusal::new(Code::NotesFull, "Full.");
    let refused = room.page.answered(&id(1), Err(full)).unwrap();
    let mine = Some("kept".to_owned());
    assert_eq!(refused.matter(), Matter::Other { mine });
    assert_eq!((room.text("a"), room.page.waiting()), (None, 0));
}

#[test]
fn a_note_that_i_take_away_takes_along_what_waits() {
    let mut room = Room::joined();
    room.ann(make("a")).unwrap();
    room.ann_writes("a", "never mind").unwrap();
    room.ann(delete("a")).unwrap();
    assert_eq!(room.text("a"), None);
    room.settles();
    assert_eq!(
        (room.board.notes().len(), room.refused.len(), room.log.len()),
        (0, 0, 2)
    );
}

#[test]
fn what_the_server_lost_after_it_had_answered_is_pending_no_longer() {
    let mut room = Room::joined();
    room.ann(make("a")).unwrap();
    let (seq, at) = (Seq(1), Millis(1));
    assert_eq!(room.page.answered(&id(1), Ok(Noted { seq, at })), None);
    room.page.interrupted();
    room.page.replayed(Replay {
        position: Position {
            epoch: Epoch(8),
            seq: Seq(0),
        },
        recovered: false,
        snapshot: Some(Vec::new()),
        entries: Vec::new(),
    });
    assert_eq!((room.text("a"), room.page.waiting()), (None, 0));
}
