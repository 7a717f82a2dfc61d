//! The bar along the top: the wordmark on every page, and the plain bar of the pages that are not a room.

use crate::theme::ThemeToggle;
use leptos::prelude::*;

/// The bar of lobby, about and missing page, with the link that skips it.
#[component]
pub fn Header() -> impl IntoView {
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <header class="header">
            <Wordmark />
            <nav class="header-end">
                <a class="header-link" href="/about">"How it works"</a>
                <ThemeToggle />
            </nav>
        </header>
    }
}

/// Two orbits and a body of brass; leads to the lobby.
#[component]
pub fn Wordmark() -> impl IntoView {
    view! {
        <a class="wordmark" href="/" aria-label="Orrery, to the lobby">
            <svg class="wordmark-sign" viewBox="0 0 28 28" aria-hidden="true">
                <circle class="outer" cx="14" cy="14" r="12" />
                <circle class="inner" cx="14" cy="14" r="6.5" />
                <circle class="sun" cx="14" cy="14" r="2.25" />
                <circle class="body" cx="22.5" cy="5.5" r="3" />
            </svg>
            <span class="wordmark-word">"orrery"</span>
        </a>
    }
}
