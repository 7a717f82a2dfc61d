//! The field one writes in. Enter sends, Shift with Enter makes a new line.

use crate::{
    changing::{flag, text as changing},
    drawn::Draw,
    icon::icon,
    session::expect_session,
};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    prelude::*,
};

/// The field and its button. A text over the limit stays in the field, and the reason stands above it.
pub(super) fn field(text: RwSignal<String>) -> impl IntoView {
    let session = expect_session();
    let refusal = RwSignal::new(String::new());
    let say = move || {
        let written = text.get_untracked();
        if written.trim().is_empty() || !untrack(|| session.writes()) {
            return;
        }
        match session.say(&written) {
            Ok(()) => {
                text.set(String::new());
                refusal.set(String::new());
            }
            Err(why) => refusal.set(why.message),
        }
    };
    // While a character is being composed, Enter belongs to the keyboard and not to us.
    let key = move |key: KeyboardEvent| {
        if key.key() == "Enter" && !key.shift_key() && !key.is_composing() {
            key.prevent_default();
            say();
        }
    };
    let submit = move |submit: SubmitEvent| {
        submit.prevent_default();
        say();
    };
    view! {
        <form class="chat-form" on:submit=submit>
            <p class="chat-refusal" role="alert">
                {refusal}
            </p>
            <textarea
                class="field chat-input"
                id="chat-input"
                data-testid="chat-input"
                aria-label="Message"
                placeholder=changing(move || if session.writes() { "Message" } else { "Writing is for editors" }.to_owned())
                readonly=flag(move || !session.writes())
                rows="1"
                enterkeyhint="send"
                prop:value=text
                on:input:target=move |input| {
                    let written = input.target().value();
                    session.write(&written);
                    text.set(written);
                }
                on:blur=move |_| session.stop_writing()
                on:keydown=key
            ></textarea>
            <button class="icon-button chat-send" data-testid="chat-send" aria-label="Send" disabled=flag(move || !session.writes())>
                {icon("M5 12h14M13 6l6 6-6 6")}
            </button>
        </form>
    }
    .painted()
}
