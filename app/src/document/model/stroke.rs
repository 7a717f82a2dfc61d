//! What belongs together of what somebody types, and is undone together.

use ::document::utf16::Splice;

/// Milliseconds within which it does.
pub(super) const TOGETHER: f64 = 800.0;

/// UTF-16 units of the longest that is typed at once, by a keyboard that knows words. What is longer was pasted or cut, and
/// is undone by itself.
const WORD: usize = 32;

/// What was typed last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stroke {
    /// When, in milliseconds.
    at: f64,
    /// Where it ended, in UTF-16 units.
    end: usize,
    /// Whether anything goes on from it: nothing does from a paste, or from the end of a line.
    open: bool,
}

impl Stroke {
    /// This was typed at `now` (milliseconds).
    pub(super) fn of(splice: &Splice<'_>, now: f64) -> Self {
        Self {
            at: now,
            end: splice.from + units(splice),
            open: is_short(splice) && !splice.text.ends_with('\n'),
        }
    }

    /// Whether what is typed at `now` goes on from here: soon, and at the same place.
    pub(super) fn is_followed_by(&self, splice: &Splice<'_>, now: f64) -> bool {
        let here = (splice.from..=splice.to).contains(&self.end);
        self.open && here && is_short(splice) && now - self.at < TOGETHER
    }
}

fn is_short(splice: &Splice<'_>) -> bool {
    splice.to - splice.from <= WORD && units(splice) <= WORD
}

fn units(splice: &Splice<'_>) -> usize {
    splice.text.encode_utf16().count()
}
