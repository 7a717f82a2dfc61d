//! What was not sent yet: a word about it in the header, why, where the server has said so, and a question before the tab is
//! closed.

use crate::{
    changing::{part, text},
    drawn::{Draw, Drawn},
    session::{Connection, Session, expect_session},
};
use leptos::{ev, prelude::*};
use std::time::Duration;

/// How long something may be on its way before that is worth a word: on a sound connection nothing ever is.
const QUICK: Duration = Duration::from_secs(1);

/// How much of mine the session in context has not sent yet. Nothing while there is nothing, or it is just on its way.
#[component]
pub fn Unsent() -> impl IntoView {
    let session = expect_session();
    let unsent = Memo::new(move |_| session.unsent());
    let some = Memo::new(move |_| unsent.get() > 0);
    let why = Memo::new(move |_| session.why_unsent());
    let late = late(some);
    ask_before_closing(some);
    part(move || {
        let told = some.get() && (late.get() || !is_live(session));
        told.then(|| {
            view! {
                <p class="unsent" data-testid="unsent" role="status">
                    {text(move || unsent.get().to_string())} <span class="unsent-word">" not sent yet"</span>
                </p>
                {part(move || why.get().map(sentence))}
            }
            .later()
        })
    })
}

fn sentence(why: String) -> Drawn {
    view! { <p class="connection-more" data-testid="unsent-why">{why} " What you write is kept and sent again."</p> }
        .later()
}

fn is_live(session: Session) -> bool {
    session.status.with(|status| *status == Connection::Live)
}

/// Whether there has been something for longer than it should take.
fn late(some: Memo<bool>) -> RwSignal<bool> {
    let late = RwSignal::new(false);
    Effect::new(move |_| {
        late.set(false);
        if some.get()
            && let Ok(timer) = set_timeout_with_handle(move || late.set(true), QUICK)
        {
            on_cleanup(move || timer.clear());
        }
    });
    late
}

/// Has the browser ask before it leaves the page. It listens only while there is something to lose: a page that listens is not
/// kept for the way back.
fn ask_before_closing(some: Memo<bool>) {
    Effect::new(move |_| {
        if some.get() {
            let asking = window_event_listener(ev::beforeunload, |event| {
                event.prevent_default();
                // For browsers from before 2024, which ask only for this.
                event.set_return_value("unsent");
            });
            on_cleanup(move || asking.remove());
        }
    });
}
