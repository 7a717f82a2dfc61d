//! The chat in the panel: the log of what was said, and the field to say more.

mod field;
mod log;
mod message;
mod row;
mod time;
mod title;

use crate::{session::expect_session, typing::view::Typing};
use field::field;
use leptos::prelude::*;
use log::log;
use title::count_in_title;

/// The chat of the session in context.
#[component]
pub fn Chat(
    /// Whether somebody can see it, so that it knows when to catch up.
    shown: RwSignal<bool>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    count_in_title(expect_session());
    view! {
        <div class="chat">
            {log(shown, text)}
            <Typing />
            {field(text)}
        </div>
    }
}
