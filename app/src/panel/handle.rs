//! The handle of the sheet, on a phone.

use super::{Shape, swipe::Swipe};
use crate::{changing::text, drawn::Draw};
use leptos::prelude::*;

/// Draws the sheet up and down, by a tap, a swipe or a key.
pub(super) fn handle(shape: Shape) -> impl IntoView {
    let swipe = StoredValue::new(Swipe::default());
    let drawn = shape.drawn;
    view! {
        <button
            class="sheet-handle"
            r#type="button"
            data-testid="sheet-handle"
            aria-label="Draw the sheet up or down"
            aria-expanded=text(move || drawn.get().to_string())
            on:pointerdown=move |pointer| swipe.update_value(|swipe| swipe.began(pointer.client_y()))
            on:pointermove=move |pointer| {
                if let Some(up) = swipe.try_update_value(|swipe| swipe.moved(pointer.client_y())).flatten() {
                    drawn.set(up);
                }
            }
            on:click=move |_| {
                if swipe.try_update_value(Swipe::was_tap) == Some(true) {
                    drawn.update(|drawn| *drawn = !*drawn);
                }
            }
        />
    }
    .painted()
}
