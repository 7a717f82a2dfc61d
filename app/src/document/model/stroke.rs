//! What belongs together of what somebody types, and is undone together.

use ::document::utf16::Splice;

/// Milliseconds within which it does.
pub(super) const TOGETHER: f64 = 800.0;

/// UTF-16 units of the longest that is typed at once, by a keyboard that knows words. What is longer was pasted or cut, and
/// is undone by itself.
const WORD: usize = 32;

/// What was typed at once.
#[derive(Clone, Debug)]
pub(super) struct Stroke {
    /// When, in milliseconds.
    at: f64,
    /// What it took the place of, in UTF-16 units of the text before.
    from: usize,
    to: usize,
    /// Where it ends, in units of the text after.
    end: usize,
    /// Whether it is no longer than what is typed at once.
    short: bool,
    /// Whether a line ends with it.
    line: bool,
}

impl Stroke {
    /// This was typed at `now` (milliseconds).
    pub(super) fn of(Splice { from, to, text }: &Splice<'_>, now: f64) -> Self {
        let units = text.encode_utf16().count();
        Self {
            at: now,
            from: *from,
            to: *to,
            end: from + units,
            short: to - from <= WORD && units <= WORD,
            line: text.ends_with('\n'),
        }
    }

    /// Whether the next belongs to it: soon, at the same place, and in the same line.
    pub(super) fn is_followed_by(&self, next: &Self) -> bool {
        let here = (next.from..=next.to).contains(&self.end);
        here && self.short && next.short && !self.line && next.at - self.at < TOGETHER
    }
}
