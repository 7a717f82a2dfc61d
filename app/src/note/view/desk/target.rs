//! Which note an event is about.

use protocol::NoteId;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventTarget, HtmlElement};

/// The note that an element is in, and its name.
pub(super) fn note_of(target: Option<EventTarget>) -> Option<(HtmlElement, NoteId)> {
    let element = target?.dyn_into::<Element>().ok()?;
    let note = element.closest(".note").ok()??;
    let id = note.get_attribute("data-note")?.parse().ok()?;
    Some((note.dyn_into().ok()?, id))
}

/// The note that is meant by an event as a whole: not where it is about the text that is written on it, or about its bar.
pub(super) fn meant(event: &Event) -> Option<(HtmlElement, NoteId)> {
    let element = event.target()?.dyn_into::<Element>().ok()?;
    let inner = element.closest(".note-bar, .note-input").ok()?;
    if inner.is_some() { None } else { note_of(event.target()) }
}
