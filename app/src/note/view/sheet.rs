//! One note: a sheet of paper in its colour, with what stands on it and who made it.

use super::{bar::bar, desk::Desk, editor::editor};
use crate::{
    changing::{flag, part, text},
    drawn::{Draw, Drawn},
    note::card::Card,
};
use leptos::prelude::*;
use protocol::NoteId;

/// Draws a note. It is drawn once; what changes about it changes in place, so that it can glide.
pub(super) fn sheet(desk: Desk, id: NoteId) -> impl IntoView {
    let id = StoredValue::new(id);
    let name = move || id.get_value();
    // A note that is just going stays as it was until it is gone.
    let card = Memo::new(move |before: Option<&Option<Card>>| {
        let now = id.with_value(|id| desk.card(id));
        now.or_else(|| before.cloned().flatten())
    });
    let lifted = Memo::new(move |_| id.with_value(|id| desk.lifted(id)));
    let edited = Memo::new(move |_| id.with_value(|id| desk.edits(id)));
    let chosen = Memo::new(move |_| {
        desk.chosen
            .with(|chosen| id.with_value(|id| chosen.as_ref() == Some(id)))
    });
    view! {
        <div
            class="note"
            role="group"
            tabindex="0"
            data-testid="note"
            data-note=name().to_string()
            data-pending=flag(move || card.with(|card| card.as_ref().is_some_and(|card| card.pending)))
            data-lifted=flag(move || lifted.get().is_some())
            aria-label=read(card, Card::label)
            style=text(move || {
                let place = lifted.get();
                card.with(|card| card.as_ref().map(|card| card.style(place)).unwrap_or_default())
            })
        >
            {part(move || if edited.get() { editor(desk) } else { words(card) })}
            <p class="note-author">{read(card, |card| card.author().to_owned())}</p>
            {part(move || (chosen.get() && desk.session.writes()).then(|| bar(desk, &name(), card)))}
        </div>
    }
    .later()
}

fn words(card: Memo<Option<Card>>) -> Drawn {
    view! {
        <p class="note-text" data-testid="note-text">
            {read(card, |card| card.note.text.clone())}
        </p>
    }
    .later()
}

/// Something of a note as text.
fn read(card: Memo<Option<Card>>, what: fn(&Card) -> String) -> Signal<String> {
    text(move || card.with(|card| card.as_ref().map(what).unwrap_or_default()))
}
