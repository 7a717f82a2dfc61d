//! The chat of one room as this page knows it: lines in their order, own messages that are not there yet, what is unread.
//!
//! Pure: it neither sends nor paints. [`crate::session::Session`] hands it what was heard and does what it asks for.

mod draft;
mod entry;
mod reading;
#[cfg(test)]
mod tests;

pub use draft::{Draft, Fate};
pub use entry::{Entry, State};
pub use reading::Reading;

use crate::log::{Follower, Heard, Next};
use protocol::{
    MessageId, Position, Refusal, Replay, Seq, UserId,
    chat::{ChatMessage, ChatPage, Said},
};

/// Lines kept at most. Beyond it the oldest go, since a page may stay open for weeks; they can be read again.
const KEPT: usize = 2000;

/// The chat of one room.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    me: UserId,
    lines: Vec<ChatMessage>,
    drafts: Vec<Draft>,
    follower: Follower<ChatMessage>,
    more: bool,
    paging: bool,
    reading: Reading,
}

impl Model {
    /// A chat as the server painted it first: lines without an epoch, to be replaced by the first welcome.
    #[must_use]
    pub fn new(me: UserId, first: Vec<ChatMessage>) -> Self {
        let more = begins_late(&first);
        Self {
            me,
            lines: first,
            drafts: Vec::new(),
            follower: Follower::default(),
            more,
            paging: false,
            reading: Reading::default(),
        }
    }

    /// Everything to show, in order: what was said, then what is about to be.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        let said = self.lines.iter().map(|line| Entry::said(line, &self.me));
        said.chain(self.drafts.iter().map(|draft| Entry::draft(draft, &self.me)))
    }

    /// What was said, oldest first, without a gap and without doubles.
    #[must_use]
    pub fn lines(&self) -> &[ChatMessage] {
        &self.lines
    }

    /// Own messages that are not among the lines yet, in the order they were said.
    #[must_use]
    pub fn drafts(&self) -> &[Draft] {
        &self.drafts
    }

    /// Whether nothing was ever said here, nor is about to be.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.drafts.is_empty()
    }

    /// Whether there is more before the first line.
    #[must_use]
    pub fn more(&self) -> bool {
        self.more
    }

    /// Whether older lines were asked for and have not come yet.
    #[must_use]
    pub fn paging(&self) -> bool {
        self.paging
    }

    /// Messages of others since the chat was last looked at; 0 while it is looked at.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.reading.unread()
    }

    /// The first line that was new when the chat was opened: where the mark "new" stands.
    #[must_use]
    pub fn mark(&self) -> Option<Seq> {
        self.reading.mark()
    }

    /// Where we stand, to resume from. `None` before the first welcome.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.follower.position()
    }

    /// The chat came into view or went out of it.
    pub fn set_visible(&mut self, visible: bool) {
        self.reading.set_visible(visible);
    }

    /// A join was asked for: until its answer, what is heard waits.
    pub fn join_asked(&mut self) {
        self.follower.join_asked();
    }

    /// The answer to a join. A snapshot takes the place of the lines, what was missed goes behind them. Own messages that
    /// the server has not answered survive both.
    pub fn replayed(&mut self, replay: Replay<ChatMessage>) -> Heard {
        let replay = self.follower.unknown(replay);
        let before = self.position().filter(|old| old.epoch == replay.position.epoch);
        let seen = before.map_or(replay.position.seq, |position| position.seq);
        if !replay.recovered {
            self.more = begins_late(&replay.entries);
            self.lines.clear();
            self.drafts.retain(|draft| !matches!(draft.fate, Fate::Said(_)));
        }
        for line in replay.entries {
            self.append(line, seen);
        }
        let early = self.follower.joined(replay.position);
        let heard = early.into_iter().map(|line| self.heard(line));
        heard.fold(Heard::Taken, Ord::max)
    }

    /// One message as everybody hears it.
    pub fn heard(&mut self, line: ChatMessage) -> Heard {
        let seen = self.position().map_or(line.seq, |position| position.seq);
        match self.follower.heard(line) {
            Next::Take(line) => self.append(line, seen),
            Next::Wait => {}
            Next::Gap => return Heard::Gap,
        }
        Heard::Taken
    }

    /// Shows one's own message at once. The text has passed its check.
    pub fn said(&mut self, id: MessageId, text: String) {
        self.reading.answered();
        self.drafts.push(Draft {
            id,
            text,
            fate: Fate::Sending,
        });
    }

    /// The server's answer to one's own message. Its place among the lines it gets when it is heard, so that lines never
    /// stand before ones that are still on their way.
    pub fn answered(&mut self, id: &MessageId, answer: Result<Said, Refusal>) {
        let passed = |said: &Said| self.position().is_some_and(|position| said.seq <= position.seq);
        if answer.as_ref().is_ok_and(passed) {
            self.drafts.retain(|draft| draft.id != *id);
        } else if let Some(draft) = self.draft(id) {
            draft.fate = answer.map_or_else(Fate::Refused, Fate::Said);
        }
    }

    /// The text of an own message that is on its way, to be sent once more with the same id.
    #[must_use]
    pub fn sending(&self, id: &MessageId) -> Option<String> {
        let sending = |draft: &&Draft| draft.id == *id && draft.fate == Fate::Sending;
        self.drafts.iter().find(sending).map(|draft| draft.text.clone())
    }

    /// Marks a refused message as on its way again and returns its text, to be sent with the same id.
    pub fn retried(&mut self, id: &MessageId) -> Option<String> {
        let draft = self.draft(id).filter(|draft| matches!(draft.fate, Fate::Refused(_)))?;
        draft.fate = Fate::Sending;
        Some(draft.text.clone())
    }

    /// Forgets a refused message and returns its text, so that it can be written anew.
    pub fn dismissed(&mut self, id: &MessageId) -> Option<String> {
        let refused = |draft: &Draft| draft.id == *id && matches!(draft.fate, Fate::Refused(_));
        let place = self.drafts.iter().position(refused)?;
        Some(self.drafts.remove(place).text)
    }

    /// The line before which to read on, once at a time. `None` when there is nothing more, or it is on its way.
    pub fn page_wanted(&mut self) -> Option<Seq> {
        if self.paging || self.follower.is_joining() || !self.more {
            return None;
        }
        let first = self.lines.first()?.seq;
        self.paging = true;
        Some(first)
    }

    /// Older lines came, or were refused; then they can be asked for again.
    pub fn paged(&mut self, page: Option<ChatPage>) {
        self.paging = false;
        let Some(mut page) = page else { return };
        let first = self.lines.first().map(|line| line.seq);
        let fits = page.entries.last().is_none_or(|last| Some(last.seq.next()) == first);
        if fits {
            self.more = page.more;
            page.entries.append(&mut self.lines);
            self.lines = page.entries;
        }
    }

    /// The connection was lost, and with it every answer that was awaited, but not those to own messages.
    pub fn interrupted(&mut self) {
        self.paging = false;
        self.follower.interrupted();
    }

    fn draft(&mut self, id: &MessageId) -> Option<&mut Draft> {
        self.drafts.iter_mut().find(|draft| draft.id == *id)
    }

    /// Puts a line at the end. `seen`: up to where the person may have seen it before, so that it is not unread.
    fn append(&mut self, line: ChatMessage, seen: Seq) {
        if self.lines.last().is_some_and(|last| line.seq <= last.seq) {
            return;
        }
        if line.user_id == self.me {
            self.drafts.retain(|draft| draft.id != line.id);
        } else if line.seq > seen {
            self.reading.heard(line.seq);
        }
        self.lines.push(line);
        if self.lines.len() > KEPT {
            self.lines.drain(..KEPT / 4);
            self.more = true;
        }
    }
}

/// Whether lines begin after the first of the log.
fn begins_late(lines: &[ChatMessage]) -> bool {
    lines.first().is_some_and(|first| first.seq > Seq(1))
}
