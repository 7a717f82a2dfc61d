//! The document as a story: opened, written, heard, refused, lost and found again.

mod carets;
mod convergence;
mod undo;

use super::*;
use crate::log::Heard;
use ::document::{client::Sending, wire};
use protocol::{Code, Epoch, MessageId, Refusal, Replay, Seq, document::Edited};

const ANN: PeerId = PeerId(1);
const BOB: PeerId = PeerId(2);

fn at(seq: u64) -> Position {
    Position {
        epoch: Epoch(1),
        seq: Seq(seq),
    }
}

fn id(name: &str) -> MessageId {
    name.parse().unwrap()
}

fn snapshot(position: Position, text: &str) -> Replay<DocumentEdited, String> {
    Replay {
        position,
        recovered: false,
        snapshot: Some(text.to_owned()),
        entries: vec![],
    }
}

fn recovered(seq: u64, entries: Vec<DocumentEdited>) -> Replay<DocumentEdited, String> {
    Replay {
        position: at(seq),
        recovered: true,
        snapshot: None,
        entries,
    }
}

fn edited(who: &str, seq: u64, name: &str, operation: &str) -> DocumentEdited {
    DocumentEdited {
        room: "sky".parse().unwrap(),
        user_id: who.parse().unwrap(),
        peer: match who {
            "ann" => ANN,
            "bob" => BOB,
            _ => PeerId(3),
        },
        seq: Seq(seq),
        id: id(name),
        operation: serde_json::from_str(operation).unwrap(),
    }
}

/// Ann's page: the model and its text field.
struct Page {
    model: Model,
    field: Vec<u16>,
    selection: (usize, usize),
}

impl Page {
    /// Not joined yet.
    fn new(user: &str) -> Self {
        Self {
            model: Model::new(user.parse().unwrap()),
            field: Vec::new(),
            selection: (0, 0),
        }
    }

    /// Ann's, open and shown, at revision 5.
    fn opened(text: &str) -> Self {
        let mut page = Self::new("ann");
        assert_eq!(page.model.replayed(snapshot(at(5), text), &[]), Heard::Taken);
        page.show();
        page
    }

    fn shows(&self) -> String {
        String::from_utf16(&self.field).unwrap()
    }

    /// Puts what is unseen into the field.
    fn show(&mut self) {
        let field = &mut self.field;
        let shown = self.model.show(self.selection, |splice| {
            field.splice(splice.from..splice.to, splice.text.encode_utf16());
        });
        self.selection = shown.unwrap_or(self.selection);
        assert_eq!(self.shows(), self.model.shown());
    }

    /// Writes into the field, in place of these UTF-16 units.
    fn types(&mut self, from: usize, to: usize, text: &str, now: f64) -> Result<(), Refusal> {
        let before = self.field.clone();
        self.field.splice(from..to, text.encode_utf16());
        let caret = from + text.encode_utf16().count();
        let typed = self.model.typed(&self.shows(), Some(caret), now);
        match typed {
            Ok(()) => self.selection = (caret, caret),
            Err(_) => self.field = before,
        }
        typed
    }

    fn hears(&mut self, edited: DocumentEdited) -> Heard {
        self.model.heard(edited)
    }

    fn sends(&mut self, name: &str) -> Option<Sending> {
        self.model.take_edit(|| Some(id(name)))
    }
}

fn written(sending: &Sending) -> String {
    serde_json::to_string(&sending.operation).unwrap()
}

#[test]
fn before_the_first_welcome_nothing_can_be_written() {
    let mut page = Page::new("ann");
    assert!(!page.model.is_open());
    assert_eq!(page.types(0, 0, "early", 0.0), Ok(()));
    assert_eq!(page.sends("a"), None);
    assert_eq!(page.model.text(), "");
    page.field.clear();
    page.model.replayed(snapshot(at(3), "🙂 sky"), &[]);
    page.show();
    assert_eq!(page.shows(), "🙂 sky");
    assert_eq!(page.model.position(), Some(at(3)));
}

#[test]
fn what_is_typed_while_others_are_unseen_belongs_where_it_was_typed() {
    let mut page = Page::opened("one two");
    page.hears(edited("bob", 6, "b1", r#"["🙂 ",7]"#));
    page.hears(edited("bob", 7, "b2", r#"[9,"!"]"#));
    assert_eq!(page.shows(), "one two", "a character is being composed");
    page.types(3, 3, " and", 0.0).unwrap();
    assert_eq!(page.model.text(), "🙂 one and two!");
    assert_eq!(page.model.shown(), "one and two");
    page.show();
    assert_eq!(page.shows(), "🙂 one and two!");
    let sent = page.sends("a1").unwrap();
    assert_eq!((sent.base, written(&sent)), (at(7), r#"[5," and",5]"#.to_owned()));
}

#[test]
fn at_one_place_the_earlier_of_two_stands_first_and_my_caret_behind_mine() {
    let mut page = Page::opened("ab");
    page.hears(edited("bob", 6, "b1", r#"[1,"B",1]"#));
    page.types(1, 1, "A", 0.0).unwrap();
    page.show();
    assert_eq!((page.shows().as_str(), page.selection), ("aBAb", (3, 3)));
}

#[test]
fn others_write_behind_my_caret_and_outside_what_i_selected() {
    let mut page = Page::opened("a🙂b");
    page.selection = (3, 3);
    page.hears(edited("bob", 6, "b1", r#"[2,"!",1]"#));
    page.show();
    assert_eq!((page.shows().as_str(), page.selection), ("a🙂!b", (3, 3)));
    page.selection = (1, 3);
    page.hears(edited("bob", 7, "b2", r#"[1,"(",1,")",2]"#));
    page.show();
    assert_eq!((page.shows().as_str(), page.selection), ("a(🙂)!b", (2, 4)));
    page.hears(edited("bob", 8, "b3", r#"[1,"x",-3,2]"#));
    page.show();
    assert_eq!((page.shows().as_str(), page.selection), ("ax!b", (2, 2)));
}

#[test]
fn what_the_server_refuses_goes_from_the_text_and_is_kept() {
    let mut page = Page::opened("ab");
    page.types(1, 1, "too much", 0.0).unwrap();
    page.sends("a1").unwrap();
    page.types(10, 10, "!", 0.0).unwrap();
    let full = Refusal::new(Code::DocumentFull, "A document has 1 MiB of text at most.");
    assert_eq!(page.model.answered(&id("a1"), Err(full.clone())), After::Send);
    page.show();
    assert_eq!(page.shows(), "ab!");
    assert_eq!(page.model.kept().map(|kept| kept.text.as_str()), Some("too much"));
    let why = page.model.kept().map(|kept| kept.why.clone()).unwrap();
    assert!(why.starts_with(&full.message), "{why}");
    assert_eq!(written(&page.sends("a2").unwrap()), r#"[2,"!"]"#);
    page.model.answered(&id("a2"), Err(full));
    assert_eq!(page.model.kept().map(|kept| kept.text.as_str()), Some("too much\n!"));
    page.model.let_go();
    assert_eq!(page.model.kept(), None);
    assert!(!page.model.is_pending());
}

#[test]
fn what_does_not_fit_changes_nothing_and_the_field_finds_back() {
    let mut page = Page::opened("🙂");
    let refusal = page.types(2, 2, &"x".repeat(1024 * 1024), 0.0).unwrap_err();
    assert_eq!(refusal.code, Code::DocumentFull);
    assert_eq!((page.model.text(), page.model.shown()), ("🙂", "🙂"));
    assert!(!page.model.is_pending());
    let mut field: Vec<u16> = "a🙃b".encode_utf16().collect();
    page.model.restore("a🙃b", |splice| {
        field.splice(splice.from..splice.to, splice.text.encode_utf16());
    });
    assert_eq!(String::from_utf16(&field).unwrap(), "🙂");
}

#[test]
fn an_edit_that_is_refused_for_a_time_is_sent_again_as_it_was() {
    let mut page = Page::opened("ab");
    page.types(2, 2, "c", 0.0).unwrap();
    let sent = page.sends("a1");
    let busy = Refusal::new(Code::Busy, "Later.").retry_after(700);
    assert_eq!(page.model.answered(&id("a1"), Err(busy)), After::Again(700));
    assert_eq!((page.model.again(), page.model.text()), (sent, "abc"));
    let gone = Refusal::new(Code::HistoryGone, "Join again.");
    assert_eq!(page.model.answered(&id("a1"), Err(gone)), After::Join);
    assert!(page.model.again().is_some(), "it is still to be done");
}

#[test]
fn ack_and_event_confirm_in_either_order_and_only_once() {
    let answer = |seq| Ok(Edited { seq: Seq(seq) });
    let mut page = Page::opened("");
    page.types(0, 0, "a", 0.0).unwrap();
    page.sends("a1").unwrap();
    assert_eq!(page.model.answered(&id("a1"), answer(6)), After::Send);
    assert!(page.model.is_pending(), "heard is heard");
    page.hears(edited("ann", 6, "a1", r#"["a"]"#));
    assert!(!page.model.is_pending());
    page.hears(edited("ann", 6, "a1", r#"["a"]"#));
    page.model.answered(&id("a1"), answer(6));
    page.types(1, 1, "b", 0.0).unwrap();
    page.sends("a2").unwrap();
    page.hears(edited("ann", 7, "a2", r#"[1,"b"]"#));
    assert_eq!(page.model.answered(&id("a2"), answer(7)), After::Send);
    page.show();
    assert_eq!((page.shows().as_str(), page.model.is_pending()), ("ab", false));
    assert!(page.model.kept().is_none());
}

#[test]
fn a_gap_is_filled_by_the_next_welcome() {
    let mut page = Page::opened("ab");
    assert_eq!(page.hears(edited("bob", 7, "b2", r#"[3,"!"]"#)), Heard::Gap);
    page.model.join_asked();
    assert_eq!(page.hears(edited("bob", 8, "b3", r#"[4,"?"]"#)), Heard::Taken);
    let missed = vec![
        edited("bob", 6, "b1", r#"[2,"c"]"#),
        edited("bob", 7, "b2", r#"[3,"!"]"#),
    ];
    assert_eq!(page.model.replayed(recovered(7, missed), &[]), Heard::Taken);
    page.show();
    assert_eq!((page.shows().as_str(), page.model.position()), ("abc!?", Some(at(8))));
}

#[test]
fn what_cannot_be_leads_to_a_snapshot() {
    let mut page = Page::opened("ab");
    page.types(2, 2, "c", 0.0).unwrap();
    assert_eq!(page.hears(edited("bob", 6, "b1", r#"[40,"!"]"#)), Heard::Gap);
    assert_eq!(page.model.position(), None, "so that all of it comes");
    page.model.join_asked();
    assert_eq!(page.model.replayed(snapshot(at(9), "other ab"), &[]), Heard::Taken);
    page.show();
    assert_eq!(page.shows(), "other abc");
    assert_eq!(page.model.position(), Some(at(9)));
}

#[test]
fn what_was_written_offline_survives_a_lost_history() {
    let mut page = Page::opened("one");
    page.model.interrupted();
    page.types(3, 3, " two", 0.0).unwrap();
    let another = Position {
        epoch: Epoch(2),
        seq: Seq(1),
    };
    page.model.join_asked();
    page.model.replayed(snapshot(another, "ONE one"), &[]);
    page.show();
    assert_eq!(page.shows(), "ONE one two");
    let sent = page.sends("a1").unwrap();
    assert_eq!((sent.base, written(&sent)), (another, r#"[7," two"]"#.to_owned()));
    assert_eq!(page.model.kept().unwrap().text, "one two", "what the server has lost");
}

#[test]
fn an_edit_whose_ack_was_lost_is_not_done_twice() {
    let mut page = Page::opened("");
    page.types(0, 0, "a", 0.0).unwrap();
    page.sends("a1").unwrap();
    page.model.interrupted();
    page.model.join_asked();
    page.model
        .replayed(recovered(6, vec![edited("ann", 6, "a1", r#"["a"]"#)]), &[]);
    assert_eq!((page.model.again(), page.model.is_pending()), (None, false));
    // Were it in a snapshot, only the answer to the repeated edit could tell.
    page.types(1, 1, "b", 0.0).unwrap();
    page.sends("a2").unwrap();
    page.model.interrupted();
    page.model.join_asked();
    page.model.replayed(snapshot(at(7), "ab"), &[]);
    assert_eq!(page.model.again().map(|again| again.id), Some(id("a2")));
    page.model.answered(&id("a2"), Ok(Edited { seq: Seq(7) }));
    page.show();
    assert_eq!((page.shows().as_str(), page.model.is_pending()), ("ab", false));
}
