//! What changes on a page, behind one type for each kind.
//!
//! Leptos writes out the code of an effect once more for every closure that stands in a view, some kilobytes of WASM each.
//! Put through here, all texts share one effect, all flags another, and all parts a third.

use crate::drawn::{Draw, Drawn};
use leptos::prelude::*;

/// A part of a page that is drawn anew when what it reads changes.
pub type Part = Box<dyn FnMut() -> Drawn + Send>;

/// A changing text, or attribute with a value.
pub fn text(read: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(read)
}

/// An attribute that is there or not.
pub fn flag(read: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(read)
}

/// A changing part of a page.
pub fn part<V: IntoView + 'static>(mut draw: impl FnMut() -> V + Send + 'static) -> Part {
    Box::new(move || draw().drawn())
}
