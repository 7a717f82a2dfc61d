//! Display names: what a person is called, made safe to show anywhere.

use crate::{UserId, limits::NAME, text::Text};
use serde::{Deserialize, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// 1 to 40 characters, trimmed, without control characters and without characters that turn the direction of the text
/// around them. Shown as text, never as markup.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(Text);

/// Why a string is not a [`Name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to {NAME} characters and no control characters")]
pub struct BadName;

impl Name {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of somebody whose token gives none: the beginning of the user id.
    #[must_use]
    pub fn of(user: &UserId) -> Self {
        // A user id is visible ASCII, so any beginning of it is a name.
        Self(user.as_str().chars().take(NAME).collect::<String>().into())
    }

    /// One or two letters for an avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        let firsts = self.0.split_whitespace().filter_map(|word| word.chars().next());
        firsts.take(2).flat_map(char::to_uppercase).collect()
    }
}

impl FromStr for Name {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let text = text.trim();
        let length = text.chars().count();
        let visible = text.chars().any(|char| !invisible(char));
        if (1..=NAME).contains(&length) && visible && !text.chars().any(forbidden) {
            Ok(Self(text.into()))
        } else {
            Err(BadName)
        }
    }
}

/// Controls, and the Unicode marks that reorder text (UAX #9), with which a name could disguise its neighbours.
fn forbidden(char: char) -> bool {
    char.is_control() || matches!(char, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters that take no ink, of which alone no name can be made. Joiners stay allowed inside: emoji need them.
fn invisible(char: char) -> bool {
    char.is_whitespace()
        || matches!(
            char,
            '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{3164}' | '\u{00AD}'
        )
}

impl TryFrom<String> for Name {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(" Ann ".parse::<Name>().unwrap().as_str(), "Ann");
        assert!("á".repeat(40).parse::<Name>().is_ok());
        assert_eq!("a".repeat(41).parse::<Name>(), Err(BadName));
    }

    #[test]
    fn names_cannot_disguise() {
        for bad in ["", "  ", "a\u{0}b", "line\nbreak", "\u{202E}nna", "\u{200B}\u{200B}"] {
            assert_eq!(bad.parse::<Name>(), Err(BadName), "{bad:?}");
        }
    }

    #[test]
    fn initials_are_the_first_letters_of_two_words() {
        assert_eq!("ann of the north".parse::<Name>().unwrap().initials(), "AO");
        assert_eq!("bob".parse::<Name>().unwrap().initials(), "B");
    }

    proptest! {
        #[test]
        fn every_user_id_gives_a_name(id in "[!-~]{1,128}") {
            let user: UserId = id.parse().unwrap();
            let name = Name::of(&user);
            prop_assert_eq!(name.as_str().parse::<Name>(), Ok(name));
        }
    }
}
