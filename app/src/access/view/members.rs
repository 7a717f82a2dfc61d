//! Those to whom a role was given, and the choice of another.

use super::{busy, role_option};
use crate::{
    access::model::{ROLES, role_called},
    changing::{Row, list, part, text},
    drawn::{Draw, Drawn},
    presence::view::avatar,
    session::Session,
};
use leptos::prelude::*;
use protocol::{
    UserId,
    access::{AccessChange, Member},
};

/// The list, in the order in which they were let in.
pub(super) fn members(session: Session) -> Drawn {
    let rows = move || {
        let members = session.access.with(|access| access.members.clone());
        let rows = members.unwrap_or_default().into_iter().map(|member| Row {
            key: member.user_id.to_string(),
            draw: Box::new(move || row(session, member)),
        });
        rows.collect()
    };
    view! {
        <ul class="access-members" data-testid="access-members" aria-label="Who may come in">
            {list(rows)}
        </ul>
    }
    .later()
}

fn row(session: Session, member: Member) -> Drawn {
    let Member { user_id, name, .. } = member;
    let me = session.me.with_untracked(|me| me.user_id == user_id);
    let (user, label) = (user_id.clone(), String::from("What ") + name.as_str() + " may do");
    let who = move || {
        session.people.with(|people| {
            let here = people.people().iter().find(|person| person.user_id == user);
            let name = here.map_or(&name, |person| &person.name);
            view! {
                {avatar(name, people.hue_of(&user))}
                <span class="access-name">{name.to_string()}</span>
            }
            .later()
        })
    };
    view! {
        <li class="access-row" data-testid="access-member">
            {part(who)}
            {me.then(|| view! { <span class="access-note">"you"</span> }.later())}
            {choice(session, user_id, label)}
        </li>
    }
    .later()
}

/// It shows what is so: another choice is a wish, and stands there once it is granted.
fn choice(session: Session, user: UserId, label: String) -> Drawn {
    let (asked, shown) = (user.clone(), user.clone());
    let role = StoredValue::new(move || {
        session.access.with(|access| {
            let member = access.members.iter().flatten().find(|member| member.user_id == shown);
            member.map(|member| member.role)
        })
    });
    let role = move || role.with_value(|role| role());
    let put = move |select: web_sys::HtmlSelectElement| {
        let wished = role_called(&select.value());
        select.set_value(untrack(role).map_or("", protocol::Role::as_str));
        session.change_access(AccessChange::Role {
            user: asked.clone(),
            role: wished,
        });
    };
    view! {
        <select
            class="field"
            data-testid="access-role"
            data-role=text(move || role().map_or("", protocol::Role::as_str).to_owned())
            aria-label=label
            disabled=busy(session)
            on:change:target=move |select| put(select.target())
        >
            {ROLES.map(|one| role_option(one, move || role() == Some(one))).into_iter().collect::<Vec<_>>()}
            <option value="">"Take away"</option>
        </select>
    }
    .later()
}
