//! The HTML document around a page: what the browser must know before the first byte of WASM has arrived.
//!
//! It does not use Leptos' own hydration tags, because those put the nonce into `crossorigin`, so that the browser fetches
//! the WASM twice; and it does not know how the files got their names. A page that does not wake loads no WASM at all.

use crate::{
    pages::{Live, Page},
    theme,
};
use leptos::{nonce::use_nonce, prelude::*};

/// Where the browser finds what was built for it. Each is a path with the hash of its content in the name, so that it may be
/// cached for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// The JavaScript that wasm-bindgen made.
    pub js: String,
    /// The WASM that it loads.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
}

/// Id of the element in which [`Live`] travels, as JSON.
pub const LIVE: &str = "live-page";

/// The whole document, the page within. The server edge renders this.
pub fn shell(assets: Assets, page: Page) -> impl IntoView {
    let awake = match &page {
        Page::Live(live) => Some(awake(&assets, live)),
        Page::About | Page::Missing(_) | Page::Denied { .. } | Page::Closed => None,
    };
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="description" content="Rooms in which people see each other live." />
                <title>{page.title()}</title>
                {theme::boot()}
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml" />
                <link rel="stylesheet" href=assets.css />
                {awake}
            </head>
            <body>{page.view()}</body>
        </html>
    }
}

/// What wakes a page: the files, what it was painted from, and the script that starts it.
fn awake(Assets { js, wasm, .. }: &Assets, live: &Live) -> impl IntoView + use<> {
    // Serialization of strings and numbers does not fail; if it ever did, the page would stay asleep and say so.
    let data = serde_json::to_string(live).unwrap_or_default();
    view! {
        <link rel="modulepreload" href=js.clone() nonce=use_nonce() />
        <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script r#type="application/json" id=LIVE>{harmless(&data)}</script>
        <script r#type="module" nonce=use_nonce()>{start_script(js, wasm)}</script>
    }
}

/// JSON that cannot end the element it stands in.
fn harmless(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// Loads the module and starts it; `hydrate` is its start function and so runs by itself.
///
/// `{:?}` quotes as JavaScript does for all that stands in a path.
fn start_script(js: &str, wasm: &str) -> String {
    format!("import init from {js:?};init({{module_or_path:{wasm:?}}});")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_script_names_both_files() {
        assert_eq!(
            start_script("/pkg/orrery.1.js", "/pkg/orrery.2.wasm"),
            r#"import init from "/pkg/orrery.1.js";init({module_or_path:"/pkg/orrery.2.wasm"});"#
        );
    }

    #[test]
    fn what_people_say_cannot_end_the_element() {
        let json = harmless(&serde_json::to_string("</script><script>alert(1)</script>").unwrap());
        assert!(!json.contains('<'));
        assert_eq!(
            serde_json::from_str::<String>(&json).unwrap(),
            "</script><script>alert(1)</script>"
        );
    }
}
