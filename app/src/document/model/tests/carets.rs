//! Carets, theirs and mine.

use super::*;

fn caret(peer: PeerId, seq: u64, anchor: u32, head: u32) -> CaretAt {
    let seq = Seq(seq);
    CaretAt {
        peer,
        caret: Some(Caret { seq, anchor, head }),
    }
}

impl Page {
    fn carets(&self) -> Vec<(PeerId, usize, usize)> {
        let carets = self.model.carets(Some(ANN));
        carets
            .iter()
            .map(|caret| (caret.peer, caret.anchor, caret.head))
            .collect()
    }
}

#[test]
fn carets_are_counted_as_the_field_counts_and_go_with_the_text() {
    let mut page = Page::opened("🙂a🙂b");
    page.model.caret_moved(caret(BOB, 5, 1, 3));
    page.model.caret_moved(caret(ANN, 5, 0, 0));
    assert_eq!(page.carets(), [(BOB, 2, 5)], "mine is the browser's");
    page.types(0, 0, "🙂", 0.0).unwrap();
    assert_eq!(page.carets(), [(BOB, 4, 7)]);
    page.hears(edited("bob", 6, "b1", r#"[3,"🦀",1]"#));
    assert_eq!(page.carets(), [(BOB, 4, 7)], "as long as that is not shown");
    page.show();
    assert_eq!(page.carets(), [(BOB, 4, 9)], "pushed along by what bob wrote");
    page.model.caret_moved(caret(BOB, 40, 0, 0));
    assert_eq!(page.carets(), [], "of a revision that is yet to come");
    page.model.caret_moved(caret(BOB, 6, 99, 99));
    assert_eq!(page.carets(), [(BOB, 10, 10)], "beyond the end is the end");
    assert!(page.model.has_carets(Some(ANN)));
    page.model.retain_carets(|peer| peer != BOB);
    assert!(!page.model.has_carets(Some(ANN)));
}

#[test]
fn a_move_is_what_its_owner_did() {
    let mut page = Page::opened("abc");
    let moves = |page: &Page| page.model.carets(Some(ANN))[0].moves;
    page.model.caret_moved(caret(BOB, 5, 1, 1));
    page.model.caret_moved(caret(BOB, 5, 1, 1));
    assert_eq!(moves(&page), 0, "a frame repeats who rests");
    page.hears(edited("cleo", 6, "c1", r#"["x",3]"#));
    page.model.caret_moved(caret(BOB, 6, 2, 2));
    assert_eq!(moves(&page), 0, "somebody else wrote");
    page.model.caret_moved(caret(BOB, 6, 3, 3));
    assert_eq!(moves(&page), 1);
}

#[test]
fn my_caret_is_told_when_it_moved_and_not_too_often() {
    let mut page = Page::opened("🙂ab");
    assert_eq!(page.model.caret_due(0.0, 50.0), None);
    page.model.placed(Some((2, 4)));
    let place = |anchor, head| {
        Some(Some(Caret {
            seq: Seq(5),
            anchor,
            head,
        }))
    };
    assert_eq!(page.model.caret_due(0.0, 50.0), place(1, 3));
    page.model.placed(Some((2, 2)));
    assert_eq!(page.model.caret_due(49.0, 50.0), None);
    assert_eq!(page.model.caret_due(50.0, 50.0), place(1, 1));
    page.model.placed(Some((2, 2)));
    assert_eq!(page.model.caret_due(200.0, 50.0), None, "it rests");
    page.model.placed(None);
    assert_eq!(page.model.caret_due(300.0, 50.0), Some(None));
}

#[test]
fn my_caret_is_told_in_the_text_that_the_server_has() {
    let mut page = Page::opened("ab");
    page.hears(edited("bob", 6, "b1", r#"["BOB ",2]"#));
    page.types(1, 1, "xyz", 0.0).unwrap();
    page.model.placed(Some((4, 4)));
    let told = page.model.caret_due(0.0, 50.0).flatten().unwrap();
    assert_eq!((told.seq, told.head), (Seq(6), 5), "where the typing was begun");
    page.show();
    page.sends("a1").unwrap();
    page.hears(edited("ann", 7, "a1", r#"[5,"xyz",1]"#));
    let told = page.model.caret_due(100.0, 50.0).flatten().unwrap();
    assert_eq!((told.seq, told.head), (Seq(7), 8));
}
