//! What the console is told when something is wrong: without this a panic would only say `unreachable`.

use wasm_bindgen::JsValue;
use web_sys::console;

/// Tells the console of each panic: its message and place.
pub(crate) fn on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        console::error_1(&JsValue::from_str(&panic.to_string()));
    }));
}

/// Warns of something that came over the wire and cannot be read. Nobody is shown it: the next join heals what is missing.
pub(crate) fn unreadable(name: &str) {
    console::warn_2(
        &JsValue::from_str("unreadable from the server:"),
        &JsValue::from_str(name),
    );
}
