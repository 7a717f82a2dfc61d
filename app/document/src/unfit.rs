//! Why an operation is not taken.

use protocol::{Code, Refusal};

/// Why an operation is not taken. Nothing was changed. What it says is a sentence for people, as refusals carry one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It was made for a revision that is yet to come.
    #[error("This edit is of a revision that is yet to come.")]
    Future,
    /// It was made for a revision whose successors are kept no longer, or which are too many to transform it over at once.
    #[error("Too much has happened since the revision of this edit: join again.")]
    Gone,
    /// Its length is not that of the text.
    #[error("This edit does not have the length of the text.")]
    Length,
    /// It has more than 10,000 steps, perhaps only after it was transformed: others may have written between what it
    /// deletes.
    #[error("An operation has 10,000 steps at most.")]
    Steps,
    /// It inserts a carriage return.
    #[error("Lines end with a line feed alone.")]
    Line,
    /// The text would be larger than it may be.
    #[error("A document has 1 MiB of text at most.")]
    Full,
}

impl Unfit {
    /// The code to refuse it with.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Future => Code::UnknownRevision,
            Self::Gone => Code::HistoryGone,
            Self::Length | Self::Steps | Self::Line => Code::BadOperation,
            Self::Full => Code::DocumentFull,
        }
    }
}

impl From<Unfit> for Refusal {
    fn from(unfit: Unfit) -> Self {
        Self::new(unfit.code(), unfit.to_string())
    }
}
