//! The HTML document around the app: what the browser must know before the first byte of WASM has arrived.
//!
//! It does not use Leptos' own hydration tags, because those put the nonce into `crossorigin`, so that the browser fetches
//! the WASM twice; and it does not know how the files got their names.

use crate::{routes::App, theme};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

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

/// The whole document, the app within. The server edge renders this for each page.
pub fn shell(assets: Assets) -> impl IntoView {
    let Assets { js, wasm, css } = assets;
    let start = start_script(&js, &wasm);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="description" content="Rooms in which people see each other live." />
                {theme::boot()}
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml" />
                <link rel="stylesheet" href=css />
                <link rel="modulepreload" href=js />
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
                <script r#type="module" nonce=use_nonce()>
                    {start}
                </script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
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
}
