//! The page's clock. It runs in the browser only: call it in effects and event handlers, never while rendering.

/// Milliseconds since the page was opened, by a clock that is never set back. Models take their `now` from here.
#[must_use]
pub fn now() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}
