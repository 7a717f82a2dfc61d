//! Notifications over the sky, newest first. They go by themselves, but not while one reads them.

use crate::{
    changing::{self, act, list},
    drawn::{Draw, Drawn},
    icon::icon,
    notification::model::Model,
    presence::view::hue_style,
    session::{Session, expect_session},
};
use leptos::{html, prelude::*};
use protocol::notification::Notification;
use std::time::Duration;

/// How often the time is taken off that they are still shown for.
const SECOND: Duration = Duration::from_secs(1);

/// The notifications of the session in context.
#[component]
pub fn Notifications() -> impl IntoView {
    let session = expect_session();
    let node = NodeRef::<html::Div>::new();
    pass(session, node);
    let rows = move || {
        session
            .notification
            .with(|all| all.shown().map(|one| row(session, one.clone())).collect())
    };
    view! {
        <div class="notifications" data-testid="notifications" role="status" aria-atomic="false" node_ref=node>
            {list(rows)}
        </div>
    }
    .painted()
}

/// Lets time pass while something is shown. Whether it is being read is looked up then and there, which needs no listeners.
fn pass(session: Session, node: NodeRef<html::Div>) {
    let some = Memo::new(move |_| !session.notification.with(Model::is_empty));
    let look = move || {
        let held = node
            .get_untracked()
            .is_some_and(|node| node.matches(":hover, :focus-within").unwrap_or_default());
        let seen = !document().hidden();
        session.notification.update(|all| all.passed(seen, held));
    };
    Effect::new(move |_| {
        if some.get()
            && let Ok(timer) = set_interval_with_handle(look, SECOND)
        {
            on_cleanup(move || timer.clear());
        }
    });
}

fn row(session: Session, one: Notification) -> changing::Row {
    changing::Row {
        key: one.id.to_string(),
        draw: Box::new(move || toast(session, one)),
    }
}

/// One of them: a link where it leads to another room than this.
fn toast(session: Session, one: Notification) -> Drawn {
    let hue = session.people.with_untracked(|people| people.hue_of(&one.from));
    let here = session.room();
    let place = one
        .room
        .as_ref()
        .map_or_else(String::new, |room| " in ".to_owned() + room.as_str());
    let elsewhere = one.room.filter(|room| *room != here);
    let id = one.id;
    view! {
        <div class="notification" data-testid="notification">
            <a class="notification-text" href=elsewhere.map(|room| "/r/".to_owned() + room.as_str())>
                <span class="notification-name" style=hue_style(hue)>{one.name.to_string()}</span>
                {place + ": " + &one.text}
            </a>
            <button
                class="icon-button"
                r#type="button"
                aria-label="Dismiss"
                on:click=act(move |_| session.notification.update(|all| all.dismissed(&id)))
            >
                {icon("M6 6l12 12M18 6 6 18")}
            </button>
        </div>
    }
    .later()
}
