//! Notes by keyboard: arrows move the one that has the focus, Enter opens it, Delete takes it away.

use super::{
    Desk,
    target::{meant, note_of},
};
use crate::note::{card::Card, drag::inside};
use leptos::{ev::KeyboardEvent, prelude::*};
use protocol::{NoteId, note::Change};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Canvas units that one press moves a note, and with Shift.
const STEP: f64 = 8.0;
const STRIDE: f64 = 64.0;

impl Desk {
    /// A key was pressed in a note. What is typed into its text, or on its bar, is not about the note.
    pub(in crate::note::view) fn typed(&self, event: &KeyboardEvent) {
        let other = event.ctrl_key() || event.meta_key() || event.alt_key();
        let Some((element, id)) = meant(event).filter(|_| !other && self.writes()) else {
            return;
        };
        match event.key().as_str() {
            "Enter" | "F2" => self.edit(&id),
            "Delete" => self.delete_by_key(&element, &id),
            key => match arrow(key) {
                Some(way) => self.step(&id, way, if event.shift_key() { STRIDE } else { STEP }),
                None => return,
            },
        }
        event.prevent_default();
    }

    fn step(&self, id: &NoteId, (x, y): (f64, f64), step: f64) {
        let Some(Card { note, .. }) = untrack(|| self.card(id)) else {
            return;
        };
        let (x, y) = inside((note.x + x * step, note.y + y * step));
        self.ask(Some(Change::Move { note: note.id, x, y }));
        if let Some(card) = untrack(|| self.card(id)) {
            self.hand.reveal(card.middle());
        }
    }

    /// Whoever walks from note to note goes on at the next.
    fn delete_by_key(&self, element: &HtmlElement, id: &NoteId) {
        let next = element
            .next_element_sibling()
            .or_else(|| element.previous_element_sibling());
        self.delete(id);
        focus(next);
    }
}

/// Which way an arrow points.
fn arrow(key: &str) -> Option<(f64, f64)> {
    Some(match key {
        "ArrowLeft" => (-1.0, 0.0),
        "ArrowRight" => (1.0, 0.0),
        "ArrowUp" => (0.0, -1.0),
        "ArrowDown" => (0.0, 1.0),
        _ => return None,
    })
}

/// Moves the focus to the note that this is, or is in.
pub(in crate::note::view) fn focus(element: Option<Element>) {
    let note = element.and_then(|element| note_of(element.dyn_into().ok()));
    if let Some((note, _)) = note {
        // It fails only where the note is not on the page any more.
        note.focus().ok();
    }
}
