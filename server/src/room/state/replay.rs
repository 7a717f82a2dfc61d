//! What is answered once the log was read: the welcome of a newcomer, and pages of older chat.

use super::{State, answer, not_joined};
use crate::{
    clock::Now,
    room::{
        chat::{messages, unavailable},
        command::{Reply, Ticket},
        outbox::{Effect, LogCall, Outbox, Purpose},
    },
    store::{LogError, Page, Span},
};
use protocol::{
    PeerId, Position, Replay,
    chat::{ChatPage, ReadChat},
    limits::CHAT_PAGE,
    room::{Welcome, You},
};

impl State {
    /// Welcomes a newcomer with what was read, or reads the newest lines where the log does not go on from where they stand.
    pub(super) fn welcome(
        &mut self,
        now: Now,
        peer: PeerId,
        resume: Option<Position>,
        ticket: Ticket,
        result: Result<Page, LogError>,
        out: &mut Outbox,
    ) {
        let Ok(page) = result else {
            self.dismiss(peer, out);
            return answer(out, ticket, Err(unavailable()));
        };
        if resume.is_some_and(|position| !continues(position, &page)) {
            let purpose = Purpose::Welcome {
                peer,
                resume: None,
                ticket,
            };
            let span = Span::Newest(CHAT_PAGE as usize);
            return out.push(Effect::Log(LogCall::Read { span, purpose }));
        }
        let recovered = resume.is_some();
        let chat = Replay {
            position: page.end,
            recovered,
            entries: messages(&self.room, &page.entries),
        };
        let Some(holding) = self.presence.holding(peer) else {
            return answer(out, ticket, Err(not_joined()));
        };
        let who = holding.who.clone();
        let welcome = Welcome {
            room: self.room.clone(),
            you: You {
                user_id: who.user_id,
                peer,
                name: who.name,
                hue: who.hue,
            },
            present: self.presence.list().to_vec(),
            cursors: self.cursors.all().collect(),
            chat,
            recovered,
            instance: self.settings.instance.clone(),
            mode: self.settings.mode,
            tick_ms: u32::try_from(self.interval().as_millis()).unwrap_or(u32::MAX),
            at: now.at,
        };
        answer(out, ticket, Ok(Reply::Welcome(Box::new(welcome))));
    }

    /// A page of older chat.
    pub(super) fn page(&self, page: &Page, read: &ReadChat) -> ChatPage {
        let entries = messages(&self.room, &page.entries);
        let oldest = page.entries.first().map_or(read.before, |entry| entry.seq);
        ChatPage {
            entries,
            more: oldest > page.first,
        }
    }
}

/// Whether a log that was read after this position goes on exactly where it stood.
fn continues(position: Position, page: &Page) -> bool {
    position.epoch == page.end.epoch && position.seq <= page.end.seq && position.seq.next() >= page.first
}
