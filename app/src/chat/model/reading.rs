//! What of the chat was looked at: the number on the badge, and the mark where the new begins.

use protocol::Seq;

/// Counts what came while nobody looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    visible: bool,
    unread: usize,
    mark: Option<Seq>,
}

impl Reading {
    /// Messages of others since the chat was last looked at.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// The first of them. It stays while the chat is looked at, so that one finds where to begin.
    #[must_use]
    pub fn mark(&self) -> Option<Seq> {
        self.mark
    }

    /// Somebody else said something.
    pub fn heard(&mut self, seq: Seq) {
        if self.visible {
            return;
        }
        if self.unread == 0 {
            self.mark = Some(seq);
        }
        self.unread += 1;
    }

    /// The chat came into view or went out of it. Once it is out of view, all that was shown is old.
    pub fn set_visible(&mut self, visible: bool) {
        if self.visible && !visible {
            self.mark = None;
        }
        self.visible = visible;
        if visible {
            self.unread = 0;
        }
    }

    /// I said something myself, so I have read what stands above.
    pub fn answered(&mut self) {
        self.mark = None;
    }
}
