//! What can be done with the note that has the focus: another colour, another text, or away with it.

use super::desk::Desk;
use crate::{
    changing::{act, text},
    drawn::{Draw, Drawn},
    icon::icon,
    note::{board::hues, card::Card},
    presence::view::hue_style,
};
use leptos::prelude::*;
use protocol::{Hue, NoteId};

/// What the eight colours are called, for those who hear them.
const CALLED: [&str; 8] = ["rose", "copper", "gold", "moss", "teal", "sky", "blue", "plum"];

/// CSS pixels that the bar takes, at its largest. Where a note has not so much room above or beside it, the bar lies on the
/// other side.
const SPACE: (f64, f64) = (312.0, 104.0);

/// The bar of a note. It keeps its size at any zoom.
pub(super) fn bar(desk: Desk, id: &NoteId, card: Memo<Option<Card>>) -> Drawn {
    let (below, left) = sides(desk, card);
    let (edited, deleted) = (id.clone(), id.clone());
    view! {
        <div
            class="note-bar"
            role="toolbar"
            aria-label="This note"
            data-below=below.then_some("")
            data-left=left.then_some("")
        >
            {hues().zip(CALLED).map(|(hue, called)| swatch(desk, id.clone(), card, hue, called)).collect::<Vec<_>>()}
            <button class="note-do" r#type="button" data-testid="note-edit" aria-label="Write on it" on:click=act(move |_| desk.edit(&edited))>
                {icon("M4 20l1-4L16 5l3 3L8 19zM14 7l3 3")}
            </button>
            <button
                class="note-do"
                r#type="button"
                data-testid="note-delete"
                aria-label="Delete"
                on:click=act(move |_| desk.delete(&deleted))
            >
                {icon("M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5")}
            </button>
        </div>
    }
    .later()
}

fn swatch(desk: Desk, id: NoteId, card: Memo<Option<Card>>, hue: Hue, called: &'static str) -> Drawn {
    let worn = move || card.with(|card| card.as_ref().is_some_and(|card| card.note.hue == hue));
    view! {
        <button
            class="note-hue"
            r#type="button"
            data-testid="note-hue"
            style=hue_style(hue)
            aria-label=called
            aria-pressed=text(move || worn().to_string())
            on:click=act(move |_| desk.color(&id, hue))
        ></button>
    }
    .later()
}

/// Whether the bar has to lie below the note, and whether it has to reach to the left.
fn sides(desk: Desk, card: Memo<Option<Card>>) -> (bool, bool) {
    let view = desk.hand.view();
    card.with_untracked(|card| {
        let corner = card.as_ref().map_or((0.0, 0.0), |card| (card.note.x, card.note.y));
        let (x, y) = view.to_screen(corner);
        (y < SPACE.1, x + SPACE.0 > view.size().0)
    })
}
