//! How it stands with the connection, in the header: a dot, a word, and a sentence while all is not well.

use crate::{
    changing::{act, part, text},
    clock,
    drawn::{Draw, Drawn},
    session::{Connection, Session, expect_session},
};
use leptos::prelude::*;
use std::time::Duration;

/// How often the countdown is read off. Shorter than a second, so that no number is skipped.
const COUNT: Duration = Duration::from_millis(250);

/// The state of the session's connection. Only the word is announced to a screen reader: a countdown would never be quiet.
#[component]
pub fn ConnectionState() -> impl IntoView {
    let session = expect_session();
    let seconds = countdown(session);
    let cut_off = Memo::new(move |_| session.is_cut_off());
    view! {
        <div
            class="connection"
            data-testid="connection"
            data-state=text(move || session.status.with(Connection::as_str).to_owned())
            data-bus=text(move || if cut_off.get() { "away" } else { "" }.to_owned())
        >
            <span class="connection-word" role="status">
                {text(move || if cut_off.get() { "Cut off" } else { session.status.with(word) }.to_owned())}
            </span>
            {part(move || session.status.with(|status| sentence(status, session, seconds, cut_off.get())))}
        </div>
    }
    .painted()
}

fn word(status: &Connection) -> &'static str {
    match status {
        Connection::Connecting => "Connecting",
        Connection::Live => "Live",
        Connection::Reconnecting { why: Some(_), .. } => "Waiting",
        Connection::Reconnecting { .. } => "Reconnecting",
        Connection::Refused(_) => "Refused",
    }
}

fn sentence(status: &Connection, session: Session, seconds: RwSignal<u32>, cut_off: bool) -> Option<Drawn> {
    match status {
        Connection::Live if cut_off => {
            let words = "Cut off from the other servers. What you write is kept and sent when they are back.";
            Some(view! { <p class="connection-more">{words}</p> }.later())
        }
        Connection::Connecting | Connection::Live => None,
        Connection::Reconnecting { why, .. } => {
            let (why, doing) = match why {
                Some(refusal) => (refusal.message.clone() + " ", "Trying again"),
                None => (String::new(), "Reconnecting"),
            };
            Some(
                view! {
                    <p class="connection-more">
                        {why}
                        {text(move || match seconds.get() {
                            0 => format!("{doing} now."),
                            left => format!("{doing} in {left} s."),
                        })} " What you write is kept."
                    </p>
                }
                .later(),
            )
        }
        Connection::Refused(refusal) => Some(
            view! {
                <p class="connection-more" role="alert">
                    {refusal.message.clone()} " "
                    <button class="connection-again" r#type="button" on:click=act(move |_| session.reconnect())>
                        "Try again"
                    </button>
                </p>
            }
            .later(),
        ),
    }
}

/// Whole seconds until the next attempt, counted down in the browser while one is waited for.
fn countdown(session: Session) -> RwSignal<u32> {
    let seconds = RwSignal::new(0);
    Effect::new(move |_| {
        let read = move || {
            let left = session
                .status
                .with_untracked(|status| status.seconds_left(clock::now()));
            if seconds.get_untracked() != left {
                seconds.set(left);
            }
        };
        if session
            .status
            .with(|status| matches!(status, Connection::Reconnecting { .. }))
        {
            read();
            if let Ok(timer) = set_interval_with_handle(read, COUNT) {
                on_cleanup(move || timer.clear());
            }
        }
    });
    seconds
}
