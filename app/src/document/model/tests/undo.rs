//! What one undo takes back.

use super::{stroke::TOGETHER, *};

#[test]
fn undo_takes_back_mine_and_leaves_theirs() {
    let mut page = Page::opened("");
    page.types(0, 0, "mine", 0.0).unwrap();
    page.sends("a1").unwrap();
    page.hears(edited("ann", 6, "a1", r#"["mine"]"#));
    page.hears(edited("bob", 7, "b1", r#"[2,"THEIRS",2]"#));
    page.show();
    assert!(page.model.can_undo() && !page.model.can_redo());
    assert!(page.model.undo());
    page.show();
    assert_eq!(page.shows(), "THEIRS");
    assert!(!page.model.can_undo() && page.model.can_redo());
    assert!(page.model.redo());
    page.show();
    assert_eq!(page.shows(), "miTHEIRSne");
    assert_eq!(page.selection, (10, 10), "behind what came back last");
    assert!(!page.model.redo(), "there is nothing more");
}

#[test]
fn what_is_typed_in_one_go_is_undone_in_one_go() {
    let mut page = Page::opened("");
    page.types(0, 0, "a", 0.0).unwrap();
    page.types(1, 1, "b", 100.0).unwrap();
    page.types(2, 2, "c", 100.0 + TOGETHER).unwrap();
    page.model.undo();
    page.show();
    assert_eq!(page.shows(), "ab");
    page.model.undo();
    page.show();
    assert_eq!(page.shows(), "");
}

/// What is shown after each undo until nothing can be undone.
fn undone(page: &mut Page) -> Vec<String> {
    let mut shown = Vec::new();
    while page.model.undo() {
        page.show();
        shown.push(page.shows());
    }
    shown
}

#[test]
fn a_paste_is_undone_without_what_was_typed_around_it() {
    let mut page = Page::opened("");
    page.types(0, 0, "a", 0.0).unwrap();
    page.types(1, 1, &"p".repeat(33), 10.0).unwrap();
    page.types(34, 34, "b", 20.0).unwrap();
    let paste = format!("a{}", "p".repeat(33));
    assert_eq!(undone(&mut page), [&paste, "a", ""]);
}

#[test]
fn lines_and_places_are_undone_one_by_one_however_fast_they_are_typed() {
    let mut page = Page::opened("");
    for (at, letter) in ["a", "b", "\n", "c", "d"].into_iter().enumerate() {
        page.types(at, at, letter, at as f64).unwrap();
    }
    page.types(0, 0, "e", 5.0).unwrap();
    assert_eq!(undone(&mut page), ["ab\ncd", "ab\n", ""]);
}

#[test]
fn a_slip_is_undone_with_what_corrects_it() {
    let mut page = Page::opened("");
    page.types(0, 0, "t", 0.0).unwrap();
    page.types(1, 1, "h", 1.0).unwrap();
    page.types(2, 2, "w", 2.0).unwrap();
    page.types(2, 3, "", 3.0).unwrap();
    page.types(2, 2, "e", 4.0).unwrap();
    assert_eq!(page.shows(), "the");
    assert_eq!(undone(&mut page), [""]);
}
