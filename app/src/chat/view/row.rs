//! One row as it is drawn: what was said, and what of its author is shown beside it. Pure.

use crate::{
    chat::model::{Entry, Model},
    notification::mention::mentioned,
    presence,
};
use protocol::{Hue, Millis, Name, UserId, auth::Identity};

/// One row of the log.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// What was said and how it stands.
    pub(super) entry: Entry,
    /// What the author was called then.
    pub(super) name: Name,
    /// The author's colour now, or the one of the user id where they are not here.
    pub(super) hue: Hue,
    /// Whether it begins a group: another author than above, or another minute.
    pub(super) first: bool,
    /// Whether what is new begins here.
    pub(super) marked: bool,
    /// Whether somebody else has written my name in it.
    pub(super) names_me: bool,
}

impl Row {
    /// What a row is known by in the list. A row is drawn once, so all that can change about it is in here.
    pub(super) fn key(&self) -> String {
        let (user, id, state) = self.entry.key();
        let flags = u8::from(self.first) + 2 * u8::from(self.marked) + 4 * u8::from(self.names_me);
        let numbers = [u16::from(state), self.hue.degrees(), u16::from(flags)].map(|number| number.to_string());
        // Neither a user's nor a message's id has a space in it.
        [user.as_str(), id.as_str(), &numbers[0], &numbers[1], &numbers[2]].join(" ")
    }
}

/// All rows in order.
pub(super) fn rows(chat: &Model, people: &presence::model::Model, me: &Identity) -> Vec<Row> {
    let names = names(people, me);
    let mut above: Option<(UserId, Option<Millis>)> = None;
    let row = |entry: Entry| {
        let group = (entry.user_id.clone(), entry.at);
        let marked = entry.seq.is_some() && entry.seq == chat.mark();
        let first = marked || !above.as_ref().is_some_and(|above| together(above, &group));
        above = Some(group);
        Row {
            name: entry.name.clone().unwrap_or_else(|| me.name.clone()),
            hue: if entry.mine {
                me.hue
            } else {
                people.hue_of(&entry.user_id)
            },
            first,
            marked,
            names_me: !entry.mine && mentioned(&entry.text, names.iter().copied()).contains(&&me.user_id),
            entry,
        }
    };
    chat.entries().map(row).collect()
}

/// Whether two rows are of one author and one minute. What has no time yet is of this minute.
fn together(above: &(UserId, Option<Millis>), below: &(UserId, Option<Millis>)) -> bool {
    let minute = |at: Option<Millis>| at.map(|at| at.0 / 60_000);
    let same_minute = below.1.is_none() || above.1.is_none() || minute(above.1) == minute(below.1);
    above.0 == below.0 && same_minute
}

/// Who can be named in the room: those who are here, of whom one may be called more than what I am called.
fn names<'a>(people: &'a presence::model::Model, me: &'a Identity) -> Vec<(&'a UserId, &'a Name)> {
    let mut names = vec![(&me.user_id, &me.name)];
    for person in people.people() {
        if !people.is_me(person) {
            names.push((&person.user_id, &person.name));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Seq, chat::ChatMessage, presence::PresenceEntry};

    fn line(seq: u64, who: &str, seconds: u64) -> ChatMessage {
        ChatMessage {
            room: "sky".parse().unwrap(),
            user_id: who.parse().unwrap(),
            name: who.parse().unwrap(),
            text: format!("line {seq}"),
            at: Millis(seconds * 1000),
            seq: Seq(seq),
            id: format!("id-{seq}").parse().unwrap(),
        }
    }

    fn drawn(lines: Vec<ChatMessage>, draft: Option<&str>) -> Vec<Row> {
        let me = Identity {
            user_id: "ann".parse().unwrap(),
            name: "Ann".parse().unwrap(),
            hue: Hue::try_from(40).unwrap(),
        };
        let mut chat = Model::new(me.user_id.clone(), lines);
        if let Some(text) = draft {
            chat.said("draft".parse().unwrap(), text.to_owned());
        }
        rows(&chat, &presence::model::Model::new(me.user_id.clone()), &me)
    }

    #[test]
    fn a_group_is_one_author_in_one_minute() {
        let said = vec![
            line(1, "bob", 0),
            line(2, "bob", 59),
            line(3, "bob", 60),
            line(4, "cleo", 61),
        ];
        let firsts: Vec<_> = drawn(said, None).iter().map(|row| row.first).collect();
        assert_eq!(firsts, [true, false, true, true]);
    }

    #[test]
    fn what_i_am_saying_joins_what_i_said() {
        let rows = drawn(vec![line(1, "ann", 0)], Some("and this"));
        assert!(!rows[1].first);
        assert_eq!(rows[1].name.as_str(), "Ann");
        assert_eq!(rows[1].hue.degrees(), 40);
    }

    #[test]
    fn a_line_with_my_name_in_it_is_marked_as_long_as_that_is_my_name() {
        let said = |who, text: &str| ChatMessage {
            text: text.to_owned(),
            ..line(1, who, 0)
        };
        let named = |line: ChatMessage, here: &[&str]| {
            let me = Identity {
                user_id: "ann".parse().unwrap(),
                name: "Ann".parse().unwrap(),
                hue: Hue::try_from(40).unwrap(),
            };
            let mut people = presence::model::Model::new(me.user_id.clone());
            let present = here.iter().map(|name| PresenceEntry {
                user_id: name.replace(' ', "-").parse().unwrap(),
                name: name.parse().unwrap(),
                hue: me.hue,
                peers: vec![],
                since: Millis(0),
            });
            people.replaced(present.collect());
            rows(&Model::new(me.user_id.clone(), vec![line]), &people, &me)[0].names_me
        };
        assert!(named(said("bob", "look, @ann!"), &[]));
        assert!(named(said("bob", "look, @ann lee!"), &["Bob"]));
        assert!(
            !named(said("bob", "look, @ann lee!"), &["Ann Lee"]),
            "that is somebody else"
        );
        assert!(!named(said("bob", "look, Ann!"), &[]));
        assert!(!named(said("ann", "@Ann"), &[]), "I know what I said");
    }

    #[test]
    fn who_is_gone_keeps_a_colour() {
        let rows = drawn(vec![line(1, "bob", 0)], None);
        assert_eq!(rows[0].hue, Hue::of(&"bob".parse().unwrap()));
    }
}
