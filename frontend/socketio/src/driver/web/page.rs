//! What the page itself tells: that the network came or went, that somebody looks at it, that it is being left.

use std::rc::Weak;

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventTarget, VisibilityState, Window};

use super::{Driver, feeder};
use crate::connection::Input;

/// One event listener; removed when dropped.
pub(super) struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut()>,
}

/// Listens to everything that concerns a connection.
pub(super) fn listen(window: &Window, driver: &Weak<Driver>) -> Vec<Listener> {
    let mut listeners = vec![
        Listener::new(window, "online", feeder(driver, |driver| driver.feed(Input::Woken))),
        Listener::new(
            window,
            "offline",
            feeder(driver, |driver| driver.feed(Input::WentOffline)),
        ),
        Listener::new(window, "pagehide", feeder(driver, |driver| driver.feed(Input::Hid))),
        Listener::new(window, "pageshow", feeder(driver, |driver| driver.feed(Input::Woken))),
    ];
    if let Some(document) = window.document() {
        listeners.push(Listener::new(&document, "visibilitychange", feeder(driver, looked_at)));
    }
    listeners
}

/// The page was hidden or shown again.
fn looked_at(driver: &Driver) {
    let visible = driver
        .window
        .document()
        .is_some_and(|page| page.visibility_state() == VisibilityState::Visible);
    if visible {
        driver.feed(Input::Woken);
    }
}

impl Listener {
    fn new(target: &EventTarget, name: &'static str, callback: impl FnMut() + 'static) -> Self {
        let callback = Closure::new(callback);
        // It fails on no event target there is.
        let _ = target.add_event_listener_with_callback(name, callback_of(&callback));
        Self {
            target: target.clone(),
            name,
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self
            .target
            .remove_event_listener_with_callback(self.name, callback_of(&self.callback));
    }
}

fn callback_of(closure: &Closure<dyn FnMut()>) -> &js_sys::Function {
    closure.as_ref().unchecked_ref()
}
