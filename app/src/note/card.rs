//! A note as it is drawn: how it stands on the canvas, who made it, whether that is settled. Pure.

use super::model::Model;
use crate::{chat, presence};
use protocol::{Name, NoteId, UserId, auth::Identity, note::Note};

/// Canvas units; the style sheet says the same.
pub(super) const WIDTH: f64 = 176.0;

/// Canvas units of a note with a line or two, to find its middle by.
pub(super) const HEIGHT: f64 = 88.0;

/// Characters of a note that are read out with its name; the rest is read in it.
const HEARD: usize = 80;

/// One note as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Card {
    /// How it stands.
    pub(super) note: Note,
    /// Whether an own change of it has not come back yet.
    pub(super) pending: bool,
    /// What its maker is called, as far as that is known here.
    author: Option<Name>,
}

/// Those who may have made a note.
pub(super) struct Known<'a> {
    /// I.
    pub(super) me: &'a Identity,
    /// Those who are here.
    pub(super) people: &'a presence::model::Model,
    /// Those who said something.
    pub(super) chat: &'a chat::model::Model,
}

/// All notes in the order in which they were made. Of one that is gone the card `before` stays, in its place, as long as I
/// write on it (`held`).
pub(super) fn cards(notes: &Model, known: &Known<'_>, before: &[Card], held: Option<&NoteId>) -> Vec<Card> {
    // Looked for once for each who made any, not for each note: this runs with every move of every note.
    let mut makers: Vec<(UserId, Option<Name>)> = Vec::new();
    let card = |note: Note| {
        let author = match makers.iter().find(|(maker, _)| *maker == note.user_id) {
            Some((_, name)) => name.clone(),
            None => {
                let name = known.name(&note.user_id, before);
                makers.push((note.user_id.clone(), name.clone()));
                name
            }
        };
        let pending = notes.is_pending(&note.id);
        Card { note, pending, author }
    };
    let mut cards: Vec<_> = notes.shown().into_notes().into_iter().map(card).collect();
    let held = held.filter(|held| cards.iter().all(|card| card.note.id != **held));
    let place = held.and_then(|held| before.iter().position(|card| card.note.id == *held));
    if let Some(place) = place {
        cards.insert(place.min(cards.len()), before[place].clone());
    }
    cards
}

impl Known<'_> {
    /// What somebody is called, or was when last seen here.
    fn name(&self, user: &UserId, before: &[Card]) -> Option<Name> {
        if *user == self.me.user_id {
            return Some(self.me.name.clone());
        }
        let here = self.people.people().iter().find(|person| person.user_id == *user);
        let seen = || before.iter().find(|card| card.note.user_id == *user)?.author.clone();
        let heard = || {
            let line = self.chat.lines().iter().rev().find(|line| line.user_id == *user)?;
            Some(line.name.clone())
        };
        here.map(|person| person.name.clone()).or_else(seen).or_else(heard)
    }
}

impl Card {
    /// What its maker is called.
    pub(super) fn author(&self) -> &str {
        self.author.as_ref().map_or("somebody", Name::as_str)
    }

    /// What a screen reader says of it.
    pub(super) fn label(&self) -> String {
        let text = self.note.text.trim();
        let mut label = String::from("Note by ") + self.author() + ": ";
        if text.is_empty() {
            label.push_str("empty");
        }
        label.extend(text.chars().take(HEARD));
        label
    }

    /// The style that puts it in its place, or, while I hold it, elsewhere; and gives it its colour.
    pub(super) fn style(&self, lifted: Option<(f64, f64)>) -> String {
        let (x, y) = lifted.unwrap_or((self.note.x, self.note.y));
        let (x, y, hue) = (x.round() as i32, y.round() as i32, self.note.hue.degrees());
        format!("--hue:{hue};translate:{x}px {y}px")
    }

    /// The middle of it, in canvas units.
    pub(super) fn middle(&self) -> (f64, f64) {
        (self.note.x + WIDTH / 2.0, self.note.y + HEIGHT / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Hue, note::Change};

    /// Ann's page, with what she has made.
    struct Page {
        notes: Model,
        me: Identity,
        people: presence::model::Model,
        chat: chat::model::Model,
    }

    impl Page {
        fn with(notes: &[&str]) -> Self {
            let user: UserId = "ann".parse().unwrap();
            let mut page = Self {
                notes: Model::new(user.clone()),
                people: presence::model::Model::new(user.clone()),
                chat: chat::model::Model::new(user.clone(), Vec::new()),
                me: Identity {
                    user_id: user,
                    name: "Ann".parse().unwrap(),
                    hue: Hue::try_from(15).unwrap(),
                },
            };
            notes.iter().for_each(|note| page.makes(note));
            page
        }

        fn makes(&mut self, note: &str) {
            let make = Change::Make {
                note: note.parse().unwrap(),
                x: 10.4,
                y: -20.0,
                hue: Hue::try_from(90).unwrap(),
                text: note.to_owned(),
            };
            self.notes.changed(note.parse().unwrap(), make).unwrap();
        }

        fn removes(&mut self, note: &str) {
            let delete = Change::Delete {
                note: note.parse().unwrap(),
            };
            self.notes.changed("gone".parse().unwrap(), delete).unwrap();
        }

        fn cards(&self, before: &[Card], held: Option<&NoteId>) -> Vec<Card> {
            let known = Known {
                me: &self.me,
                people: &self.people,
                chat: &self.chat,
            };
            cards(&self.notes, &known, before, held)
        }
    }

    fn ids(cards: &[Card]) -> Vec<&str> {
        cards.iter().map(|card| card.note.id.as_str()).collect()
    }

    #[test]
    fn what_i_write_on_stays_in_its_place_when_it_is_gone() {
        let mut page = Page::with(&["a", "b", "c"]);
        let before = page.cards(&[], None);
        page.removes("b");
        let held = "b".parse().unwrap();
        assert_eq!(ids(&page.cards(&before, Some(&held))), ["a", "b", "c"]);
        assert_eq!(ids(&page.cards(&before, None)), ["a", "c"]);
    }

    #[test]
    fn a_card_says_whose_it_is_and_where() {
        let card = Page::with(&["milk"]).cards(&[], None).remove(0);
        assert!(card.pending);
        assert_eq!(card.label(), "Note by Ann: milk");
        assert_eq!(card.style(None), "--hue:90;translate:10px -20px");
        assert_eq!(card.style(Some((1.0, 2.0))), "--hue:90;translate:1px 2px");
    }

    #[test]
    fn a_stranger_is_somebody() {
        let mut card = Page::with(&["x"]).cards(&[], None).remove(0);
        card.author = None;
        card.note.text = " ".to_owned();
        assert_eq!(card.label(), "Note by somebody: empty");
    }
}
