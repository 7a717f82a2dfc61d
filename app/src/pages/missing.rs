//! What is shown where there is nothing: an unknown path, or a room that cannot be called so.

use crate::header::Header;
use leptos::prelude::*;
use leptos_meta::Title;
use std::sync::Arc;

/// Called when a page turns out not to exist. The server edge provides it as context and answers with status 404; in the
/// browser there is none.
#[derive(Clone)]
pub struct OnMissing(pub Arc<dyn Fn() + Send + Sync>);

/// The page for a path that leads nowhere.
#[component]
pub fn Missing() -> impl IntoView {
    missing(
        "Nothing in this part of the sky",
        "The address leads to no page. It may have been mistyped, or it was never there.".to_owned(),
    )
}

/// The missing page with other words; `why` is a sentence.
pub fn missing(title: &'static str, why: String) -> impl IntoView {
    if let Some(OnMissing(tell)) = use_context() {
        tell();
    }
    view! {
        <Title text="Not found" />
        <Header />
        <main class="missing page" id="main">
            <svg class="missing-sky" viewBox="0 0 176 176" aria-hidden="true">
                <circle cx="88" cy="88" r="28" />
                <circle cx="88" cy="88" r="54" />
                <circle cx="88" cy="88" r="80" />
                <circle class="metal" cx="88" cy="88" r="7" />
                <circle class="gone" cx="144.6" cy="31.4" r="11" />
            </svg>
            <h1>{title}</h1>
            <p>{why}</p>
            <a class="button primary" href="/">"To the lobby"</a>
        </main>
    }
}
