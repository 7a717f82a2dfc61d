//! How much one connection does: a bucket for each kind of event.

use crate::{config::Limits, limit::Bucket};
use protocol::{Code, Refusal};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

/// What is metered of a connection, each by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Joins.
    Join,
    /// Chat messages.
    Chat,
    /// The tick lane: cursors, carets, typing.
    Cursor,
    /// Edits of the document.
    Document,
    /// Changes of notes.
    Note,
    /// Everything else.
    Other,
}

impl Kind {
    /// Its label in `collab_rate_limited_total`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Chat => "chat",
            Self::Cursor => "cursor",
            Self::Document => "document",
            Self::Note => "note",
            Self::Other => "other",
        }
    }
}

/// The buckets of one connection. Most connections only join and listen: the others are made with the first event that
/// needs one.
pub struct Meters {
    limits: Arc<Limits>,
    join: Bucket,
    others: OnceLock<Box<Others>>,
}

struct Others {
    chat: Bucket,
    cursor: Bucket,
    document: Bucket,
    note: Bucket,
    other: Bucket,
    refused: Bucket,
}

impl Meters {
    /// All full.
    #[must_use]
    pub fn new(limits: &Arc<Limits>) -> Self {
        Self {
            limits: Arc::clone(limits),
            join: Bucket::new(limits.rate_join),
            others: OnceLock::new(),
        }
    }

    /// Counts one of a kind, or says how long to wait.
    pub fn take(&self, kind: Kind) -> Result<(), Duration> {
        let bucket = match kind {
            Kind::Join => &self.join,
            Kind::Chat => &self.others().chat,
            Kind::Cursor => &self.others().cursor,
            Kind::Document => &self.others().document,
            Kind::Note => &self.others().note,
            Kind::Other => &self.others().other,
        };
        bucket.take()
    }

    /// Counts a refusal. `false` where there were too many.
    #[must_use]
    pub fn may_be_refused(&self) -> bool {
        self.others().refused.take().is_ok()
    }

    fn others(&self) -> &Others {
        let limits = &self.limits;
        self.others.get_or_init(|| {
            Box::new(Others {
                chat: Bucket::new(limits.rate_chat),
                cursor: Bucket::new(limits.rate_cursor),
                document: Bucket::new(limits.rate_document),
                note: Bucket::new(limits.rate_note),
                other: Bucket::new(limits.rate_other),
                refused: Bucket::new(limits.rate_refused),
            })
        })
    }
}

/// The refusal of what comes too fast.
#[must_use]
pub fn too_fast(wait: Duration) -> Refusal {
    // Whole milliseconds, upwards: who waits so long gets through.
    let ms = u64::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(u64::MAX);
    Refusal::new(Code::RateLimited, "That was too fast: wait a moment.").retry_after(ms.max(1))
}
