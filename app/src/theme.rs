//! Day and night: the system's scheme, unless the person chose.
//!
//! A script of a few lines owns the choice, not the WASM: it must act before the first paint, and then the switch works while
//! the WASM is still on its way. The colours are in `style/tokens.css`.

use crate::icon::icon;
use leptos::{html, nonce::use_nonce, prelude::*};

/// Colours of the ground, for the browser's own bars, and the script that sets `data-theme` on `<html>` before the first paint.
pub fn boot() -> impl IntoView {
    view! {
        {ground("(prefers-color-scheme: light)", "#fefdf9")}
        {ground("(prefers-color-scheme: dark)", "#0f1624")}
        <script nonce=use_nonce()>{include_str!("theme/boot.js")}</script>
    }
}

fn ground(scheme: &'static str, color: &'static str) -> impl IntoView {
    html::meta().name("theme-color").attr("media", scheme).content(color)
}

/// The switch between day and night. The picture is chosen by the style sheet, since the server cannot know the theme.
#[component]
pub fn ThemeToggle() -> impl IntoView {
    view! {
        <button class="icon-button" r#type="button" data-testid="theme-toggle" aria-label="Switch between day and night">
            <span class="theme-sun">
                {icon("M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5")}
            </span>
            <span class="theme-moon">{icon("M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5")}</span>
        </button>
    }
}
