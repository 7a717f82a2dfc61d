//! Time, read once per thing that happens and handed to pure code from there.

use protocol::Millis;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// One moment by two clocks. Stamps that people read come from the wall clock; spans are measured on the monotonic one, so
/// that nobody's cursor stands still because the wall clock was set back.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Wall clock.
    pub at: Millis,
    /// Monotonic clock.
    pub instant: Instant,
}

impl Now {
    /// Reads both clocks.
    #[must_use]
    pub fn read() -> Self {
        // A wall clock before 1970 reads as 1970: wrong stamps are no reason to stop.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            at: Millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX)),
            instant: Instant::now(),
        }
    }

    /// The same moment this much later.
    #[must_use]
    pub fn after(self, span: std::time::Duration) -> Self {
        Self {
            at: self.at + span,
            instant: self.instant + span,
        }
    }
}
