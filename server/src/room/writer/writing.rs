//! What a log answers, and what others tell of it: the same for each log, whatever its book.

use super::{AGAIN, Lost, Writer};
use crate::{
    clock::Now,
    room::{book::Book, outbox::Outbox},
    store::{Appended, Entry, Loaded, LogError, NewEntry, Page},
};
use protocol::{Epoch, Position, Refusal, RoomId};
use std::time::Instant;

/// What a room does with each of its logs alike, whatever their books.
pub trait Writing {
    /// The log has answered. Everybody hears of what has its place, its author is answered, the next is written. Returns
    /// the entry that this room has brought to its place.
    fn appended(
        &mut self,
        now: Now,
        result: Result<Appended, LogError>,
        out: &mut Outbox,
    ) -> Result<Option<Entry>, Lost>;

    /// What was to be refused may have been done before, in a life of the room that nobody here remembers: the log has been
    /// asked, and this is what it found.
    fn found(&mut self, now: Now, refusal: Refusal, result: Result<Option<Entry>, LogError>, out: &mut Outbox);

    /// What others have written meanwhile was read: it is taken, and the wish composed anew.
    fn caught_up(&mut self, now: Now, result: Result<Page, LogError>, out: &mut Outbox) -> Result<(), Lost>;

    /// An entry has its place, whoever wrote it.
    fn heard(&mut self, now: Now, epoch: Epoch, entry: &Entry, out: &mut Outbox) -> Result<(), Lost>;

    /// The log is in this life: an error where people here have heard of another.
    fn meet(&mut self, epoch: Epoch) -> Result<(), Lost>;

    /// Something may have been missed, or the store has been away: the log is asked at once.
    fn look_back(&mut self, now: Now, out: &mut Outbox);

    /// What the log says to what was known of it (up to `known`): nothing new, what was missed, or that it is another.
    fn witnessed(
        &mut self,
        now: Now,
        known: Position,
        result: Result<Page, LogError>,
        out: &mut Outbox,
    ) -> Result<(), Lost>;

    /// A log that was lost was read anew, and what waits is composed against it. Where it cannot be read, the wish that is
    /// next is given up; one that the log was asked for is answered by it.
    fn reopened(
        &mut self,
        now: Now,
        room: &RoomId,
        result: Result<Loaded, LogError>,
        out: &mut Outbox,
    ) -> Result<(), LogError>;

    /// When [`Writing::wake`] is to be called, if ever.
    fn due(&self) -> Option<Instant>;

    /// A store that was away is asked again, if it is time.
    fn wake(&mut self, now: Now, out: &mut Outbox);

    /// Whether something waits to be written.
    fn is_waiting(&self) -> bool;
}

impl<B: Book> Writing for Writer<B> {
    fn appended(
        &mut self,
        now: Now,
        result: Result<Appended, LogError>,
        out: &mut Outbox,
    ) -> Result<Option<Entry>, Lost> {
        self.asked = false;
        let Some((NewEntry { by, id, body }, end)) = self.written.take() else {
            return Ok(None);
        };
        let first = self.waiting.front_mut();
        let tried = first.is_some_and(|first| std::mem::replace(&mut first.tried, true));
        match result {
            Ok(Appended::New(position)) => {
                let seq = position.seq;
                let entry = Entry { seq, by, id, body };
                let taken = self.hear(position.epoch, &entry, out);
                if taken.is_ok() && (self.end() < seq || seq <= end) {
                    // Others have written before it, which is read first; or the log has lost its end. Then it is asked
                    // again, and knows the entry.
                    self.unsure |= seq <= end;
                    self.go_on(now, out);
                    return Ok(None);
                }
                // Answered, even where the log has begun a new life: the entry is in it.
                self.answer(now, Ok(self.book.reply(&entry)), out);
                return taken.map(|()| Some(entry));
            }
            Ok(Appended::Repeated(entry)) if entry.seq > self.end() => {
                self.heard = self.heard.max(entry.seq);
                self.go_on(now, out);
            }
            Ok(Appended::Repeated(entry)) => {
                self.answer(now, Ok(self.book.reply(&entry)), out);
                return Ok(tried.then_some(entry));
            }
            Ok(Appended::Conflict(place)) => {
                self.unsure |= place < end;
                self.heard = self.heard.max(place);
                self.go_on(now, out);
            }
            Err(error) => self.fail(now, &error, out),
        }
        Ok(None)
    }

    fn found(&mut self, now: Now, refusal: Refusal, result: Result<Option<Entry>, LogError>, out: &mut Outbox) {
        self.asked = false;
        match result {
            Ok(Some(entry)) => self.answer(now, Ok(self.book.reply(&entry)), out),
            Ok(None) => self.answer(now, Err(refusal), out),
            Err(error) => self.fail(now, &error, out),
        }
    }

    fn caught_up(&mut self, now: Now, result: Result<Page, LogError>, out: &mut Outbox) -> Result<(), Lost> {
        self.asked = false;
        match result {
            Ok(page) => {
                self.read(&page, out)?;
                // What was heard of and is not there was told of another life.
                self.heard = self.end();
                self.go_on(now, out);
            }
            Err(error) => {
                // Not to be asked for again and again: the next that is heard shows what is missing.
                self.heard = self.end();
                self.fail(now, &error, out);
            }
        }
        Ok(())
    }

    fn heard(&mut self, now: Now, epoch: Epoch, entry: &Entry, out: &mut Outbox) -> Result<(), Lost> {
        if self.unsure || self.witnessing {
            // It may go on from what is not here.
            self.heard = self.heard.max(entry.seq);
        } else {
            self.hear(epoch, entry, out)?;
        }
        self.go_on(now, out);
        Ok(())
    }

    fn meet(&mut self, epoch: Epoch) -> Result<(), Lost> {
        if self.loading || epoch == self.book.position().epoch {
            return Ok(());
        }
        self.lose()
    }

    fn look_back(&mut self, now: Now, out: &mut Outbox) {
        self.unsure = true;
        self.away = None;
        self.go_on(now, out);
    }

    fn witnessed(
        &mut self,
        now: Now,
        known: Position,
        result: Result<Page, LogError>,
        out: &mut Outbox,
    ) -> Result<(), Lost> {
        (self.asked, self.witnessing) = (false, false);
        match result {
            Ok(page) => {
                self.read(&page, out)?;
                if page.end.seq < known.seq {
                    return self.lose();
                }
            }
            // Each wish will be told so.
            Err(LogError::Damaged(_)) => {}
            Err(LogError::Away(_) | LogError::Unavailable(_)) => {
                self.unsure = true;
                self.away = Some(now.instant + AGAIN);
            }
        }
        self.go_on(now, out);
        Ok(())
    }

    fn reopened(
        &mut self,
        now: Now,
        room: &RoomId,
        result: Result<Loaded, LogError>,
        out: &mut Outbox,
    ) -> Result<(), LogError> {
        self.loading = false;
        let opened = result.and_then(|loaded| Self::open(room, &loaded));
        match opened {
            Ok(opened) => {
                let Self {
                    book,
                    heard,
                    last,
                    kept,
                    since,
                    ..
                } = opened;
                (self.book, self.heard, self.last) = (book, heard, last);
                (self.kept, self.since) = (kept, since);
                self.go_on(now, out);
                Ok(())
            }
            Err(error) => {
                self.heard = self.end();
                if !self.asked {
                    self.fail(now, &error, out);
                }
                Err(error)
            }
        }
    }

    fn due(&self) -> Option<Instant> {
        self.away
    }

    fn wake(&mut self, now: Now, out: &mut Outbox) {
        if self.away.is_some_and(|again| again <= now.instant) {
            self.go_on(now, out);
        }
    }

    fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }
}
