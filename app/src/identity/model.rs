//! Changing one's name and colour: what can be chosen, and how the change stands.

use protocol::{Hue, Name, name::BadName};

/// How it stands with a change of name or colour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Renaming {
    /// Nothing is under way.
    #[default]
    Idle,
    /// The server was asked.
    Saving,
    /// It did not work, and why, as a sentence.
    Failed(String),
}

/// The hues one can choose: the 24 directions that are also given to newcomers.
pub fn hues() -> impl Iterator<Item = Hue> {
    (0..360).step_by(15).filter_map(|degrees| Hue::try_from(degrees).ok())
}

/// Reads a name as typed. The error is a sentence to show beside the field.
pub fn read_name(typed: &str) -> Result<Name, BadName> {
    typed.parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newcomers_hue_can_be_chosen() {
        let given = Hue::of(&"ann".parse().unwrap());
        assert_eq!(hues().count(), 24);
        assert!(hues().any(|hue| hue == given));
    }

    #[test]
    fn a_bad_name_is_told_in_a_sentence() {
        let error = read_name("  ").unwrap_err();
        assert_eq!(
            error.to_string(),
            "a name has 1 to 40 characters and no control characters"
        );
    }
}
