//! The browser edge: wakes the page that the server painted, and ties its models to the socket.
//!
//! It knows what only a browser has, and nothing of rooms, chat or cursors beyond passing them on: pages are `app`'s.

mod complaint;
mod link;

use app::{link::SharedLink, pages::Live, shell::LIVE};
use leptos::prelude::*;
use link::SocketLink;
use std::sync::Arc;
use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page, from what it was painted from. The module runs it by itself once it is loaded.
#[wasm_bindgen(start)]
pub fn hydrate() {
    complaint::on_panic();
    let Some(live) = painted_from() else {
        return complaint::unreadable(LIVE);
    };
    let link: SharedLink = Arc::new(SocketLink::default());
    leptos::mount::hydrate_body(move || {
        provide_context(link);
        live.view()
    });
}

/// What the server painted the page from, as it stands in the document.
fn painted_from() -> Option<Live> {
    let json = document().get_element_by_id(LIVE)?.text_content()?;
    serde_json::from_str(&json).ok()
}
