//! The text field at work: what is typed goes to the session, what others write is shown, splice by splice, without moving
//! what one reads, where one writes, or what is being composed.

use super::{carets::Carets, mirror::Mirror};
use crate::{clock, document::model::Model, session::Session};
use document::utf16::Splice;
use leptos::{html, prelude::*};
use std::time::Duration;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlTextAreaElement, InputEvent, KeyboardEvent, ResizeObserver};

/// The text field of one page. A handful of handles; all copies are the same field.
#[derive(Clone, Copy)]
pub(super) struct Field {
    session: Session,
    /// The field itself.
    pub(super) node: NodeRef<html::Textarea>,
    /// What lies over it and is scrolled along: mirror and carets.
    pub(super) paper: NodeRef<html::Div>,
    /// The same text once more, to measure in.
    pub(super) mirror: Mirror,
    /// The others' carets on it.
    pub(super) carets: Carets,
    /// Why the last change was not taken; empty where it was.
    pub(super) refusal: RwSignal<String>,
    /// Whether a character is being composed: then the field is not touched.
    composing: StoredValue<bool>,
    /// Whether something is drawn soon.
    asked: StoredValue<bool>,
    /// Until when nothing is, in milliseconds of the page's clock.
    rest: StoredValue<f64>,
}

impl Field {
    /// A field that is not on the page yet.
    pub(super) fn new(session: Session) -> Self {
        Self {
            session,
            node: NodeRef::new(),
            paper: NodeRef::new(),
            mirror: Mirror::new(),
            carets: Carets::new(),
            refusal: RwSignal::new(String::new()),
            composing: StoredValue::new(false),
            asked: StoredValue::new(false),
            rest: StoredValue::new(0.0),
        }
    }

    /// Once the field is on the page, shows what there is to show, whenever that changes.
    pub(super) fn begin(self) {
        Effect::new(move |_| {
            if let Some(field) = self.node.get() {
                // A browser may have put back what stood here when the page was left.
                let document = self.session.document;
                document.with_untracked(|document| field.set_value(document.shown()));
                self.watch_size(&field);
            }
        });
        Effect::new(move |_| {
            self.session.document.track();
            self.session.people.track();
            self.draw_soon();
        });
    }

    /// The person changed the text.
    pub(super) fn typed(self) {
        let Some(field) = self.node.get_untracked() else { return };
        let value = field.value();
        let why = match self.session.edit_document(&value, Some(selection(&field).1)) {
            Ok(()) => String::new(),
            Err(why) => why.message,
        };
        let refused = !why.is_empty();
        if self.refusal.with_untracked(|before| *before != why) {
            self.refusal.set(why);
        }
        if refused && !self.composing.get_value() {
            let document = self.session.document;
            document.with_untracked(|document| document.restore(&value, |splice| put(&field, splice)));
        }
        self.place();
    }

    /// The browser is about to change the text. Its own undo would take back what others wrote.
    pub(super) fn offered(self, input: &InputEvent) {
        let step = match input.input_type().as_str() {
            "historyUndo" => Self::undo,
            "historyRedo" => Self::redo,
            _ => return,
        };
        if input.cancelable() {
            input.prevent_default();
            step(self);
        }
    }

    /// A key: those of undo and redo are ours.
    pub(super) fn pressed(self, key: &KeyboardEvent) {
        if !(key.ctrl_key() || key.meta_key()) || key.alt_key() || key.is_composing() {
            return;
        }
        let step = match (key.key().as_str(), key.shift_key()) {
            ("z" | "Z", false) => Self::undo,
            ("z" | "Z", true) | ("y" | "Y", false) => Self::redo,
            _ => return,
        };
        key.prevent_default();
        step(self);
    }

    /// Takes back what I did last.
    pub(super) fn undo(self) {
        self.session.undo();
        self.step();
    }

    /// Does it again.
    pub(super) fn redo(self) {
        self.session.redo();
        self.step();
    }

    /// A character begins or ends to be composed.
    pub(super) fn compose(self, composing: bool) {
        self.composing.set_value(composing);
        if !composing {
            self.typed();
            self.show();
        }
    }

    /// Tells where my caret is; nowhere, while I write elsewhere.
    pub(super) fn place(self) {
        let Some(field) = self.node.get_untracked() else { return };
        let focused = document().active_element().as_ref() == Some(field.as_ref());
        let caret = focused.then(|| {
            let (begin, end) = selection(&field);
            match field.selection_direction() {
                Ok(Some(way)) if way == "backward" => (end, begin),
                _ => (begin, end),
            }
        });
        self.session.place_caret(caret);
    }

    /// The text was scrolled: the paper goes along.
    pub(super) fn scrolled(self) {
        if let (Some(field), Some(paper)) = (self.node.get_untracked(), self.paper.get_untracked()) {
            let moved = String::from("translateY(-") + &field.scroll_top().to_string() + "px)";
            // It fails for a style that cannot be changed, which this one can.
            web_sys::HtmlElement::style(&paper)
                .set_property("transform", &moved)
                .ok();
            self.draw_soon();
        }
    }

    fn step(self) {
        self.show();
        if let Some(field) = self.node.get_untracked() {
            self.reveal(&field);
        }
    }

    /// Shows what others wrote. While a character is being composed, it waits.
    fn show(self) {
        let waits = self.composing.get_value() || !self.has_unseen();
        if let Some(field) = self.node.get_untracked().filter(|_| !waits) {
            self.show_in(&field);
            self.place();
        }
    }

    fn show_in(self, field: &HtmlTextAreaElement) {
        let document = self.session.document;
        let top = field.scroll_top();
        let mut read = document.with_untracked(|document| self.mirror.read_at(field, top, document.shown()));
        let selection = document.try_update_untracked(|document| {
            document.show(selection(field), |splice| {
                if let Some(read) = &mut read {
                    read.follow(&splice);
                }
                put(field, splice);
            })
        });
        if let Some((begin, end)) = selection.flatten() {
            select(field, begin, end);
        }
        let top = read.map_or(top, |read| {
            document.with_untracked(|document| self.mirror.top_of(read, document.shown()))
        });
        if field.scroll_top() != top {
            field.set_scroll_top(top);
        }
    }

    /// Scrolls to my caret, where it is out of sight.
    fn reveal(self, field: &HtmlTextAreaElement) {
        let (_, caret) = selection(field);
        let document = self.session.document;
        let spot = document.with_untracked(|document| self.mirror.spot(caret, document.shown()));
        if let Some(spot) = spot {
            let (top, height) = (field.scroll_top(), field.client_height());
            if spot.top < top || spot.top + spot.height > top + height {
                field.set_scroll_top(spot.top - height / 2);
            }
        }
    }

    /// Shows what others wrote, and their carets, with the next frame, or after as long a rest as it took the last time: a long
    /// text is laid out anew whenever it is shown, which takes a tenth of a second, and a long paste comes in dozens of edits.
    fn draw_soon(self) {
        if self.asked.get_value() || !(self.has_unseen() || self.has_carets()) {
            return;
        }
        self.asked.set_value(true);
        let frame = move || {
            request_animation_frame(move || {
                if self.asked.try_set_value(false).is_none() {
                    self.draw();
                }
            });
        };
        let rest = self.rest.get_value() - clock::now();
        if rest > 0.0 {
            set_timeout(frame, Duration::from_secs_f64(rest / 1000.0));
        } else {
            frame();
        }
    }

    fn draw(self) {
        let Some(field) = self.node.get_untracked() else { return };
        let began = clock::now();
        self.show();
        let again = self.carets.draw(self.session, self.mirror, &field);
        if again {
            set_timeout(move || self.draw_later(), super::carets::NAMED);
        }
        let ended = clock::now();
        self.rest.set_value(ended + (ended - began));
    }

    /// The page may be gone by then.
    fn draw_later(self) {
        if self.asked.try_get_value().is_some() {
            self.draw_soon();
        }
    }

    fn has_unseen(self) -> bool {
        self.session.document.with_untracked(Model::has_unseen)
    }

    /// Whether there are carets to draw, or to take away.
    fn has_carets(self) -> bool {
        let me = self.session.peer.get_untracked();
        let document = self.session.document;
        document.with_untracked(|document| document.has_carets(me))
            || self.carets.marks.with_untracked(|marks| !marks.is_empty())
    }

    /// When the field has another size, all lines may break elsewhere. So it is too when it comes into view.
    fn watch_size(self, field: &HtmlTextAreaElement) {
        let resized = Closure::<dyn FnMut()>::new(move || self.draw_later());
        if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(field);
            let held = StoredValue::new_local((observer, resized));
            on_cleanup(move || held.with_value(|(observer, _)| observer.disconnect()));
        }
    }
}

/// What is selected: begin and end in UTF-16 units.
fn selection(field: &HtmlTextAreaElement) -> (usize, usize) {
    let place = |place: Result<Option<u32>, _>| place.ok().flatten().unwrap_or_default() as usize;
    (place(field.selection_start()), place(field.selection_end()))
}

/// Selects, without scrolling; the way in which it was selected stays.
fn select(field: &HtmlTextAreaElement, begin: usize, end: usize) {
    if selection(field) != (begin, end) {
        let way = field.selection_direction().ok().flatten().unwrap_or_default();
        // It fails for fields without a selection only.
        field
            .set_selection_range_with_direction(begin as u32, end as u32, &way)
            .ok();
    }
}

fn put(field: &HtmlTextAreaElement, splice: Splice<'_>) {
    // It fails where `from` is behind `to`, which no splice has.
    field
        .set_range_text_with_start_and_end_and_mode(splice.text, splice.from as u32, splice.to as u32, "preserve")
        .ok();
}
