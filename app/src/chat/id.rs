//! Ids for one's own messages. They come from the browser's dice, so this runs in event handlers only, never on the server.

use protocol::MessageId;

/// How many characters: 36^16 is more than 2^82, so that two people do not draw the same.
const LENGTH: usize = 16;

/// An id that nobody has drawn before. `None` never happens: the alphabet is within the rule of [`MessageId`].
#[must_use]
pub fn fresh() -> Option<MessageId> {
    spell(std::iter::repeat_with(js_sys::Math::random))
}

/// Spells an id from numbers in `0.0..1.0`.
fn spell(dice: impl Iterator<Item = f64>) -> Option<MessageId> {
    let digit = |roll: f64| char::from_digit((roll * 36.0) as u32 % 36, 36);
    dice.take(LENGTH).filter_map(digit).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_rolls_spell_an_id(rolls in prop::collection::vec(0.0..1.0_f64, LENGTH)) {
            let id = spell(rolls.into_iter());
            prop_assert_eq!(id.map(|id| id.as_str().len()), Some(LENGTH));
        }
    }
}
