//! The field in which I write on a note, in its place. Leaving it keeps what I wrote, as do Ctrl and Enter; Escape does not.

use super::desk::{Desk, keys::focus};
use crate::{
    changing::part,
    drawn::{Draw, Drawn},
    note::editing::count,
};
use leptos::{ev::KeyboardEvent, html, prelude::*};

/// The field, with the focus in it.
pub(super) fn editor(desk: Desk) -> Drawn {
    let node = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(field) = node.get() {
            // It fails only where the field is gone again.
            field.focus().ok();
        }
    });
    let key = move |event: KeyboardEvent| {
        // While a character is being composed, the keys belong to the keyboard and not to us.
        let done = match event.key().as_str() {
            _ if event.is_composing() => false,
            "Escape" => {
                desk.cancel();
                true
            }
            "Enter" if event.ctrl_key() || event.meta_key() => desk.save(),
            _ => false,
        };
        if done {
            event.prevent_default();
            focus(node.get_untracked().map(Into::into));
        }
    };
    view! {
        <textarea
            class="note-input"
            data-testid="note-input"
            aria-label="Text of the note"
            rows="3"
            node_ref=node
            prop:value=desk.written
            on:input:target=move |input| {
                desk.written.set(input.target().value());
                desk.problem.set(String::new());
            }
            on:keydown=key
            on:blur=move |_| {
                desk.save();
            }
        ></textarea>
        {part(move || {
            let count = desk.written.with(|text| count(text));
            count.map(|count| view! { <p class="note-count">{count}</p> }.later())
        })}
        <p class="note-problem" role="alert">
            {desk.problem}
        </p>
    }
    .later()
}
