//! The chat in the panel: the log of what was said, and the field to say more.

mod field;
mod log;
mod message;
mod row;
mod time;

use field::field;
use leptos::prelude::*;
use log::log;

/// The chat of the session in context.
#[component]
pub fn Chat(
    /// Whether somebody can see it, so that it knows when to catch up.
    shown: RwSignal<bool>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    view! {
        <div class="chat">
            {log(shown, text)}
            {field(text)}
        </div>
    }
}
