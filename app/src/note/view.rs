//! Notes on the page: elements in a layer over the canvas that moves with the view, the button that makes one, and the
//! question what to do with what was refused.

mod bar;
mod conflict;
mod desk;
mod editor;
mod gone;
mod sheet;

pub use desk::Desk;

use crate::{
    changing::{Row, act, flag, list},
    drawn::Draw,
    icon::icon,
};
use conflict::conflict;
use gone::gone;
use leptos::prelude::*;
use protocol::NoteId;
use sheet::sheet;

/// The notes of the session in context. What is done to them is heard once, in the layer, and not anew for every note.
#[component]
pub fn Notes(
    /// Shared with the canvas, on which notes are made too.
    desk: Desk,
) -> impl IntoView {
    let hand = desk.hand;
    view! {
        <button class="note-add" r#type="button" data-testid="note-add" hidden=flag(move || !desk.session.writes()) on:click=act(move |_| desk.make())>
            {icon("M5 4h14v10l-6 6H5zM13 20v-6h6M12 7v5M9.5 9.5h5")}
            "Note"
            <span class="said">": make one in the middle"</span>
        </button>
        <div
            class="notes"
            node_ref=hand.layer
            on:pointerdown=act(move |event| desk.pressed(&event))
            on:pointermove=act(move |event| desk.moved(&event))
            on:pointerup=act(move |event| desk.released(&event))
            on:pointercancel=act(move |event| desk.released(&event))
            on:dblclick=act(move |event| desk.opened(&event))
            on:keydown=act(move |event| desk.typed(&event))
            on:focusin=act(move |event| desk.focused(&event))
            on:focusout=act(move |event| desk.left(&event))
            on:wheel=act(move |event| hand.wheeled(&event))
        >
            {list(move || desk.ids().into_iter().map(|id| row(desk, id)).collect())}
        </div>
        {gone(desk)}
        {conflict(hand)}
    }
    .painted()
}

fn row(desk: Desk, id: NoteId) -> Row {
    Row {
        key: id.to_string(),
        draw: Box::new(move || sheet(desk, id).later()),
    }
}
