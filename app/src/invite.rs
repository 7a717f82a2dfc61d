//! The button that copies the room's address, to be sent to somebody.

use crate::{
    changing::{act, text},
    icon::icon,
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;

/// How long the button says that it did.
const SAID: Duration = Duration::from_secs(2);

/// Copies the address of this page.
#[component]
pub fn Invite() -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        spawn_local(async move {
            if copy_address().await {
                copied.set(true);
                let forget = move || {
                    copied.try_set(false);
                };
                set_timeout(forget, SAID);
            }
        });
    };
    view! {
        <button class="invite" r#type="button" data-copied=copied on:click=act(copy)>
            {icon(
                "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.6-5.6L12 7.3M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.6 5.6l1.4-1.4",
            )}
            <span class="invite-word" role="status">
                {text(move || if copied.get() { "Copied" } else { "Invite" }.to_owned())}
            </span>
            <span class="said">": copy the room’s address"</span>
        </button>
    }
}

/// Whether the address is in the clipboard now. Where the browser keeps the clipboard to secure pages, it is shown to be
/// copied by hand.
async fn copy_address() -> bool {
    let Ok(address) = location().href() else { return false };
    if window().is_secure_context() {
        return JsFuture::from(window().navigator().clipboard().write_text(&address))
            .await
            .is_ok();
    }
    let shown = window().prompt_with_message_and_default("The address of this room:", &address);
    shown.is_ok_and(|answer| answer.is_some())
}
