//! Times of messages in the reader's own clock. The server does not know that clock, so a time is written once the page
//! runs in the browser, and the first paint is the same on both sides.

use crate::{changing::part, drawn::Draw};
use leptos::prelude::*;
use protocol::Millis;
use wasm_bindgen::JsValue;

/// Whether the page runs in the browser by now. Make one for a list and hand it to each of its times.
pub(super) fn running() -> RwSignal<bool> {
    let running = RwSignal::new(false);
    Effect::new(move |_| running.set(true));
    running
}

/// Hour and minute, once `running`.
pub(super) fn time(at: Millis, running: RwSignal<bool>) -> impl IntoView {
    part(move || {
        running.get().then(|| {
            let date = js_sys::Date::new(&JsValue::from_f64(at.0 as f64));
            let exactly: String = date.to_iso_string().into();
            let written = two(date.get_hours()) + ":" + &two(date.get_minutes());
            view! {
                <time class="chat-time" datetime=exactly>
                    {written}
                </time>
            }
            .later()
        })
    })
}

fn two(number: u32) -> String {
    let digits = number.to_string();
    if number < 10 {
        String::from("0") + &digits
    } else {
        digits
    }
}
