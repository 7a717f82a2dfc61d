//! What the server did not take, or has lost: kept until the person has decided about it.

/// Refused or lost text, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The text; what was refused in several parts stands on lines of its own.
    pub text: String,
    /// What is said about it, as sentences.
    pub why: String,
}

impl Kept {
    /// Keeps this too, beside what was kept before. `None` where nothing was written, as with a refused deletion.
    pub(super) fn with(before: Option<Self>, text: String, why: String) -> Option<Self> {
        match before {
            _ if text.is_empty() => before,
            Some(before) => Some(Self {
                text: before.text + "\n" + &text,
                why,
            }),
            None => Some(Self { text, why }),
        }
    }
}
