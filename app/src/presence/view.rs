//! What one sees of people who are here: the avatar, the stack of them, and the list in the panel.

use crate::{
    changing::part,
    drawn::{Draw, Drawn},
    session::expect_session,
};
use leptos::prelude::*;
use protocol::{Hue, Name, presence::PresenceEntry};

/// A disc in the person's colour with their initials. The name stands beside it or is the label of what holds it.
pub fn avatar(name: &Name, hue: Hue) -> Drawn {
    view! {
        <span class="avatar" style=hue_style(hue) aria-hidden="true">
            {name.initials()}
        </span>
    }
    .drawn()
}

/// The custom property that the style sheet makes a readable colour of, for either theme.
pub fn hue_style(hue: Hue) -> String {
    String::from("--hue:") + &hue.degrees().to_string()
}

/// The first `most` people as avatars, and how many more there are.
pub fn stack(people: &[PresenceEntry], most: usize) -> Drawn {
    let names: Vec<_> = people.iter().map(|person| person.name.as_str()).collect();
    let rest = people.len().saturating_sub(most);
    view! {
        <span class="stack" role="img" aria-label=names.join(", ")>
            {people.iter().take(most).map(|person| avatar(&person.name, person.hue)).collect::<Vec<_>>()}
            {(rest > 0).then(|| view! { <span class="stack-rest">"+" {rest.to_string()}</span> }.drawn())}
        </span>
    }
    .drawn()
}

/// The stack of those who are in the session's room, for the header.
#[component]
pub fn HereStack() -> impl IntoView {
    let session = expect_session();
    part(move || {
        session
            .people
            .with(|people| (people.count() > 0).then(|| stack(people.people(), 4)))
    })
}

/// Everybody in the session's room, in the order they came.
#[component]
pub fn People() -> impl IntoView {
    let session = expect_session();
    view! {
        <ul class="people" data-testid="presence-list" aria-label="People here" tabindex="0">
            {part(move || session.people.with(|people| people.people().iter().map(|one| person(one, people.is_me(one))).collect::<Vec<_>>()))}
        </ul>
    }
    .painted()
}

fn person(person: &PresenceEntry, me: bool) -> Drawn {
    let note = match (me, person.peers.len()) {
        (true, 1) => "you".to_owned(),
        (true, tabs) => format!("you, {tabs} tabs"),
        (false, 1) => String::new(),
        (false, tabs) => format!("{tabs} tabs"),
    };
    view! {
        <li class="person" data-testid="person" data-user-id=person.user_id.to_string()>
            {avatar(&person.name, person.hue)}
            <span class="person-name">{person.name.to_string()}</span>
            <span class="person-note">{note}</span>
        </li>
    }
    .later()
}
