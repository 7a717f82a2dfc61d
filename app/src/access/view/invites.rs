//! The links by which somebody comes in who has no role yet: made, copied, withdrawn.

use super::{busy, own_address, role_option};
use crate::{
    access::{
        address::with_invite,
        model::{SPANS, called, role_called},
    },
    changing::{Row, act, list},
    clipboard::copy_button,
    drawn::{Draw, Drawn},
    session::Session,
};
use js_sys::JSON;
use leptos::{ev::SubmitEvent, html, prelude::*};
use protocol::{
    Millis, Role,
    access::{AccessChange, Invite},
};
use wasm_bindgen::JsValue;

/// How a moment is written: the day in words, no seconds.
const STYLE: &str = r#"{"dateStyle":"medium","timeStyle":"short"}"#;

/// The links that hold, the newest first, and the form for another.
pub(super) fn invites(session: Session) -> Drawn {
    let rows = move || {
        let invites = session.access.with(|access| access.invites.clone());
        let rows = invites.unwrap_or_default().into_iter().rev().map(|invite| Row {
            key: invite.id.to_string(),
            draw: Box::new(move || row(session, invite)),
        });
        rows.collect()
    };
    view! {
        <section>
            <h3>"Links"</h3>
            {form(session)}
            <ul class="access-invites" data-testid="access-invites" aria-label="Links that hold">
                {list(rows)}
            </ul>
        </section>
    }
    .later()
}

fn form(session: Session) -> Drawn {
    let (role, span) = (NodeRef::<html::Select>::new(), NodeRef::<html::Select>::new());
    let make = move |submit: SubmitEvent| {
        submit.prevent_default();
        let chosen = |select: NodeRef<html::Select>| select.get_untracked().map(|select| select.value());
        if let Some((role, span)) = chosen(role).zip(chosen(span)) {
            session.change_access(AccessChange::Invite {
                role: role_called(&role).unwrap_or(Role::Viewer),
                ttl_seconds: span.parse().ok(),
            });
        }
    };
    let spans = SPANS.map(|(words, seconds)| {
        let value = seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
        view! { <option value=value>{words}</option> }.later()
    });
    view! {
        <form class="access-make" on:submit=make>
            <select class="field" data-testid="invite-role" aria-label="What whoever comes by it may do" node_ref=role>
                {role_option(Role::Editor, || true)}
                {role_option(Role::Viewer, || false)}
            </select>
            <select class="field" data-testid="invite-span" aria-label="For how long" node_ref=span>
                {spans.into_iter().collect::<Vec<_>>()}
            </select>
            <button class="button primary" data-testid="invite-make" disabled=busy(session)>
                "Make a link"
            </button>
        </form>
    }
    .later()
}

fn row(session: Session, Invite { id, role, until }: Invite) -> Drawn {
    let address = {
        let id = id.clone();
        move || with_invite(&own_address(&session), &id)
    };
    let withdraw = AccessChange::Withdraw { invite: id };
    view! {
        <li class="access-row" data-testid="access-invite" data-role=role.as_str()>
            <span class="access-role">{called(role)}</span>
            <span class="access-note">{ends(until)}</span>
            <span class="access-do">
            {copy_button("Copy", "invite-copy", address)}
            <button
                class="button"
                r#type="button"
                data-testid="invite-withdraw"
                disabled=busy(session)
                on:click=act(move |_| session.change_access(withdraw.clone()))
            >
                "Withdraw"
            </button>
            </span>
        </li>
    }
    .later()
}

/// When an invitation ends, by the reader's clock and in their own way to write it.
fn ends(until: Option<Millis>) -> String {
    match until {
        Some(until) => {
            let date = js_sys::Date::new(&JsValue::from_f64(until.0 as f64));
            let style = JSON::parse(STYLE).unwrap_or_default();
            let written = date.to_locale_string("default", &style);
            String::from("until ") + &String::from(written)
        }
        None => "without end".to_owned(),
    }
}
