//! What waits for an answer: counted, sent in turn, and kept where it was refused.

use super::*;
use crate::note::model::{Matter, Refused};
use protocol::note::{Change, NoteChanged, Noted};

fn make() -> Change {
    Change::Make {
        note: "n".parse().unwrap(),
        x: 0.0,
        y: 0.0,
        hue: Hue::try_from(45).unwrap(),
        text: String::new(),
    }
}

fn edit(version: u64) -> Change {
    Change::Edit {
        note: "n".parse().unwrap(),
        version: Seq(version),
        text: "mine".to_owned(),
    }
}

/// The changes of notes that were sent since this was last asked.
fn changes(page: &Page) -> Vec<Change> {
    let wishes = page.wishes().into_iter();
    let change = |wish| match wish {
        Wish::ChangeNote(wish) => Some(wish.change),
        _ => None,
    };
    wishes.filter_map(change).collect()
}

fn does(page: &Page, id: &str, change: Change) {
    page.session.change_note_as(id.parse().unwrap(), change).unwrap();
}

fn is_noted(page: &Page, id: &str, seq: u64) {
    let (seq, at) = (Seq(seq), Millis(seq));
    page.hears(News::Noted(id.parse().unwrap(), Ok(Noted { seq, at })));
}

#[test]
fn what_is_not_answered_is_counted() {
    let page = Page::live();
    let unsent = || untrack(|| page.session.unsent());
    assert_eq!(unsent(), 0);
    page.session.say_as("said".parse().unwrap(), "hello".to_owned());
    does(&page, "made", make());
    assert_eq!(unsent(), 2);
    is_noted(&page, "made", 1);
    assert_eq!(unsent(), 1);
    page.hears(News::Said(
        "said".parse().unwrap(),
        Err(Refusal::new(Code::Busy, "Later.")),
    ));
    assert_eq!(unsent(), 0, "what was refused is told by itself");
}

#[test]
fn a_change_waits_for_the_answer_to_the_one_before() {
    let page = Page::live();
    does(&page, "made", make());
    let version = page.session.note.with_untracked(|note| note.shown().notes()[0].version);
    does(&page, "written", edit(version.0));
    assert_eq!(changes(&page), [make()]);
    is_noted(&page, "made", 1);
    assert_eq!(changes(&page), [edit(1)]);
}

#[test]
fn what_was_refused_is_kept_until_it_is_decided() {
    let page = Page::live();
    page.happens(NoteChanged {
        room: sky(),
        user_id: "bob".parse().unwrap(),
        seq: Seq(1),
        id: "b1".parse().unwrap(),
        at: Millis(1),
        change: make(),
    });
    does(&page, "written", edit(1));
    let gone = Refusal::new(Code::UnknownNote, "This note is gone.");
    page.hears(News::Noted("written".parse().unwrap(), Err(gone)));
    let matters = || -> Vec<_> {
        page.session
            .refused
            .with_untracked(|all| all.iter().map(Refused::matter).collect())
    };
    let mine = "mine".to_owned();
    assert_eq!(matters(), [Matter::Gone { mine }]);
    page.session.decided();
    assert_eq!(matters(), []);
}

fn busy() -> Refusal {
    Refusal::new(Code::StoreUnavailable, "The store does not answer just now.").retry_after(1000)
}

#[test]
fn what_the_server_may_take_later_stays_on_its_way_and_is_sent_again() {
    let page = Page::live();
    let said: MessageId = "said".parse().unwrap();
    page.session.say_as(said.clone(), "hello".to_owned());
    does(&page, "made", make());
    page.wishes();
    page.hears(News::Said(said.clone(), Err(busy())));
    page.hears(News::Noted("made".parse().unwrap(), Err(busy())));
    assert_eq!(untrack(|| page.session.unsent()), 2);
    assert_eq!(page.session.refused.with_untracked(Vec::len), 0);
    page.session.pulse(1999.0);
    assert!(!page.wishes().iter().any(is_write), "not before its time");
    page.session.pulse(2000.0);
    let again: Vec<_> = page.wishes().into_iter().filter(is_write).collect();
    assert!(
        matches!(&again[..], [Wish::Say(say), Wish::ChangeNote(change)]
            if say.id.as_ref() == Some(&said) && say.text == "hello" && change.change == make()),
        "{again:?}"
    );
    page.session.pulse(9000.0);
    assert!(!page.wishes().iter().any(is_write), "once for each refusal");
}

#[test]
fn why_something_waits_is_known_until_it_is_taken() {
    let page = Page::live();
    let why = || untrack(|| page.session.why_unsent());
    let words = Some(busy().message);
    let [first, second]: [MessageId; 2] = ["first", "second"].map(|id| id.parse().unwrap());
    for id in [&first, &second] {
        page.session.say_as(id.clone(), "hello".to_owned());
        assert_eq!(why(), None);
    }
    for id in [&first, &second] {
        page.hears(News::Said(id.clone(), Err(busy())));
        assert_eq!(why(), words);
    }
    let taken = Said {
        seq: Seq(2),
        at: Millis(2),
    };
    page.hears(News::Said(second, Ok(taken)));
    assert_eq!(why(), words, "the other still waits");
    page.hears(News::Said(first.clone(), Err(Refusal::new(Code::AccessDenied, "No."))));
    assert_eq!(why(), None, "it does not wait: it is the person's to decide");
    page.hears(News::Said(first, Err(busy())));
    page.hears(News::Status(Status::Connecting));
    assert_eq!(why(), None);
    page.hears(News::Joined(Ok(Box::new(welcome(1)))));
    assert_eq!(why(), None, "another connection, another answer");
}

#[test]
fn what_came_back_meanwhile_is_not_sent_again() {
    let page = Page::live();
    let said: MessageId = "said".parse().unwrap();
    page.session.say_as(said.clone(), "hello".to_owned());
    page.hears(News::Said(said.clone(), Err(busy())));
    page.happens(ChatMessage {
        user_id: ann().user_id,
        id: said,
        ..line(2)
    });
    page.wishes();
    page.session.pulse(9000.0);
    assert!(!page.wishes().iter().any(is_write));
    assert_eq!(untrack(|| page.session.why_unsent()), None, "nothing waits any more");
}

fn is_write(wish: &Wish) -> bool {
    matches!(wish, Wish::Say(_) | Wish::ChangeNote(_))
}
