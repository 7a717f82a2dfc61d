//! Places as text fields of browsers count them: in UTF-16 units, of which 🙂 has two.

mod splice;

pub use splice::{Splice, splices};

use str_indices::{chars, utf16};

/// The place in characters of a place in UTF-16 units. A place between the halves of a character is that before it, one
/// beyond the end is the end.
#[must_use]
pub fn to_chars(text: &str, units: usize) -> usize {
    chars::from_byte_idx(text, utf16::to_byte_idx(text, units))
}

/// The place in UTF-16 units of a place in characters. One beyond the end is the end.
#[must_use]
pub fn to_units(text: &str, chars: usize) -> usize {
    utf16::from_byte_idx(text, chars::to_byte_idx(text, chars))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_ways_agree_with_counting_one_by_one(text in sample::text(), place in 0_usize..70) {
            let units: usize = text.chars().take(place).map(char::len_utf16).sum();
            prop_assert_eq!(to_units(&text, place), units);
            let mut passed = 0;
            let chars = text.chars().take_while(|char| {
                passed += char.len_utf16();
                passed <= place
            });
            prop_assert_eq!(to_chars(&text, place), chars.count());
        }
    }
}
