//! Notes under the pointer: taken, moved, let go, opened.

use super::{
    Desk,
    target::{meant, note_of},
};
use crate::note::drag::Drag;
use leptos::{
    ev::{MouseEvent, PointerEvent},
    prelude::*,
};
use protocol::note::Change;
use std::time::Duration;

/// How often the others are told where the note is that I hold. It glides from one place to the next in the same time.
const TELL: Duration = Duration::from_millis(150);

impl Desk {
    /// A pointer was pressed. It takes the note that is under it.
    pub(in crate::note::view) fn pressed(&self, event: &PointerEvent) {
        let Some((element, id)) = meant(event).filter(|_| event.is_primary() && event.button() == 0) else {
            return;
        };
        let Some(card) = untrack(|| self.card(&id)) else { return };
        let again = self.chosen.with_untracked(|chosen| chosen.as_ref() == Some(&id));
        // Without capture a fast pointer loses the note. Not every browser moves the focus to what is touched.
        element.set_pointer_capture(event.pointer_id()).ok();
        element.focus().ok();
        if !self.writes() {
            return;
        }
        let corner = (card.note.x, card.note.y);
        let held = Drag::taken(id, event.pointer_id(), again, self.hand.world(event), corner);
        self.held.set(Some(held));
        self.tell_now_and_then();
    }

    /// A pointer moved: the note that it holds goes with it.
    pub(in crate::note::view) fn moved(&self, event: &PointerEvent) {
        self.hand.point(event);
        if self.holds(event) {
            let (to, zoom) = (self.hand.world(event), self.hand.view().zoom());
            self.held.update(|held| {
                if let Some(held) = held {
                    held.moved(to, zoom);
                }
            });
        }
    }

    /// A pointer let go, or the browser took it for itself. A finger that tapped a chosen note begins to write on it.
    pub(in crate::note::view) fn released(&self, event: &PointerEvent) {
        if !self.holds(event) {
            return;
        }
        self.tell();
        let Some(held) = self.let_go() else { return };
        if held.at().is_none() && held.again && event.pointer_type() != "mouse" && event.type_() == "pointerup" {
            self.edit(&held.note);
        }
    }

    /// A double click begins to write.
    pub(in crate::note::view) fn opened(&self, event: &MouseEvent) {
        if let Some((_, id)) = meant(event) {
            self.edit(&id);
        }
    }

    /// The focus came into a note.
    pub(in crate::note::view) fn focused(&self, event: &leptos::ev::FocusEvent) {
        let Some((element, id)) = note_of(event.target()) else {
            return;
        };
        // Who comes by keyboard does not see yet where the note is.
        let by_keyboard = element.matches(":focus-visible").unwrap_or(false);
        if let Some(card) = untrack(|| self.card(&id)).filter(|_| by_keyboard) {
            self.hand.reveal(card.middle());
        }
        self.chosen.set(Some(id));
    }

    /// The focus left something in a note, perhaps for something else in it.
    pub(in crate::note::view) fn left(&self, event: &leptos::ev::FocusEvent) {
        let to = note_of(event.related_target()).map(|(_, id)| id);
        if self.chosen.with_untracked(|chosen| *chosen != to) {
            self.chosen.set(to);
        }
    }

    fn holds(&self, event: &PointerEvent) -> bool {
        let pointer = event.pointer_id();
        self.held
            .with_untracked(|held| held.as_ref().is_some_and(|held| held.pointer == pointer))
    }

    fn tell_now_and_then(&self) {
        let desk = *self;
        let telling = set_interval_with_handle(move || desk.tell(), TELL).ok();
        let before = self.telling.try_update_value(|kept| std::mem::replace(kept, telling));
        if let Some(before) = before.flatten() {
            before.clear();
        }
    }

    /// Sends where the note is that I hold, if that is news. One that somebody has taken away is not held any more.
    fn tell(&self) {
        let due = self.held.try_update_untracked(|held| held.as_mut()?.due());
        let sent = due
            .flatten()
            .is_none_or(|change: Change| self.session.change_note(change).is_ok());
        if !sent {
            self.let_go();
        }
    }

    fn let_go(&self) -> Option<Drag> {
        if let Some(telling) = self.telling.try_update_value(Option::take).flatten() {
            telling.clear();
        }
        self.held.try_update(Option::take).flatten()
    }
}
