//! The clipboard: putting a text into it, and the button that does.

use crate::{
    changing::{act, text},
    drawn::{Draw, Drawn},
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;

/// How long a button says that it did.
const SAID: Duration = Duration::from_secs(2);

/// Puts a text into the clipboard; whether it is there now. Where the browser keeps the clipboard to secure pages, `otherwise`
/// shows it to be copied by hand.
pub fn copy(copied: RwSignal<bool>, what: String, otherwise: impl FnOnce(&str)) {
    if !window().is_secure_context() {
        return otherwise(&what);
    }
    spawn_local(async move {
        let done = JsFuture::from(window().navigator().clipboard().write_text(&what)).await;
        copied.try_set(done.is_ok());
        let forget = move || {
            copied.try_set(false);
        };
        set_timeout(forget, SAID);
    });
}

/// A button that copies what `what` says when it is pressed.
pub fn copy_button(words: &'static str, id: &'static str, what: impl Fn() -> String + 'static) -> Drawn {
    let copied = RwSignal::new(false);
    let press = move |_| {
        copy(copied, what(), |shown| {
            // Whoever closes the question without an answer needs none.
            window().prompt_with_message_and_default(words, shown).ok();
        });
    };
    view! {
        <button class="button" r#type="button" data-testid=id data-copied=copied on:click=act(press)>
            <span role="status">{text(move || if copied.get() { "Copied" } else { words }.to_owned())}</span>
        </button>
    }
    .later()
}
