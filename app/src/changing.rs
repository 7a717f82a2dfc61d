//! What changes on a page, behind one type for each kind.
//!
//! Leptos writes out the code of an effect once more for every closure that stands in a view, some kilobytes of WASM each.
//! Put through here, all texts share one effect, all flags another, and all parts a third. The same goes for listeners.

use crate::drawn::{Draw, Drawn};
use leptos::prelude::*;

/// A part of a page that is drawn anew when what it reads changes.
pub type Part = Box<dyn FnMut() -> Drawn + Send>;

/// What is done when something happens. Elements that listen for the same event share the code that does.
pub type Act<E> = Box<dyn FnMut(E)>;

/// See [`Act`].
pub fn act<E>(act: impl FnMut(E) + 'static) -> Act<E> {
    Box::new(act)
}

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

/// One row of a [`list`]: drawn once, under its key. What can change about it changes the key, or changes in place.
pub struct Row {
    /// Unlike that of any other row.
    pub key: String,
    /// Draws it.
    pub draw: Box<dyn FnOnce() -> Drawn + Send>,
}

/// A changing list, in which rows stay as they are as long as their keys do.
pub fn list(rows: impl Fn() -> Vec<Row> + Send + 'static) -> Drawn {
    let rows: Box<dyn Fn() -> Vec<Row> + Send> = Box::new(rows);
    let key: fn(&Row) -> String = |row| row.key.clone();
    let draw: fn(Row) -> Drawn = |row| (row.draw)();
    view! { <For each=rows key=key children=draw /> }.drawn()
}
