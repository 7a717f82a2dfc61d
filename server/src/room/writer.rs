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
    store::{Appended, Entry, LogError, NewEntry, Page, Snapshot, Span, Topic},
};
use protocol::{Code, Epoch, MessageId, Millis, Refusal, Seq, UserId};
use std::{collections::VecDeque, sync::Arc};

/// Wishes that may wait for one log; beyond it the room is `busy`. A few seconds' worth on a slow store.
const WAITING: usize = 256;

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

    /// Where the log has to end for what was composed to be right; `None` where it is right anywhere.
    fn end(&self) -> Option<Seq>;

    /// The life of the log that the book was written from; `None` where it was written from none.
    fn epoch(&self) -> Option<Epoch>;

    /// Takes an entry that has its place, and tells everybody.
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
    /// The entry that the log was asked to take.
    written: Option<NewEntry>,
    /// Whether the log has yet to answer: one thing is asked of it at a time.
    asked: bool,
    /// The life of the log that people here have heard of.
    epoch: Option<Epoch>,
}

#[derive(Debug)]
struct Waiting<W> {
    by: UserId,
    id: MessageId,
    wish: W,
    ticket: Ticket,
}

/// The log is not the one that the book was written from: it has begun a new life, or ends before the book does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost;

impl<B: Book> Writer<B> {
    /// Nothing waits.
    pub fn new(book: B) -> Self {
        Self {
            epoch: book.epoch(),
            book,
            waiting: VecDeque::new(),
            written: None,
            asked: false,
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
        if self.waiting.len() >= WAITING {
            let refusal = Refusal::new(Code::Busy, "Too much waits to be stored just now.").retry_after(RETRY);
            out.push(Effect::Out(Out::Answer(ticket, Err(refusal))));
            return false;
        }
        self.waiting.push_back(Waiting { by, id, wish, ticket });
        self.write(now, out);
        true
    }

    /// The log has answered. Everybody hears of what has its place, its author is answered, the next is written.
    pub fn appended(&mut self, now: Now, result: Result<Appended, LogError>, out: &mut Outbox) -> Result<(), Lost> {
        self.asked = false;
        match result {
            Ok(Appended::New(position)) => {
                let Some(NewEntry { by, id, body }) = self.written.take() else {
                    return Ok(());
                };
                let seq = position.seq;
                let entry = Entry { seq, by, id, body };
                let taken = self.take(&entry, out);
                self.answer(now, Ok(self.book.reply(&entry)), out);
                return self.meet(position.epoch).and(taken);
            }
            Ok(Appended::Repeated(entry)) => self.answer(now, Ok(self.book.reply(&entry)), out),
            Ok(Appended::Conflict(end)) => return self.read_on(end, out),
            Err(error) => {
                tracing::warn!(topic = ?B::TOPIC, %error, "an entry could not be stored");
                self.answer(now, Err(unavailable()), out);
            }
        }
        Ok(())
    }

    /// The log is in this life: an error where people here have heard of another.
    pub fn meet(&mut self, epoch: Epoch) -> Result<(), Lost> {
        match self.epoch.replace(epoch) {
            Some(known) if known != epoch => Err(Lost),
            _ => Ok(()),
        }
    }

    /// What was to be refused may have been done before, in a life of the room that nobody here remembers: the log has been
    /// asked, and this is what it found.
    pub fn found(&mut self, now: Now, refusal: Refusal, result: Result<Option<Entry>, LogError>, out: &mut Outbox) {
        self.asked = false;
        let answer = match result {
            Ok(Some(entry)) => Ok(self.book.reply(&entry)),
            Ok(None) => Err(refusal),
            Err(_) => Err(unavailable()),
        };
        self.answer(now, answer, out);
    }

    /// What others have written meanwhile was read: it is taken, and the wish composed anew.
    pub fn caught_up(&mut self, now: Now, result: Result<Page, LogError>, out: &mut Outbox) -> Result<(), Lost> {
        self.asked = false;
        let Ok(page) = result else {
            self.give_up(now, out);
            return Ok(());
        };
        self.meet(page.end.epoch)?;
        for entry in &page.entries {
            self.take(entry, out)?;
        }
        if self.book.end().is_some_and(|end| end < page.end.seq) {
            // An entry that the book does not take would be met again and again.
            self.give_up(now, out);
        } else {
            self.write(now, out);
        }
        Ok(())
    }

    /// Another book takes the place of this one, and what waits is composed anew against it. What the log was asked already it
    /// answers first.
    pub fn reopened(&mut self, now: Now, book: B, out: &mut Outbox) {
        self.epoch = book.epoch().or(self.epoch);
        self.book = book;
        self.write(now, out);
    }

    /// Gives up the wish that is next: the log cannot be read. One that the log was asked for is answered by it.
    pub fn give_up(&mut self, now: Now, out: &mut Outbox) {
        if !self.asked {
            self.answer(now, Err(unavailable()), out);
        }
    }

    /// Takes an entry, if it is the next. One before that came with a book that was opened since.
    fn take(&mut self, entry: &Entry, out: &mut Outbox) -> Result<(), Lost> {
        match self.book.end().map(Seq::next) {
            Some(next) if entry.seq > next => return Err(Lost),
            Some(next) if entry.seq < next => {}
            _ => self.book.take(entry, out),
        }
        Ok(())
    }

    fn read_on(&mut self, end: Seq, out: &mut Outbox) -> Result<(), Lost> {
        match self.book.end() {
            Some(known) if end > known => {
                self.asked = true;
                out.push(Effect::Log(LogCall::Read {
                    spans: vec![(B::TOPIC, Span::After(known))],
                    purpose: Purpose::CatchUp(B::TOPIC),
                }));
                Ok(())
            }
            _ => Err(Lost),
        }
    }

    fn answer(&mut self, now: Now, answer: Result<Reply, Refusal>, out: &mut Outbox) {
        self.written = None;
        if let Some(Waiting { ticket, .. }) = self.waiting.pop_front() {
            out.push(Effect::Out(Out::Answer(ticket, answer)));
        }
        self.write(now, out);
    }

    /// Asks the log for the wish that is next, unless it has yet to answer.
    fn write(&mut self, now: Now, out: &mut Outbox) {
        let Some(Waiting { by, id, wish, .. }) = self.waiting.front().filter(|_| !self.asked) else {
            return;
        };
        self.asked = true;
        let (by, id) = (by.clone(), id.clone());
        let call = match self.book.compose(wish, now.at) {
            Ok(body) => {
                let entry = NewEntry { by, id, body };
                self.written = Some(entry.clone());
                LogCall::Append {
                    topic: B::TOPIC,
                    expected: self.book.end(),
                    entry,
                }
            }
            Err(refusal) => LogCall::Find {
                topic: B::TOPIC,
                by,
                id,
                refusal,
            },
        };
        out.push(Effect::Log(call));
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
