//! Wishes that wait for their place in one log, one at a time, and what becomes of them. Lane: log.
//!
//! A [`Book`] is what a log comes to: it writes the entry for a wish as things are, and takes every entry that has its place.
//! All that it knows comes from entries, whoever wrote them, so that two replicas with the same log hold the same.

use super::{
    command::{Reply, Ticket},
    outbox::{Effect, LogCall, Out, Outbox, Purpose},
};
use crate::{
    clock::Now,
    store::{Appended, Entry, LogError, NewEntry, Page, Snapshot, Span, Topic, Witness},
};
use protocol::{Code, Epoch, MessageId, Millis, Position, Refusal, Seq, UserId};
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

/// Wishes that may wait for one log; beyond it the room is `busy`. A few seconds' worth on a slow store.
const WAITING: usize = 256;

/// Askers of one wish that are answered: whoever asks again and again while the store is away takes no place of their own.
const ASKERS: usize = 4;

/// How often a store that is away is asked again.
const AGAIN: Duration = Duration::from_millis(500);

/// When to try again after `busy` or `store_unavailable`, in milliseconds.
const RETRY: u64 = 1000;

/// What a log comes to.
pub trait Book {
    /// What somebody wants to have written.
    type Wish;

    /// Which log.
    const TOPIC: Topic;

    /// The body of the entry that does what is wished, as things are now; or why it cannot be done.
    fn compose(&self, wish: &Self::Wish, at: Millis) -> Result<Arc<str>, Refusal>;

    /// Whether what was composed is right only where the log ends as the book does, and not wherever it comes to stand.
    const EXACT: bool = true;

    /// Where the log stands with what the book holds.
    fn position(&self) -> Position;

    /// Takes the entry that is next, and tells everybody.
    fn take(&mut self, entry: &Entry, out: &mut Outbox);

    /// What its author is answered.
    fn reply(&self, entry: &Entry) -> Reply;
}

/// A book, and what waits to be written into it.
#[derive(Debug)]
pub struct Writer<B: Book> {
    book: B,
    /// The first of these is being written.
    waiting: VecDeque<Waiting<B::Wish>>,
    /// The entry that the log was asked to take, and where it was then to end.
    written: Option<(NewEntry, Seq)>,
    /// Whether the log has yet to answer: one thing is asked of it at a time.
    asked: bool,
    /// Whether the log is read anew, and what is heard of it until then says nothing.
    loading: bool,
    /// The farthest place that was heard of, which may lie beyond what the book holds.
    heard: Seq,
    /// Whose the last entry was, and what its author calls it; `None` where the book was opened with it.
    last: Option<(UserId, MessageId)>,
    /// While the store is away: when it is asked again.
    away: Option<Instant>,
}

#[derive(Debug)]
struct Waiting<W> {
    by: UserId,
    id: MessageId,
    wish: W,
    /// Of those who asked for it, the newest last.
    tickets: VecDeque<Ticket>,
}

/// The log is not the one that the book was written from: it has begun a new life, or ends before the book does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost;

impl<B: Book> Writer<B> {
    /// Nothing waits.
    pub fn new(book: B) -> Self {
        Self {
            heard: book.position().seq,
            book,
            waiting: VecDeque::new(),
            written: None,
            asked: false,
            loading: false,
            last: None,
            away: None,
        }
    }

    /// What the log comes to.
    pub fn book(&self) -> &B {
        &self.book
    }

    /// The same, for what changes it beside the log.
    pub fn book_mut(&mut self) -> &mut B {
        &mut self.book
    }

    /// Queues a wish, and writes it at once if none is under way. `false`: the queue was full, and the wish refused.
    pub fn wish(
        &mut self,
        now: Now,
        (by, id): (UserId, MessageId),
        wish: B::Wish,
        ticket: Ticket,
        out: &mut Outbox,
    ) -> bool {
        if let Some(known) = self.waiting.iter_mut().find(|known| known.by == by && known.id == id) {
            // The first of it is what counts: its author has heard no answer, and asks again.
            if known.tickets.len() == ASKERS {
                known.tickets.pop_front();
            }
            known.tickets.push_back(ticket);
            return true;
        }
        if self.waiting.len() >= WAITING {
            let refusal = Refusal::new(Code::Busy, "Too much waits to be stored just now.").retry_after(RETRY);
            out.push(Effect::Out(Out::Answer(ticket, Err(refusal))));
            return false;
        }
        let tickets = VecDeque::from([ticket]);
        self.waiting.push_back(Waiting { by, id, wish, tickets });
        self.go_on(now, out);
        true
    }

    /// The log has answered. Everybody hears of what has its place, its author is answered, the next is written. Returns the
    /// entry that has its place only now.
    pub fn appended(
        &mut self,
        now: Now,
        result: Result<Appended, LogError>,
        out: &mut Outbox,
    ) -> Result<Option<Entry>, Lost> {
        self.asked = false;
        let Some((NewEntry { by, id, body }, expected)) = self.written.take() else {
            return Ok(None);
        };
        match result {
            Ok(Appended::New(position)) => {
                let seq = position.seq;
                let entry = Entry { seq, by, id, body };
                // The answer first, where somebody else has lost the log meanwhile: it is in the log as it is now.
                let taken = self.hear(position.epoch, &entry, out);
                if taken.is_ok() && self.book.position().seq < seq {
                    // Others have written before it, which is read first; then the log is asked again, and knows it.
                    self.go_on(now, out);
                    return Ok(None);
                }
                self.answer(now, Ok(self.book.reply(&entry)), out);
                return taken.map(|()| Some(entry));
            }
            Ok(Appended::Repeated(entry)) if entry.seq > self.book.position().seq => {
                self.heard = self.heard.max(entry.seq);
                self.go_on(now, out);
            }
            Ok(Appended::Repeated(entry)) => self.answer(now, Ok(self.book.reply(&entry)), out),
            Ok(Appended::Conflict(end)) if end < expected => return self.lose().map(|()| None),
            Ok(Appended::Conflict(end)) => {
                self.heard = self.heard.max(end);
                self.go_on(now, out);
            }
            Err(error) => self.fail(now, &error, out),
        }
        Ok(None)
    }

    /// An entry has its place, whoever wrote it.
    pub fn heard(&mut self, now: Now, epoch: Epoch, entry: &Entry, out: &mut Outbox) -> Result<(), Lost> {
        if !self.loading {
            self.hear(epoch, entry, out)?;
            self.go_on(now, out);
        }
        Ok(())
    }

    /// The log is in this life: an error where people here have heard of another.
    pub fn meet(&mut self, epoch: Epoch) -> Result<(), Lost> {
        if self.loading || epoch == self.book.position().epoch {
            return Ok(());
        }
        self.lose()
    }

    /// What was to be refused may have been done before, in a life of the room that nobody here remembers: the log has been
    /// asked, and this is what it found.
    pub fn found(&mut self, now: Now, refusal: Refusal, result: Result<Option<Entry>, LogError>, out: &mut Outbox) {
        self.asked = false;
        match result {
            Ok(Some(entry)) => self.answer(now, Ok(self.book.reply(&entry)), out),
            Ok(None) => self.answer(now, Err(refusal), out),
            Err(error) => self.fail(now, &error, out),
        }
    }

    /// What others have written meanwhile was read: it is taken, and the wish composed anew.
    pub fn caught_up(&mut self, now: Now, result: Result<Page, LogError>, out: &mut Outbox) -> Result<(), Lost> {
        self.asked = false;
        let page = match result {
            Ok(page) => page,
            Err(error) => {
                self.fail(now, &error, out);
                return Ok(());
            }
        };
        self.read(&page, out)?;
        // What was heard of and is not there was told of another life.
        self.heard = self.book.position().seq;
        self.go_on(now, out);
        Ok(())
    }

    /// What the log says to what was known of it: nothing new, or what was missed.
    pub fn witnessed(&mut self, now: Now, result: Result<Page, LogError>, out: &mut Outbox) -> Result<(), Lost> {
        if let Ok(page) = result {
            self.read(&page, out)?;
            self.go_on(now, out);
        }
        Ok(())
    }

    /// What is known of the log.
    pub fn witness(&self) -> Witness {
        Witness {
            position: self.book.position(),
            entry: self.last.clone(),
        }
    }

    /// Another book takes the place of this one, and what waits is composed anew against it. What the log was asked already it
    /// answers first.
    pub fn reopened(&mut self, now: Now, book: B, out: &mut Outbox) {
        self.loading = false;
        self.heard = book.position().seq;
        self.last = None;
        self.book = book;
        self.go_on(now, out);
    }

    /// The log cannot be read anew. The wish that is next is given up; one that the log was asked for is answered by it.
    pub fn give_up(&mut self, now: Now, error: &LogError, out: &mut Outbox) {
        self.loading = false;
        self.heard = self.book.position().seq;
        if !self.asked {
            self.fail(now, error, out);
        }
    }

    /// The store may be back: it is asked at once.
    pub fn try_again(&mut self, now: Now, out: &mut Outbox) {
        self.away = None;
        self.go_on(now, out);
    }

    /// When the store is asked again that is away.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.away
    }

    /// Whether something waits.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes an entry, if it is the next. One before that is known; one after it is remembered, and what is between read.
    fn hear(&mut self, epoch: Epoch, entry: &Entry, out: &mut Outbox) -> Result<(), Lost> {
        self.meet(epoch)?;
        if self.loading {
            return Ok(());
        }
        self.heard = self.heard.max(entry.seq);
        if entry.seq == self.book.position().seq.next() {
            self.book.take(entry, out);
            self.last = Some((entry.by.clone(), entry.id.clone()));
        }
        Ok(())
    }

    fn read(&mut self, page: &Page, out: &mut Outbox) -> Result<(), Lost> {
        for entry in &page.entries {
            self.hear(page.end.epoch, entry, out)?;
        }
        self.meet(page.end.epoch)?;
        if !self.loading && self.book.position().seq < page.end.seq {
            // What was next is kept no longer.
            return self.lose();
        }
        Ok(())
    }

    fn lose(&mut self) -> Result<(), Lost> {
        if std::mem::replace(&mut self.loading, true) {
            // It is read anew already.
            return Ok(());
        }
        Err(Lost)
    }

    /// The store did not answer. One that is away is asked again, and what waits waits; else the wish that is next is refused.
    fn fail(&mut self, now: Now, error: &LogError, out: &mut Outbox) {
        if let LogError::Away(_) = error {
            self.away = Some(now.instant + AGAIN);
        } else {
            tracing::warn!(topic = ?B::TOPIC, %error, "an entry could not be stored");
            self.answer(now, Err(unavailable()), out);
        }
    }

    fn answer(&mut self, now: Now, answer: Result<Reply, Refusal>, out: &mut Outbox) {
        if let Some(Waiting { tickets, .. }) = self.waiting.pop_front() {
            let answers = tickets.into_iter().map(|ticket| Out::Answer(ticket, answer.clone()));
            out.extend(answers.map(Effect::Out));
        }
        self.go_on(now, out);
    }

    /// Asks the log for what is next, unless it has yet to answer: for what others have written, then for the first wish.
    fn go_on(&mut self, now: Now, out: &mut Outbox) {
        if self.asked || self.loading || self.away.is_some_and(|again| again > now.instant) {
            return;
        }
        self.away = None;
        let end = self.book.position().seq;
        let call = if self.heard > end {
            LogCall::Read {
                spans: vec![(B::TOPIC, Span::After(end))],
                purpose: Purpose::CatchUp(B::TOPIC),
            }
        } else {
            let Some(call) = self.next_wish(now, end) else { return };
            call
        };
        self.asked = true;
        out.push(Effect::Log(call));
    }

    fn next_wish(&mut self, now: Now, end: Seq) -> Option<LogCall> {
        let Waiting { by, id, wish, .. } = self.waiting.front()?;
        let (topic, by, id) = (B::TOPIC, by.clone(), id.clone());
        Some(match self.book.compose(wish, now.at) {
            Ok(body) => {
                let entry = NewEntry { by, id, body };
                self.written = Some((entry.clone(), if B::EXACT { end } else { Seq(0) }));
                let expected = B::EXACT.then_some(end);
                LogCall::Append { topic, expected, entry }
            }
            Err(refusal) => LogCall::Find { topic, by, id, refusal },
        })
    }
}

/// The refusal of what the store did not take, or could not give.
#[must_use]
pub fn unavailable() -> Refusal {
    Refusal::new(Code::StoreUnavailable, "The store does not answer just now.").retry_after(RETRY)
}

/// Writes a body as JSON.
pub fn body<T: serde::Serialize>(written: &T) -> Result<Arc<str>, Refusal> {
    // Strings and numbers always serialize; should that change, the wish is refused and does not block those behind it.
    serde_json::to_string(written).map(Arc::from).map_err(|error| {
        tracing::error!(%error, "an entry does not serialize");
        unavailable()
    })
}

/// Reads the body of an entry. `None`, and a line in ours, where it is not what the topic writes.
pub fn read<T: serde::de::DeserializeOwned>(topic: Topic, entry: &Entry) -> Option<T> {
    serde_json::from_str(&entry.body)
        .inspect_err(|error| tracing::error!(?topic, seq = %entry.seq, %error, "an entry of the log is not readable"))
        .ok()
}

/// The wish to have a snapshot kept.
#[must_use]
pub fn compact(topic: Topic, epoch: Epoch, snapshot: Snapshot) -> Effect {
    Effect::Log(LogCall::Compact { topic, epoch, snapshot })
}
