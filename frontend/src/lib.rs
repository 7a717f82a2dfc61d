//! The browser edge: wakes the page that the server painted, and ties its models to the socket.
//!
//! It knows what only a browser has, and nothing of rooms, chat or cursors beyond passing them on: pages are `app`'s.

mod complaint;
mod link;

use app::{link::SharedLink, routes::App};
use leptos::prelude::*;
use link::SocketLink;
use std::sync::Arc;
use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page. The module runs it by itself once it is loaded.
#[wasm_bindgen(start)]
pub fn hydrate() {
    complaint::on_panic();
    let link: SharedLink = Arc::new(SocketLink::default());
    leptos::mount::hydrate_body(move || {
        provide_context(link);
        App()
    });
}
