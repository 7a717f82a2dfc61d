//! What is answered once logs were read: the welcome of a newcomer, and pages of older chat.

use super::{
    Pages, State, answer,
    logs::{first, load_if_lost},
    not_joined,
};
use crate::{
    clock::Now,
    room::{
        book::{Book as _, unavailable},
        chat::messages,
        command::{Reply, Ticket},
        outbox::{Effect, LogCall, Newcomer, Outbox, Purpose},
        writer::Writing as _,
    },
    store::{Entry, LogError, Page, Span, Topic},
};
use protocol::{
    PeerId, Position, Replay,
    auth::Identity,
    chat::{ChatPage, ReadChat},
    cursor::CursorAt,
    document::{CaretAt, DocumentEdited},
    limits::CHAT_PAGE,
    note::{Note, NoteChanged},
    room::{Resume, Welcome, You},
};

impl State {
    /// Welcomes a newcomer with what was read, or reads the newest lines where the chat does not go on from where they stand.
    pub(super) fn welcome(&mut self, now: Now, newcomer: Newcomer, pages: Result<Pages, LogError>, out: &mut Outbox) {
        let Newcomer {
            peer, resume, ticket, ..
        } = newcomer;
        let pages = pages.unwrap_or_default();
        let Some(chat) = page(&pages, Topic::Chat) else {
            self.dismiss(now, peer, out);
            return answer(out, ticket, Err(unavailable()));
        };
        if let Some(refusal) = ticket.puts_off() {
            self.dismiss(now, peer, out);
            return answer(out, ticket, Err(refusal));
        }
        let Some(who) = self.presence.holding(peer).map(|holding| holding.who.clone()) else {
            return answer(out, ticket, Err(not_joined()));
        };
        if resume.chat.is_some_and(|position| !continues(position, chat)) {
            let newcomer = Newcomer {
                peer,
                resume: Resume { chat: None, ..resume },
                ticket,
                chat_lost: true,
            };
            return out.push(self.read_for(newcomer));
        }
        load_if_lost(Topic::Chat, self.chat.meet(chat.end.epoch), out);
        let mut welcome = self.welcome_of(now, peer, who);
        welcome.chat = Replay {
            position: chat.end,
            recovered: resume.chat.is_some(),
            snapshot: None,
            entries: messages(&self.room, &chat.entries),
        };
        if let Some(missed) = self.missed_edits(resume.document, page(&pages, Topic::Document)) {
            welcome.document = missed;
        }
        if let Some(missed) = self.missed_changes(resume.note, page(&pages, Topic::Note)) {
            welcome.note = missed;
        }
        let recovered = |named: Option<Position>, recovered: bool| named.is_none() || recovered;
        welcome.recovered = resume != Resume::default()
            && !newcomer.chat_lost
            && recovered(resume.chat, welcome.chat.recovered)
            && recovered(resume.document, welcome.document.recovered)
            && recovered(resume.note, welcome.note.recovered);
        answer(out, ticket, Ok(Reply::Welcome(Box::new(welcome))));
    }

    /// Asks the logs for what a newcomer has missed.
    pub(super) fn read_for(&self, newcomer: Newcomer) -> Effect {
        Effect::Log(LogCall::Read {
            spans: self.missed(&newcomer.resume),
            purpose: Purpose::Welcome(newcomer),
        })
    }

    /// Answers with a page of older chat.
    pub(super) fn answer_page(
        &self,
        read: &ReadChat,
        pages: Result<Pages, LogError>,
        ticket: Ticket,
        out: &mut Outbox,
    ) {
        let page = match (ticket.puts_off(), pages.and_then(first)) {
            (Some(refusal), _) => Err(refusal),
            (None, Ok(page)) => Ok(Reply::ChatPage(self.page(&page, read))),
            (None, Err(_)) => Err(unavailable()),
        };
        answer(out, ticket, page);
    }

    fn page(&self, page: &Page, read: &ReadChat) -> ChatPage {
        let entries = messages(&self.room, &page.entries);
        let oldest = page.entries.first().map_or(read.before, |entry| entry.seq);
        ChatPage {
            entries,
            more: oldest > page.first,
        }
    }

    /// The stretches that somebody has missed who stands there. Chat first, and always; of document and notes only where
    /// they have missed some, since a room has their newest state by heart.
    fn missed(&self, resume: &Resume) -> Vec<(Topic, Span)> {
        let newest = Span::Newest(CHAT_PAGE as usize);
        let chat = resume.chat.map_or(newest, |position| Span::After(position.seq));
        let after = |topic, resume: Option<Position>, end: Position| {
            let position = resume.filter(|position| position.epoch == end.epoch && position.seq < end.seq)?;
            Some((topic, Span::After(position.seq)))
        };
        let document = after(Topic::Document, resume.document, self.document.book().position());
        let note = after(Topic::Note, resume.note, self.note.book().position());
        [Some((Topic::Chat, chat)), document, note]
            .into_iter()
            .flatten()
            .collect()
    }

    /// A welcome for somebody who has nothing yet.
    fn welcome_of(&mut self, now: Now, peer: PeerId, who: Identity) -> Welcome {
        let access = self.access_of(now, peer);
        let (document, note) = (self.document.book(), self.note.book());
        Welcome {
            access,
            room: self.room.clone(),
            you: You {
                user_id: who.user_id,
                peer,
                name: who.name,
                hue: who.hue,
            },
            present: self.presence.show(),
            cursors: self
                .tick
                .cursors()
                .all()
                .map(|(peer, (x, y))| CursorAt::new(peer, x, y))
                .collect(),
            chat: snapshot(document.position(), None),
            document: snapshot(document.position(), Some(document.text())),
            note: snapshot(note.position(), Some(note.notes().to_vec())),
            carets: self
                .tick
                .carets()
                .all()
                .map(|(peer, caret)| CaretAt { peer, caret })
                .collect(),
            typing: self
                .tick
                .typing()
                .all()
                .filter(|(_, typing)| *typing)
                .map(|(peer, _)| peer)
                .collect(),
            recovered: false,
            instance: self.settings.instance.clone(),
            mode: self.settings.mode,
            tick_ms: u32::try_from(self.interval().as_millis()).unwrap_or(u32::MAX),
            at: now.at,
        }
    }

    fn missed_edits(&self, resume: Option<Position>, page: Option<&Page>) -> Option<Replay<DocumentEdited, String>> {
        let book = self.document.book();
        missed(resume?, page, book.position(), |entry| book.edited(entry))
    }

    fn missed_changes(&self, resume: Option<Position>, page: Option<&Page>) -> Option<Replay<NoteChanged, Vec<Note>>> {
        let book = self.note.book();
        missed(resume?, page, book.position(), |entry| book.changed(entry))
    }
}

/// Exactly what was missed by somebody who stands at `from`, as it was read; `None` where the log does not go on from
/// there. Nothing was read for who stood at the end: what came since they have heard.
fn missed<E, S>(
    from: Position,
    page: Option<&Page>,
    end: Position,
    read: impl Fn(&Entry) -> Option<E>,
) -> Option<Replay<E, S>> {
    let (position, entries) = match page {
        Some(page) if continues(from, page) => (page.end, page.entries.iter().map(read).collect::<Option<Vec<E>>>()?),
        None if from.epoch == end.epoch && from.seq <= end.seq => (from, Vec::new()),
        _ => return None,
    };
    Some(Replay {
        position,
        recovered: true,
        snapshot: None,
        entries,
    })
}

fn snapshot<E, S>(position: Position, snapshot: Option<S>) -> Replay<E, S> {
    Replay {
        position,
        recovered: false,
        snapshot,
        entries: Vec::new(),
    }
}

fn page(pages: &Pages, topic: Topic) -> Option<&Page> {
    pages.iter().find(|(of, _)| *of == topic).map(|(_, page)| page)
}

/// Whether a log that was read after this position goes on exactly where it stood.
fn continues(position: Position, page: &Page) -> bool {
    position.epoch == page.end.epoch && position.seq <= page.end.seq && position.seq.next() >= page.first
}
