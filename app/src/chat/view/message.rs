//! One message in the log. Drawn once: whatever can change about it is in the row's key, and then it is drawn anew.

use super::{row::Row, time::time};
use crate::{
    changing::act,
    chat::model::State,
    drawn::Draw,
    presence::view::{avatar, hue_style},
    session::expect_session,
};
use leptos::prelude::*;
use protocol::{MessageId, Refusal};

/// Draws a row. A refused one that is dismissed gives its text back into the field (`text`).
pub(super) fn message(row: Row, running: RwSignal<bool>, text: RwSignal<String>) -> impl IntoView {
    let Row {
        entry,
        name,
        hue,
        first,
        marked,
        names_me,
    } = row;
    let pending = (entry.state == State::Sending).then_some("");
    let (refusal, failed) = match entry.state {
        State::Refused(refusal) => (Some(refusal), Some("")),
        _ => (None, None),
    };
    view! {
        {marked.then(|| view! { <p class="chat-mark">"New"</p> }.later())}
        <div
            class="chat-message"
            style=hue_style(hue)
            data-testid="chat-message"
            data-first=first.then_some("")
            data-named=names_me.then_some("")
            data-pending=pending
            data-failed=failed
        >
            {first.then(|| avatar(&name, hue))}
            <p class=if first { "chat-head" } else { "said" }>
                <span class="chat-name">{name.to_string()}</span>
                {entry.at.filter(|_| first).map(|at| time(at, running))}
                {pending.map(|_| view! { <span class="chat-time">"sending"</span> }.later())}
            </p>
            <p class="chat-text">{entry.text}</p>
            {refusal.map(|refusal| view! { <Failure id=entry.id refusal text /> }.later())}
        </div>
    }
    .drawn()
}

/// Why it was refused, and what can be done now.
#[component]
fn Failure(id: MessageId, refusal: Refusal, text: RwSignal<String>) -> impl IntoView {
    let session = expect_session();
    let again = id.clone();
    let dismiss = move |_| {
        if let Some(kept) = session.dismiss(&id) {
            text.update(|text| {
                if text.is_empty() {
                    *text = kept;
                }
            });
        }
    };
    view! {
        <p class="chat-failure">
            <span>{refusal.message}</span>
            <button r#type="button" on:click=act(move |_| session.retry(&again))>
                "Try again"
            </button>
            <button r#type="button" on:click=act(dismiss)>
                "Take back"
            </button>
        </p>
    }
}
