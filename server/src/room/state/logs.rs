//! The log lane of a room: wishes for chat, document and notes, and what the logs answered.

use super::{Done, Pages, State, answer, not_joined};
use crate::{
    clock::Now,
    room::{
        book::Book as _,
        chat::{Line, message},
        command::Ticket,
        document::{Edit, side},
        notification::{mentioned, notification},
        outbox::{Audience, Effect, LogCall, Out, Outbox, Purpose},
        writer::{Lost, Writing},
    },
    store::{Entry, Loaded, LogError, Page, Topic},
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
            Done::Appended(topic, result) => {
                let written = self.log_mut(topic).appended(now, result, out);
                let written = written.map(|entry| self.mention(topic, entry, out));
                load_if_lost(topic, written, out);
            }
            Done::Found(topic, refusal, result) => self.log_mut(topic).found(now, refusal, result, out),
            Done::Read(Purpose::Welcome(newcomer), pages) => self.welcome(now, newcomer, pages, out),
            Done::Read(Purpose::Page { read, ticket }, pages) => self.answer_page(&read, pages, ticket, out),
            Done::Read(Purpose::CatchUp(topic), pages) => {
                let taken = self.log_mut(topic).caught_up(now, pages.and_then(first), out);
                load_if_lost(topic, taken, out);
            }
            Done::Witnessed(topic, known, page) => {
                let taken = self.log_mut(topic).witnessed(now, known, page, out);
                load_if_lost(topic, taken, out);
            }
            Done::Present(others) => self.present(now, others, out),
            Done::Loaded(topic, loaded) => self.loaded(now, topic, loaded, out),
            Done::Compacted => {}
        }
        self.follow_edits(now);
        self.follow_access(now, out);
    }

    /// A log, for what is done with each alike.
    pub(super) fn log(&self, topic: Topic) -> &dyn Writing {
        match topic {
            Topic::Chat => &self.chat,
            Topic::Document => &self.document,
            Topic::Note => &self.note,
            Topic::Access => &self.gate,
        }
    }

    /// The same, to change it.
    pub(super) fn log_mut(&mut self, topic: Topic) -> &mut dyn Writing {
        match topic {
            Topic::Chat => &mut self.chat,
            Topic::Document => &mut self.document,
            Topic::Note => &mut self.note,
            Topic::Access => &mut self.gate,
        }
    }

    /// A log that was lost was read anew. Everybody who is here is told to join again: where they stand means nothing now.
    fn loaded(&mut self, now: Now, topic: Topic, loaded: Result<Loaded, LogError>, out: &mut Outbox) {
        let room = self.room.clone();
        let restore = self.gate.book().to_restore().filter(|_| topic == Topic::Access);
        match self.log_mut(topic).reopened(now, &room, loaded, out) {
            Ok(()) => {
                self.restore_access(now, restore, out);
                let error = Refusal::new(Code::HistoryGone, "The room has begun a new life: join again.");
                let event = Join::NAME.to_owned();
                out.push(Effect::Out(Out::Emit(Audience::All, Refused { event, error }.into())));
            }
            Err(error) => {
                tracing::error!(%room, ?topic, %error, "a log that was lost cannot be read anew");
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

    /// Who is named in a line that was said here hears of it, wherever they are.
    fn mention(&self, topic: Topic, entry: Option<Entry>, out: &mut Outbox) {
        // A line is read only where it can name somebody.
        let entry = entry.filter(|entry| topic == Topic::Chat && entry.body.contains('@'));
        let Some(line) = entry.and_then(|entry| message(&self.room, &entry)) else {
            return;
        };
        for user in mentioned(&line, &self.presence.list()) {
            out.push(Effect::Out(Out::Notify(user, notification(&line))));
        }
    }

    /// Who writes, and under what id.
    pub(super) fn author(&self, peer: PeerId, id: Option<MessageId>) -> Option<(UserId, MessageId)> {
        let holding = self.presence.holding(peer)?;
        Some((holding.who.user_id.clone(), id?))
    }

    pub(super) fn mind_overflow(&mut self, topic: Topic, taken: bool) {
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
pub(super) fn first(pages: Pages) -> Result<Page, LogError> {
    pages
        .into_iter()
        .next()
        .map(|(_, page)| page)
        .ok_or_else(|| LogError::Unavailable("nothing was read".to_owned()))
}
