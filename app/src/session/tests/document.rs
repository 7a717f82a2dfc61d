//! The document in a session: what goes out when, and what brings it back after something was lost.

use super::*;
use protocol::{
    MessageId,
    document::{Caret, DocumentEdited, EditDocument, Edited, MoveCaret},
};

fn id() -> MessageId {
    "mine".parse().unwrap()
}

/// Ann's page, live in a room with an empty document.
fn live() -> Page {
    let page = Page::live();
    page.session.dice.set_value(|| Some(id()));
    page
}

impl Page {
    /// Her text field holds this now, with the caret at its end.
    fn writes(&self, text: &str) {
        let caret = Some(text.encode_utf16().count());
        self.session.edit_document_at(text, caret, 1000.0).unwrap();
    }

    fn text(&self) -> String {
        self.session
            .document
            .with_untracked(|document| document.text().to_owned())
    }
}

fn edit(base: u64, operation: &str) -> Wish {
    Wish::EditDocument(EditDocument {
        room: sky(),
        base: position(base),
        operation: serde_json::from_str(operation).unwrap(),
        id: Some(id()),
    })
}

fn edited(user: &str, seq: u64, operation: &str) -> DocumentEdited {
    DocumentEdited {
        room: sky(),
        user_id: user.parse().unwrap(),
        peer: PeerId(if user == "ann" { 1 } else { 2 }),
        seq: Seq(seq),
        id: if user == "ann" { id() } else { "theirs".parse().unwrap() },
        operation: serde_json::from_str(operation).unwrap(),
    }
}

#[test]
fn one_edit_goes_at_a_time_and_the_rest_in_one() {
    let page = live();
    page.writes("a");
    page.writes("ab");
    page.writes("abc");
    assert_eq!(page.wishes(), [edit(0, r#"["a"]"#)]);
    page.happens(edited("ann", 1, r#"["a"]"#));
    assert_eq!(page.wishes(), [edit(1, r#"[1,"bc"]"#)]);
    page.hears(News::Edited(id(), Ok(Edited { seq: Seq(2) })));
    page.happens(edited("ann", 2, r#"[1,"bc"]"#));
    assert_eq!(page.wishes(), []);
    assert_eq!(page.text(), "abc");
}

#[test]
fn an_undo_is_an_edit_like_any_other() {
    let page = live();
    page.writes("a");
    page.happens(edited("ann", 1, r#"["a"]"#));
    page.wishes();
    page.session.undo();
    assert_eq!(page.wishes(), [edit(1, "[-1]")]);
    page.happens(edited("ann", 2, "[-1]"));
    page.session.redo();
    assert_eq!(page.wishes(), [edit(2, r#"["a"]"#)]);
    page.session.redo();
    assert_eq!(page.wishes(), [], "there is nothing more");
}

#[test]
fn what_was_written_offline_goes_out_with_the_welcome() {
    let page = live();
    let after = Duration::from_secs(1);
    page.hears(News::Status(Status::Reconnecting {
        attempt: 1,
        after,
        why: None,
    }));
    page.writes("in the ");
    page.writes("in the dark");
    assert_eq!(page.wishes(), []);
    page.hears(News::Status(Status::Open));
    assert!(
        matches!(&page.wishes()[..], [Wish::Join(join)] if join.resume.and_then(|resume| resume.document) == Some(position(0)))
    );
    let document = Replay {
        position: position(1),
        recovered: true,
        snapshot: None,
        entries: vec![edited("bob", 1, r#"["Bob "]"#)],
    };
    page.hears(News::Joined(Ok(Box::new(Welcome { document, ..welcome(1) }))));
    assert_eq!(page.text(), "Bob in the dark");
    assert_eq!(page.wishes(), [edit(1, r#"[4,"in the dark"]"#)]);
}

#[test]
fn an_edit_that_came_too_soon_goes_again_in_time() {
    let page = live();
    page.writes("a");
    page.wishes();
    let busy = Refusal::new(Code::Busy, "Later.").retry_after(500);
    page.hears(News::Edited(id(), Err(busy.clone())));
    assert_eq!(untrack(|| page.session.why_unsent()), Some(busy.message));
    page.writes("ab");
    let edits = |page: &Page| {
        let wishes = page.wishes().into_iter();
        wishes
            .filter(|wish| matches!(wish, Wish::EditDocument(_)))
            .collect::<Vec<_>>()
    };
    page.session.pulse(1400.0);
    assert_eq!(edits(&page), []);
    page.session.pulse(1600.0);
    assert_eq!(edits(&page), [edit(0, r#"["a"]"#)]);
}

#[test]
fn what_is_refused_is_kept_until_it_is_let_go() {
    let page = live();
    page.writes("a");
    let full = Refusal::new(Code::DocumentFull, "Full.");
    page.hears(News::Edited(id(), Err(full)));
    let kept = || {
        page.session
            .document
            .with_untracked(|document| document.kept().cloned())
    };
    assert_eq!(
        kept().map(|kept| (kept.text, kept.why)),
        Some(("a".to_owned(), "Full. What you wrote is kept here.".to_owned()))
    );
    assert_eq!(page.text(), "");
    page.session.let_go();
    assert_eq!(kept(), None);
}

#[test]
fn a_gap_in_the_document_is_asked_for_once() {
    let page = live();
    page.happens(edited("bob", 2, r#"["a"]"#));
    page.happens(edited("bob", 3, r#"[1,"b"]"#));
    assert_eq!(page.wishes(), [join(Some(position(1)))]);
}

#[test]
fn another_rooms_edits_change_nothing() {
    let page = live();
    page.happens(DocumentEdited {
        room: "elsewhere".parse().unwrap(),
        ..edited("bob", 1, r#"["a"]"#)
    });
    assert_eq!(page.text(), "");
}

#[test]
fn carets_go_both_ways_with_the_newest_frames() {
    let page = live();
    page.happens(edited("bob", 1, r#"["abc"]"#));
    page.session.document.update(|document| {
        document.show((0, 0), |_| {});
    });
    let caret = Some(Caret {
        seq: Seq(1),
        anchor: 0,
        head: 2,
    });
    page.session.place_caret(Some((0, 2)));
    page.session.frame(1016.0);
    assert_eq!(page.wishes(), [Wish::MoveCaret(MoveCaret { room: sky(), caret })]);
    let frame = |at, caret| CursorsMoved {
        room: sky(),
        at: Millis(at),
        moves: vec![],
        carets: [1, 2]
            .map(|peer| protocol::document::CaretAt {
                peer: PeerId(peer),
                caret,
            })
            .to_vec(),
        typing: vec![],
    };
    page.happens(frame(1050, caret));
    page.happens(frame(1049, None));
    let carets = || {
        page.session
            .document
            .with_untracked(|document| document.carets(Some(PeerId(1))))
    };
    assert_eq!(carets().iter().map(|caret| caret.head).collect::<Vec<_>>(), [2]);
    page.happens(PresenceChanged {
        room: sky(),
        changed: vec![],
        left: vec!["bob".parse().unwrap()],
    });
    assert_eq!(carets(), []);
}
