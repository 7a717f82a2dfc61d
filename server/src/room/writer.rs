//! Wishes that wait for their place in one log, one at a time, and what becomes of them. Lane: log.
//!
//! A [`Book`] writes the entry for a wish as things are, and takes every entry that has its place, whether the log answers
//! with it, another replica tells of it, or it was read.

mod writing;

pub use writing::Writing;

use super::{
    book::{Book, RETRY, unavailable},
    command::{Reply, Ticket},
    outbox::{Effect, LogCall, Out, Outbox, Purpose},
};
use crate::{
    clock::Now,
    store::{Entry, Loaded, LogError, NewEntry, Page, Snapshot, Span, Witness},
};
use protocol::{Code, Epoch, MessageId, Position, Refusal, RoomId, Seq, UserId, limits::HISTORY_BYTES};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Wishes that may wait for one log; beyond it the room is `busy`. A few seconds' worth on a slow store.
const WAITING: usize = 256;

/// Askers of one wish that are answered: whoever asks again and again while the store is away takes no place of their own.
const ASKERS: usize = 4;

/// How often a store that is away is asked again.
const AGAIN: Duration = Duration::from_millis(500);

/// Bytes of entries with which it is time for a snapshot, however few they are: half of what a log keeps.
const HEAVY: usize = HISTORY_BYTES / 2;

/// A book, and what waits to be written into it.
#[derive(Debug)]
pub struct Writer<B: Book> {
    book: B,
    /// The first of these is being written.
    waiting: VecDeque<Waiting<B::Wish>>,
    /// The entry that the log was asked to take, and where the book ended then.
    written: Option<(NewEntry, Seq)>,
    /// Whether the log has yet to answer: one thing is asked of it at a time.
    asked: bool,
    /// Whether the log may have lost something: before all else it is to be told what was known of it.
    unsure: bool,
    /// Whether it was told so, and has yet to answer.
    witnessing: bool,
    /// Whether the log is read anew, and what is heard of it until then says nothing.
    loading: bool,
    /// The farthest place that was heard of, which may lie beyond what the book holds.
    heard: Seq,
    /// Whose the last entry is, and what its author calls it; `None` where only a snapshot holds it.
    last: Option<(UserId, MessageId)>,
    /// The last entry that the newest snapshot holds.
    kept: Seq,
    /// Bytes of the entries after it.
    since: usize,
    /// While the store is away: when it is asked again.
    away: Option<Instant>,
}

#[derive(Debug)]
struct Waiting<W> {
    by: UserId,
    id: MessageId,
    wish: W,
    /// Whether the log was asked before, and may have taken it.
    tried: bool,
    /// Of those who asked for it, the newest last.
    tickets: VecDeque<Ticket>,
}

/// The log is not the one that the book was written from: it has begun a new life, or ends before the book does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost;

impl<B: Book> Writer<B> {
    /// What a log comes to, with nothing that waits.
    pub fn open(room: &RoomId, loaded: &Loaded) -> Result<Self, LogError> {
        let book = B::open(room.clone(), loaded)?;
        let last = loaded.entries.last();
        Ok(Self {
            heard: book.position().seq,
            last: last.map(|entry| (entry.by.clone(), entry.id.clone())),
            kept: loaded.snapshot.as_ref().map_or(Seq(0), |snapshot| snapshot.seq),
            since: loaded.entries.iter().map(|entry| entry.body.len()).sum(),
            book,
            waiting: VecDeque::new(),
            written: None,
            asked: false,
            unsure: false,
            witnessing: false,
            loading: false,
            away: None,
        })
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
        if let Some(known) = self.waiting.iter_mut().find(|known| known.is(&by, &id)) {
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
        self.waiting.push_back(Waiting {
            by,
            id,
            wish,
            tried: false,
            tickets: VecDeque::from([ticket]),
        });
        self.go_on(now, out);
        true
    }

    /// Takes an entry, if it is the next. One before that is known; one after it is remembered, and what is between read.
    fn hear(&mut self, epoch: Epoch, entry: &Entry, out: &mut Outbox) -> Result<(), Lost> {
        self.meet(epoch)?;
        if self.loading {
            return Ok(());
        }
        self.heard = self.heard.max(entry.seq);
        if entry.seq == self.end().next() {
            self.book.take(entry, out);
            self.last = Some((entry.by.clone(), entry.id.clone()));
            self.keep(entry, out);
        }
        Ok(())
    }

    /// Once in a while all is kept, by the replica that wrote the entry with which it is time.
    fn keep(&mut self, entry: &Entry, out: &mut Outbox) {
        self.since += entry.body.len();
        if entry.seq.0 - self.kept.0 < B::SNAPSHOT && self.since < HEAVY {
            return;
        }
        (self.kept, self.since) = (entry.seq, 0);
        let own = self.waiting.front().is_some_and(|first| first.is(&entry.by, &entry.id));
        let Position { epoch, seq } = self.book.position();
        if let Some(body) = own.then(|| self.book.snapshot()).flatten() {
            let (topic, snapshot) = (B::TOPIC, Snapshot { seq, body });
            out.push(Effect::Log(LogCall::Compact { topic, epoch, snapshot }));
        }
    }

    /// Takes what was read. Where it does not go on from the book, what was next is kept no longer.
    fn read(&mut self, page: &Page, out: &mut Outbox) -> Result<(), Lost> {
        for entry in &page.entries {
            self.hear(page.end.epoch, entry, out)?;
        }
        self.meet(page.end.epoch)?;
        if !self.loading && self.end() < page.end.seq {
            return self.lose();
        }
        Ok(())
    }

    /// Where the book ends.
    fn end(&self) -> Seq {
        self.book.position().seq
    }

    fn lose(&mut self) -> Result<(), Lost> {
        if std::mem::replace(&mut self.loading, true) {
            // It is read anew already.
            return Ok(());
        }
        Err(Lost)
    }

    /// The store did not answer. One that is away is asked again, first what it still knows, and what waits waits; else the
    /// wish that is next is refused.
    fn fail(&mut self, now: Now, error: &LogError, out: &mut Outbox) {
        if let LogError::Away(_) = error {
            self.unsure = true;
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
        if self.waiting.is_empty() {
            // Most rooms write now and then. In between no memory is kept for what might wait.
            self.waiting.shrink_to_fit();
        }
        self.go_on(now, out);
    }

    /// Asks the log for what is next, unless it has yet to answer: whether it is what it was, what others have written, then
    /// for the first wish.
    fn go_on(&mut self, now: Now, out: &mut Outbox) {
        if self.asked || self.loading || self.away.is_some_and(|again| again > now.instant) {
            return;
        }
        self.away = None;
        let topic = B::TOPIC;
        let call = if std::mem::take(&mut self.unsure) {
            self.witnessing = true;
            let (position, entry) = (self.book.position(), self.last.clone());
            Some(LogCall::Witness(topic, Witness { position, entry }))
        } else if self.heard > self.end() {
            let spans = vec![(topic, Span::After(self.end()))];
            let purpose = Purpose::CatchUp(topic);
            Some(LogCall::Read { spans, purpose })
        } else {
            self.next_wish(now)
        };
        if let Some(call) = call {
            self.asked = true;
            out.push(Effect::Log(call));
        }
    }

    fn next_wish(&mut self, now: Now) -> Option<LogCall> {
        let (topic, end) = (B::TOPIC, self.end());
        let Waiting { by, id, wish, .. } = self.waiting.front()?;
        let (by, id) = (by.clone(), id.clone());
        Some(match self.book.compose(wish, now.at) {
            Ok(body) => {
                let entry = NewEntry { by, id, body };
                self.written = Some((entry.clone(), end));
                let expected = B::EXACT.then_some(end);
                LogCall::Append { topic, expected, entry }
            }
            Err(refusal) => LogCall::Find { topic, by, id, refusal },
        })
    }
}

impl<W> Waiting<W> {
    fn is(&self, by: &UserId, id: &MessageId) -> bool {
        self.by == *by && self.id == *id
    }
}
