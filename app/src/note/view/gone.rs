//! The note that I have just taken away: for some seconds it can be put back.

use super::desk::Desk;
use crate::{
    changing::{act, part},
    drawn::Draw,
};
use leptos::prelude::*;

/// What is said of it; nothing where there is none.
pub(super) fn gone(desk: Desk) -> impl IntoView {
    view! {
        <div class="note-gone" role="status">
            {part(move || {
                desk.gone
                    .with(Option::is_some)
                    .then(|| {
                        view! {
                            <p>
                                "Note deleted. "
                                <button r#type="button" data-testid="note-undo" on:click=act(move |_| desk.put_back())>
                                    "Undo"
                                </button>
                            </p>
                        }
                        .later()
                    })
            })}
        </div>
    }
    .painted()
}
