//! The button that says how it stands with access, and the dialog behind it.

mod invites;
mod members;

use crate::{
    access::model::{Asking, State, called},
    changing::{act, flag, part, text},
    clipboard::copy_button,
    drawn::{Draw, Drawn},
    session::{Connection, Session, expect_session},
};
use invites::invites;
use leptos::{html, prelude::*};
use members::members;
use protocol::{Role, access::AccessChange};

/// What the button shows: two links of a chain while the room is open, a lock when it is not, an eye to whom only looks.
const CHAIN: &str =
    "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.6-5.6L12 7.3M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.6 5.6l1.4-1.4";
const LOCK: &str = "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2";
const EYE: &str =
    "M3 12c2.5-4.5 5.5-6 9-6s6.5 1.5 9 6c-2.5 4.5-5.5 6-9 6s-6.5-1.5-9-6M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5";

/// How it stands with access; a press opens the dialog.
#[component]
pub fn AccessButton() -> impl IntoView {
    let session = expect_session();
    let state = Memo::new(move |_| session.access.with(State::of));
    let dialog = NodeRef::<html::Dialog>::new();
    // What the dialog holds is made when it is opened: few who come open it.
    let opened = RwSignal::new(false);
    let open = move |_| {
        session.asking.set(Asking::Idle);
        opened.set(true);
        if let Some(dialog) = dialog.get_untracked() {
            // It fails only where it is open already.
            dialog.show_modal().ok();
        }
    };
    let picture = move || match state.get().as_str() {
        "open" => CHAIN,
        "private" => LOCK,
        _ => EYE,
    };
    view! {
        <button
            class="access-button"
            r#type="button"
            data-testid="access-button"
            hidden=flag(move || session.status.with(Connection::is_refused))
            data-access=text(move || state.get().as_str().to_owned())
            on:click=act(open)
        >
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d=text(move || picture().to_owned()) />
            </svg>
            <span class="access-word" role="status">
                {text(move || state.get().word().to_owned())}
            </span>
            <span class="said">": who may come in"</span>
        </button>
        <dialog class="access" data-testid="access" aria-labelledby="access-title" node_ref=dialog on:close=move |_| opened.set(false)>
            <h2 id="access-title">"Who may come in"</h2>
            {part(move || opened.get().then(|| body(session, state.get())))}
            <form class="access-ends" method="dialog">
                <button class="button" data-testid="access-close">
                    "Close"
                </button>
            </form>
        </dialog>
    }
    .painted()
}

fn problem(asking: &Asking) -> String {
    match asking {
        Asking::Refused(why) => why.clone(),
        Asking::Idle | Asking::Asked => String::new(),
    }
}

/// What the dialog holds, by how it stands.
fn body(session: Session, state: State) -> Drawn {
    let address = move || own_address(&session);
    view! {
        <p class="access-state" data-testid="access-state">
            {state.sentence()}
        </p>
        {copy_button("Copy the address", "access-copy", address)}
        {(state == State::Open(true)).then(|| close_off(session))}
        {(state == State::Mine).then(|| {
            view! {
                {members(session)}
                {invites(session)}
                {let_all_in(session)}
            }
            .later()
        })}
        <p class="access-problem" role="alert">
            {text(move || session.asking.with(problem))}
        </p>
    }
    .later()
}

/// How an open room is made private.
fn close_off(session: Session) -> Drawn {
    let others = move || session.people.with(|people| people.count().saturating_sub(1));
    let words = move || {
        let first = "If you do, you own it, and nobody comes in whom you have not let in.";
        match others() {
            0 => first.to_owned(),
            1 => first.to_owned() + " The other person who is here now is put out.",
            many => [
                first,
                " The ",
                &many.to_string(),
                " others who are here now are put out.",
            ]
            .concat(),
        }
    };
    step(
        session,
        "Make it private",
        "access-make-private",
        text(words),
        AccessChange::Private,
    )
}

/// How a private room is opened.
fn let_all_in(session: Session) -> Drawn {
    let words = "If you do, everybody comes in and writes. Who had which role is forgotten, and so are the links.";
    step(
        session,
        "Open it to everybody",
        "access-make-open",
        text(move || words.to_owned()),
        AccessChange::Open,
    )
}

/// A change of the whole room, and what it means, before it is made.
fn step(
    session: Session,
    words: &'static str,
    id: &'static str,
    meaning: Signal<String>,
    change: AccessChange,
) -> Drawn {
    view! {
        <section class="access-step">
            <button
                class="button"
                r#type="button"
                data-testid=id
                disabled=busy(session)
                on:click=act(move |_| session.change_access(change.clone()))
            >
                {words}
            </button>
            <p>{meaning}</p>
        </section>
    }
    .later()
}

/// Whether nothing can be asked now.
fn busy(session: Session) -> Signal<bool> {
    flag(move || {
        let live = session.status.with(|status| *status == Connection::Live);
        !live || session.asking.with(|asking| *asking == Asking::Asked)
    })
}

/// A choice among roles.
fn role_option(role: Role, chosen: impl Fn() -> bool + Send + Sync + 'static) -> Drawn {
    view! {
        <option value=role.as_str() prop:selected=flag(chosen)>
            {called(role)}
        </option>
    }
    .later()
}

/// The address of this room, whatever else stood in the page's own.
fn own_address(session: &Session) -> String {
    location().origin().unwrap_or_default() + "/r/" + session.room().as_str()
}
