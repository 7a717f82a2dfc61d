//! Who is named in a text: the one rule for it, by which the server notifies people and a page marks lines.
//!
//! A name is written as `@Name`, in any case, as a word of its own: neither before the `@` nor behind the name is a letter or
//! a digit. Names have spaces in them; where one begins with another, the longer counts.

use protocol::{Name, UserId};

/// Those of `people` who are named in `text`, each once, in the order in which they are. People who are called the same are
/// named together.
pub fn mentioned<'a>(text: &str, people: impl Iterator<Item = (&'a UserId, &'a Name)> + Clone) -> Vec<&'a UserId> {
    let mut found = Vec::new();
    let mut place = 0;
    while let Some(at) = text[place..].find('@').map(|steps| place + steps) {
        place = at + 1;
        if is_inside(text[..at].chars().next_back()) {
            continue;
        }
        let (mut longest, mut named) = (0, Vec::new());
        for (user, name) in people.clone() {
            let length = spelled(&text[place..], name.as_str());
            if length > longest {
                longest = length;
                named.clear();
            }
            if length > 0 && length == longest {
                named.push(user);
            }
        }
        place += longest;
        for user in named {
            if !found.contains(&user) {
                found.push(user);
            }
        }
    }
    found
}

/// How many bytes of `text` the name takes that it begins with, as a whole word; 0 where it does not.
fn spelled(text: &str, name: &str) -> usize {
    // Upper case and not lower: a name's initials need the table for that anyway.
    let mut name = name.chars().flat_map(char::to_uppercase).peekable();
    for (place, char) in text.char_indices() {
        if name.peek().is_none() {
            return if char.is_alphanumeric() { 0 } else { place };
        }
        if !char.to_uppercase().all(|char| name.next() == Some(char)) {
            return 0;
        }
    }
    if name.peek().is_none() { text.len() } else { 0 }
}

/// Whether what stands before an `@` makes it a part of a word.
fn is_inside(before: Option<char>) -> bool {
    before.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Who of these is named.
    fn named(text: &str, names: &[&str]) -> Vec<String> {
        let people: Vec<(UserId, Name)> = names
            .iter()
            .enumerate()
            .map(|(place, name)| (place.to_string().parse().unwrap(), name.parse().unwrap()))
            .collect();
        let found = mentioned(text, people.iter().map(|(user, name)| (user, name)));
        let name = |user: &UserId| names[user.as_str().parse::<usize>().unwrap()].to_owned();
        found.into_iter().map(name).collect()
    }

    #[test]
    fn a_name_is_a_word_of_its_own() {
        for text in [
            "@Bob look",
            "look, @bob!",
            "(@BOB)",
            "@Bob",
            "two\n@Bob\nlines",
            "@@Bob",
            "_@Bob_",
            "@Bob’s",
        ] {
            assert_eq!(named(text, &["Ann", "Bob"]), ["Bob"], "{text}");
        }
        for text in [
            "Bob", "@Bobby", "@Bob2", "ann@Bob", "9@bob", "@ Bob", "@Bo", "@", "", "ü@Bob", "@Bobé",
        ] {
            assert_eq!(named(text, &["Ann", "Bob"]), [""; 0], "{text}");
        }
    }

    #[test]
    fn the_longest_name_counts() {
        let names = ["Ann", "Ann Lee", "Ann Lee the Elder"];
        assert_eq!(named("@Ann Lee look", &names), ["Ann Lee"]);
        assert_eq!(named("@Ann look", &names), ["Ann"]);
        assert_eq!(named("@Ann Leeds", &names), ["Ann"], "that is somebody else");
        assert_eq!(named("@ann lee the elder, @Ann", &names), ["Ann Lee the Elder", "Ann"]);
    }

    #[test]
    fn each_is_named_once_and_namesakes_together() {
        assert_eq!(named("@Bob @Ann @bob", &["Ann", "Bob"]), ["Bob", "Ann"]);
        assert_eq!(named("@ann", &["Ann", "Bob", "ANN"]), ["Ann", "ANN"]);
    }

    #[test]
    fn names_are_whatever_people_call_themselves() {
        assert_eq!(
            named("@straße 7: @ÉLISE, @山田 @C++.", &["Strasse", "Élise", "山田", "C++"]).len(),
            4
        );
        assert_eq!(
            named("@a@b", &["a@b", "b"]),
            ["a@b"],
            "an @ within a name is not another"
        );
        assert_eq!(named("@山田さん", &["山田"]), [""; 0], "letters go on");
    }

    proptest! {
        #[test]
        fn whoever_is_named_alone_is_found(before in "[ .,(]{0,3}", name in "\\PC{1,40}", after in "[ .,)]{0,3}") {
            if let Ok(name) = name.parse::<Name>() {
                let text = format!("{before}@{name}{after}");
                prop_assert_eq!(named(&text, &[name.as_str()]), [name.to_string()]);
                let glued = format!("a@{name}");
                prop_assert!(name.as_str().contains('@') || named(&glued, &[name.as_str()]).is_empty());
            }
        }

        #[test]
        fn case_does_not_matter_and_nobody_is_named_twice(text in "[abAB @.]{0,40}") {
            let names = ["a", "A b", "ab", "b a b", "B"];
            let found = named(&text, &names);
            prop_assert_eq!(&found, &named(&text.to_uppercase(), &names));
            prop_assert_eq!(&found, &named(&text.to_lowercase(), &names));
            let mut once = found.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), found.len());
        }

        #[test]
        fn any_text_can_be_looked_through(text in "\\PC{0,80}", name in "\\PC{1,8}") {
            if name.parse::<Name>().is_ok() {
                named(&text, &[&name]);
            }
        }
    }
}
