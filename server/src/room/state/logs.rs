//! The log lane of a room: wishes for chat, document and notes, and what the logs answered.

use super::{Done, Pages, State, answer, not_joined};
use crate::{
    clock::Now,
    room::{
        chat::{Chat, Line, message},
        command::{Reply, Ticket},
        document::{Document, Edit, side},
        note::Notes,
        notification::{mentioned, notification},
        outbox::{Audience, Effect, LogCall, Out, Outbox, Purpose},
        writer::{Book as _, Lost, unavailable},
    },
    store::{Appended, Entry, Loaded, LogError, Page, Topic},
};
use ::document::caret::transform;
use protocol::{
    Code, Event, MessageId, PeerId, Refusal, UserId,
    chat::Say,
    document::{Caret, EditDocument},
    note::ChangeNote,
    refusal::Refused,
    room::Join,
};
use std::time::Instant;

impl State {
    pub(super) fn say(&mut self, now: Now, peer: PeerId, say: Say, ticket: Ticket, out: &mut Outbox) {
        let Some((by, id)) = self.author(peer, say.id) else {
            return answer(out, ticket, Err(not_joined()));
        };
        // Who has said it is done typing.
        self.stop_typing(now, peer);
        let name = self.presence.person(peer).map(|who| who.name.clone());
        let Some(name) = name else { return };
        let line = Line { name, text: say.text };
        let taken = self.chat.wish(now, (by, id), line, ticket, out);
        self.mind_overflow(Topic::Chat, taken);
    }

    pub(super) fn edit_document(
        &mut self,
        now: Now,
        peer: PeerId,
        edit: EditDocument,
        ticket: Ticket,
        out: &mut Outbox,
    ) {
        let Some(author) = self.author(peer, edit.id.clone()) else {
            return answer(out, ticket, Err(not_joined()));
        };
        let taken = self.document.wish(now, author, Edit { peer, edit }, ticket, out);
        self.mind_overflow(Topic::Document, taken);
    }

    pub(super) fn change_note(&mut self, now: Now, peer: PeerId, change: ChangeNote, ticket: Ticket, out: &mut Outbox) {
        let Some(author) = self.author(peer, change.id) else {
            return answer(out, ticket, Err(not_joined()));
        };
        let taken = self.note.wish(now, author, change.change, ticket, out);
        self.mind_overflow(Topic::Note, taken);
    }

    /// A log has answered.
    pub fn finish(&mut self, now: Now, done: Done, out: &mut Outbox) {
        match done {
            Done::Appended(topic, result) => self.appended(now, topic, result, out),
            Done::Found(topic, refusal, result) => self.found(now, topic, refusal, result, out),
            Done::Read(Purpose::Welcome(newcomer), pages) => self.welcome(now, newcomer, pages, out),
            Done::Read(Purpose::Page { read, ticket }, pages) => {
                let page = pages.and_then(first).map(|page| self.page(&page, &read));
                answer(out, ticket, page.map(Reply::ChatPage).map_err(|_| unavailable()));
            }
            Done::Read(Purpose::CatchUp(topic), pages) => self.caught_up(now, topic, pages.and_then(first), out),
            Done::Witnessed(topic, page) => self.witnessed(now, topic, page, out),
            Done::Present(others) => self.present(now, others, out),
            Done::Loaded(topic, loaded) => self.loaded(now, topic, loaded, out),
            Done::Compacted => {}
        }
        self.follow_edits(now);
    }

    fn appended(&mut self, now: Now, topic: Topic, result: Result<Appended, LogError>, out: &mut Outbox) {
        let written = match topic {
            Topic::Chat => self
                .chat
                .appended(now, result, out)
                .map(|entry| self.mention(entry, out)),
            Topic::Document => self.document.appended(now, result, out).map(drop),
            Topic::Note => self.note.appended(now, result, out).map(drop),
        };
        load_if_lost(topic, written, out);
    }

    fn found(
        &mut self,
        now: Now,
        topic: Topic,
        refusal: Refusal,
        result: Result<Option<Entry>, LogError>,
        out: &mut Outbox,
    ) {
        match topic {
            Topic::Chat => self.chat.found(now, refusal, result, out),
            Topic::Document => self.document.found(now, refusal, result, out),
            Topic::Note => self.note.found(now, refusal, result, out),
        }
    }

    fn caught_up(&mut self, now: Now, topic: Topic, page: Result<Page, LogError>, out: &mut Outbox) {
        let taken = match topic {
            Topic::Chat => self.chat.caught_up(now, page, out),
            Topic::Document => self.document.caught_up(now, page, out),
            Topic::Note => self.note.caught_up(now, page, out),
        };
        load_if_lost(topic, taken, out);
    }

    /// A log that was lost was read anew. Everybody who is here is told to join again: where they stand means nothing now.
    fn loaded(&mut self, now: Now, topic: Topic, loaded: Result<Loaded, LogError>, out: &mut Outbox) {
        let room = self.room.clone();
        let reopened = loaded.and_then(|loaded| match topic {
            Topic::Chat => {
                let position = loaded.end;
                self.chat.reopened(now, Chat { room, position }, out);
                Ok(())
            }
            Topic::Document => Document::open(room, &loaded).map(|book| self.document.reopened(now, book, out)),
            Topic::Note => Notes::open(room, &loaded).map(|book| self.note.reopened(now, book, out)),
        });
        match reopened {
            Ok(()) => out.push(Effect::Out(Out::Emit(
                Audience::All,
                Refused {
                    event: Join::NAME.to_owned(),
                    error: Refusal::new(Code::HistoryGone, "The room has begun a new life: join again."),
                }
                .into(),
            ))),
            Err(error) => {
                tracing::error!(room = %self.room, ?topic, %error, "a log that was lost cannot be read anew");
                match topic {
                    Topic::Chat => self.chat.give_up(now, &error, out),
                    Topic::Document => self.document.give_up(now, &error, out),
                    Topic::Note => self.note.give_up(now, &error, out),
                }
            }
        }
    }

    /// Moves the carets along with what was edited.
    pub(super) fn follow_edits(&mut self, now: Now) {
        for (author, operation) in self.document.book_mut().take_unfollowed() {
            let end = self.document.book().position().seq;
            self.tick.shift_carets(|peer, caret| {
                let side = side(peer, Some(author));
                let place = |place: u32| {
                    let place = usize::try_from(place).unwrap_or(usize::MAX);
                    u32::try_from(transform(&operation, place, side)).unwrap_or(u32::MAX)
                };
                Caret {
                    seq: end,
                    anchor: place(caret.anchor),
                    head: place(caret.head),
                }
            });
        }
        self.hear_carets_again(now);
    }

    /// The moment has come to ask a store again that is away.
    pub(super) fn try_again(&mut self, now: Now, out: &mut Outbox) {
        let due = |due: Option<Instant>| due.is_some_and(|due| due <= now.instant);
        if due(self.chat.due()) {
            self.chat.try_again(now, out);
        }
        if due(self.document.due()) {
            self.document.try_again(now, out);
        }
        if due(self.note.due()) {
            self.note.try_again(now, out);
        }
    }

    /// Whether something waits to be written.
    pub(super) fn is_writing(&self) -> bool {
        self.chat.is_waiting() || self.document.is_waiting() || self.note.is_waiting()
    }

    /// Who is named in a line hears of it, wherever they are.
    fn mention(&self, entry: Option<Entry>, out: &mut Outbox) {
        let Some(line) = entry.and_then(|entry| message(&self.room, &entry)) else {
            return;
        };
        for user in mentioned(&line, self.presence.list()) {
            out.push(Effect::Out(Out::Notify(user, notification(&line))));
        }
    }

    /// Who writes, and under what id.
    fn author(&self, peer: PeerId, id: Option<MessageId>) -> Option<(UserId, MessageId)> {
        let holding = self.presence.holding(peer)?;
        Some((holding.who.user_id.clone(), id?))
    }

    fn mind_overflow(&mut self, topic: Topic, taken: bool) {
        if !taken {
            self.overflows.push(topic);
        }
    }
}

/// Reads a log anew that is not the one that was known.
pub(super) fn load_if_lost(topic: Topic, result: Result<(), Lost>, out: &mut Outbox) {
    if result == Err(Lost) {
        tracing::warn!(?topic, "a log has begun a new life");
        out.push(Effect::Log(LogCall::Load(topic)));
    }
}

/// The one page of a read of one span.
fn first(pages: Pages) -> Result<Page, LogError> {
    pages
        .into_iter()
        .next()
        .map(|(_, page)| page)
        .ok_or_else(|| LogError::Unavailable("nothing was read".to_owned()))
}
