//! The one timer of a driver. It may ring too early, which the state machine does not mind, and never rings late because it
//! was set back.

use std::time::Duration;

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Window;

/// A timeout of the page, and when it is due.
pub(super) struct Timer {
    window: Window,
    callback: Closure<dyn FnMut()>,
    armed: Option<(i32, Duration)>,
}

impl Timer {
    /// A timer that calls `ring`.
    pub(super) fn new(window: &Window, ring: impl FnMut() + 'static) -> Self {
        Self {
            window: window.clone(),
            callback: Closure::new(ring),
            armed: None,
        }
    }

    /// Rings at `due` at the latest, if anything is due. A timer that is armed for earlier stays as it is: setting one
    /// anew for each ping and each message would cost more than a ring for nothing.
    pub(super) fn set(&mut self, due: Option<Duration>, now: Duration) {
        let Some(due) = due else { return self.clear() };
        if self.armed.is_some_and(|(_, rings)| now < rings && rings <= due) {
            return;
        }
        self.clear();
        // Rounded up: a timer that rings a little early would find nothing to do, and be set again.
        let millis = due.saturating_sub(now).as_micros().div_ceil(1_000);
        let millis = i32::try_from(millis).unwrap_or(i32::MAX);
        let callback = self.callback.as_ref().unchecked_ref();
        let timeout = self
            .window
            .set_timeout_with_callback_and_timeout_and_arguments_0(callback, millis);
        self.armed = timeout.ok().map(|id| (id, due));
    }

    fn clear(&mut self) {
        if let Some((id, _)) = self.armed.take() {
            self.window.clear_timeout_with_handle(id);
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.clear();
    }
}
