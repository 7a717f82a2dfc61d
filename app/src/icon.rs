//! Line pictures on buttons. The word beside it or the button's label says what it means, so a screen reader skips it.

use leptos::prelude::*;

/// A picture on a 24 by 24 grid from the data of one path.
pub fn icon(path: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=path />
        </svg>
    }
}
