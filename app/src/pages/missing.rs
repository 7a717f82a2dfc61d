//! What is shown where there is nothing: an unknown path, a room that cannot be called so, or one that is not for everybody.

use crate::header::Header;
use leptos::prelude::*;

/// The page for a path that leads nowhere; `why` is a sentence or two.
pub fn missing(heading: &'static str, why: String) -> impl IntoView {
    view! {
        <Header />
        <main class="missing page" id="main">
            <svg class="missing-sky" viewBox="0 0 176 176" aria-hidden="true">
                <circle cx="88" cy="88" r="28" />
                <circle cx="88" cy="88" r="54" />
                <circle cx="88" cy="88" r="80" />
                <circle class="metal" cx="88" cy="88" r="7" />
                <circle class="gone" cx="144.6" cy="31.4" r="11" />
            </svg>
            <h1>{heading}</h1>
            <p>{why}</p>
            <a class="button primary" href="/">"To the lobby"</a>
        </main>
    }
}
