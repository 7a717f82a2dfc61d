//! The line above the chat's field that says who is writing.

use crate::{changing::text, drawn::Draw, presence, session::expect_session, typing::model::Model};
use leptos::prelude::*;

/// Who else is typing in the session in context. The line is always there, so that nothing moves when it has something to say.
#[component]
pub fn Typing() -> impl IntoView {
    let session = expect_session();
    let words = move || {
        session
            .typing
            .with(|typing| session.people.with(|people| words(typing, people)))
    };
    view! {
        <p class="typing" data-testid="typing" aria-live="polite">
            {text(words)}
        </p>
    }
    .painted()
}

/// A sentence about all others who are typing; nothing where nobody is. A person with two tabs is one person, and I am nobody.
fn words(typing: &Model, people: &presence::model::Model) -> String {
    let mut who = Vec::new();
    for person in typing.peers().filter_map(|peer| people.of(peer)) {
        if !people.is_me(person) && !who.contains(&person) {
            who.push(person);
        }
    }
    match who[..] {
        [] => String::new(),
        [one] => String::from(one.name.as_str()) + " is typing",
        [one, other] => String::from(one.name.as_str()) + " and " + other.name.as_str() + " are typing",
        _ => "Several people are typing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Hue, Millis, PeerId, presence::PresenceEntry};

    /// Ann's page; everybody has two tabs, of which the second is ten more.
    fn people() -> presence::model::Model {
        let mut people = presence::model::Model::new("Ann".parse().unwrap());
        let entry = |(name, peer): (&str, u32)| PresenceEntry {
            user_id: name.parse().unwrap(),
            name: name.parse().unwrap(),
            hue: Hue::try_from(30).unwrap(),
            peers: vec![PeerId(peer), PeerId(peer + 10)],
            since: Millis(0),
        };
        people.replaced([("Ann", 1), ("Bob", 2), ("Cy", 3), ("Dee", 4)].map(entry).into());
        people
    }

    fn said(peers: &[u32]) -> String {
        let mut typing = Model::default();
        let peers: Vec<_> = peers.iter().copied().map(PeerId).collect();
        typing.welcomed(&peers, 0.0);
        words(&typing, &people())
    }

    #[test]
    fn the_line_names_two_and_counts_no_more() {
        assert_eq!(said(&[]), "");
        assert_eq!(said(&[2]), "Bob is typing");
        assert_eq!(said(&[2, 3]), "Bob and Cy are typing");
        assert_eq!(said(&[2, 3, 4]), "Several people are typing");
    }

    #[test]
    fn two_tabs_are_one_person_and_i_am_nobody() {
        assert_eq!(said(&[1, 11]), "");
        assert_eq!(said(&[2, 3, 12]), "Bob and Cy are typing");
        assert_eq!(said(&[99]), "", "nor is a stranger anybody");
    }
}
