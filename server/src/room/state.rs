//! The rules of a room, pure: a command or an event and the time go in, effects come out. Nothing here waits.

mod replay;

use super::{
    chat::{Chat, unavailable},
    command::{Command, Reply, Ticket},
    cursor::{Cursors, Moves},
    outbox::{Audience, Effect, Frame, Lease, LogCall, Out, Outbox, Purpose},
    presence::Presence,
    tick,
};
use crate::{
    clock::Now,
    store::{Appended, LogError, Page, Span},
};
use protocol::{
    Code, MessageId, Millis, PeerId, Refusal, RoomId,
    auth::Identity,
    chat::ReadChat,
    cursor::{CursorAt, CursorMoved, CursorsMoved},
    health::Mode,
    limits::CHAT_PAGE,
    presence::{Presence as PresenceTold, PresenceChanged},
    room::{Join, Left},
};
use std::time::{Duration, Instant};

/// What a room needs to know of the process it is in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of the replica.
    pub instance: String,
    /// How replicas share rooms.
    pub mode: Mode,
    /// Connections that the room takes.
    pub members: usize,
    /// How long a lost connection stays.
    pub grace: Duration,
}

/// All that a room knows.
#[derive(Debug)]
pub struct State {
    room: RoomId,
    settings: Settings,
    presence: Presence,
    cursors: Cursors,
    chat: Chat,
    /// Counts chat lines refused because too many waited, until the shell takes the number.
    overflows: u64,
}

/// What came of a [`LogCall`].
#[derive(Debug)]
pub enum Done {
    /// Of an append, with the time that stands in the entry.
    Appended(Millis, Result<Appended, LogError>),
    /// Of a read.
    Read(Purpose, Result<Page, LogError>),
}

impl State {
    /// An empty room.
    #[must_use]
    pub fn new(room: RoomId, settings: Settings) -> Self {
        let chat = Chat::new(room.clone());
        Self {
            room,
            settings,
            presence: Presence::default(),
            cursors: Cursors::default(),
            chat,
            overflows: 0,
        }
    }

    /// Does what was asked.
    pub fn handle(&mut self, now: Now, command: Command, out: &mut Outbox) {
        match command {
            Command::Join {
                peer,
                who,
                join,
                ticket,
            } => self.join(now, peer, who, &join, ticket, out),
            Command::Leave { peer, ticket } => self.leave(peer, ticket, out),
            Command::Lose(peer) => self.lose(now, peer, out),
            Command::Say { peer, say, ticket } => self.say(now, peer, say.text, say.id, ticket, out),
            Command::ReadChat { peer, read, ticket } => self.read_chat(peer, read, ticket, out),
            Command::MoveCursor { peer, x, y, ticket } => self.move_cursor(now, peer, x, y, ticket, out),
        }
    }

    /// The log has answered.
    pub fn finish(&mut self, now: Now, done: Done, out: &mut Outbox) {
        match done {
            Done::Appended(at, result) => self.chat.appended(now, at, result, out),
            Done::Read(Purpose::Welcome { peer, resume, ticket }, result) => {
                self.welcome(now, peer, resume, ticket, result, out);
            }
            Done::Read(Purpose::Page { read, ticket }, result) => {
                let page = result.map(|page| self.page(&page, &read)).map_err(|_| unavailable());
                answer(out, ticket, page.map(Reply::ChatPage));
            }
        }
    }

    /// The moment named by [`State::due`] has come.
    pub fn wake(&mut self, now: Now, out: &mut Outbox) {
        let gone = self.presence.expire(now);
        if !gone.is_empty() {
            self.forget(&gone, out);
            self.tell_presence(out);
        }
        if self.cursors.due(self.interval()).is_some_and(|due| due <= now.instant) {
            let moves = self.cursors.frame(now.instant);
            out.push(Effect::Out(Out::Frame(self.frame(now, &moves))));
        }
    }

    /// When something is to be done unasked.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        let due = [self.presence.due(), self.cursors.due(self.interval())];
        due.into_iter().flatten().min()
    }

    /// Whether nobody is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.presence.is_empty()
    }

    /// How many connections are here.
    #[must_use]
    pub fn members(&self) -> usize {
        self.presence.len()
    }

    /// Chat lines refused since this was last asked, because too many waited for the log.
    pub fn take_overflows(&mut self) -> u64 {
        std::mem::take(&mut self.overflows)
    }

    fn join(&mut self, now: Now, peer: PeerId, who: Identity, join: &Join, ticket: Ticket, out: &mut Outbox) {
        if self.presence.holding(peer).is_none() && self.presence.len() >= self.settings.members {
            let message = format!("This room has its {} connections already.", self.settings.members);
            return answer(out, ticket, Err(Refusal::new(Code::RoomFull, message)));
        }
        let replaced = self.presence.join(now, peer, who);
        self.forget(&replaced, out);
        if let Some(holding) = self.presence.holding(peer) {
            out.push(Effect::Lease(Lease::Hold(holding.clone())));
        }
        // A hearer first, then the snapshot: what is said in between is heard, and nothing is missed.
        out.push(Effect::Out(Out::Admit {
            peer,
            batch: join.batch,
        }));
        self.tell_presence(out);
        let resume = join.resume.and_then(|resume| resume.chat);
        let span = resume.map_or(Span::Newest(CHAT_PAGE as usize), |position| Span::After(position.seq));
        let purpose = Purpose::Welcome { peer, resume, ticket };
        out.push(Effect::Log(LogCall::Read { span, purpose }));
    }

    fn leave(&mut self, peer: PeerId, ticket: Ticket, out: &mut Outbox) {
        let left = if self.dismiss(peer, out) {
            Ok(Reply::Left(Left {}))
        } else {
            Err(not_joined())
        };
        answer(out, ticket, left);
    }

    fn dismiss(&mut self, peer: PeerId, out: &mut Outbox) -> bool {
        let was_in = self.presence.leave(peer);
        if was_in {
            self.forget(&[peer], out);
            self.tell_presence(out);
        }
        was_in
    }

    fn lose(&mut self, now: Now, peer: PeerId, out: &mut Outbox) {
        if self.presence.lose(now, peer, self.settings.grace) {
            self.cursors.remove(peer);
            out.push(Effect::Out(Out::Dismiss(peer)));
        }
    }

    fn say(&mut self, now: Now, peer: PeerId, text: String, id: Option<MessageId>, ticket: Ticket, out: &mut Outbox) {
        let (Some(holding), Some(id)) = (self.presence.holding(peer), id) else {
            return answer(out, ticket, Err(not_joined()));
        };
        if !self.chat.say(now, holding.who.clone(), text, id, ticket, out) {
            self.overflows += 1;
        }
    }

    fn read_chat(&mut self, peer: PeerId, read: ReadChat, ticket: Ticket, out: &mut Outbox) {
        if self.presence.holding(peer).is_none() {
            return answer(out, ticket, Err(not_joined()));
        }
        let span = Span::Before(read.before, read.limit.clamp(1, CHAT_PAGE) as usize);
        out.push(Effect::Log(LogCall::Read {
            span,
            purpose: Purpose::Page { read, ticket },
        }));
    }

    fn move_cursor(&mut self, now: Now, peer: PeerId, x: f64, y: f64, ticket: Ticket, out: &mut Outbox) {
        if self.presence.holding(peer).is_none() {
            return answer(out, ticket, Err(not_joined()));
        }
        self.cursors.place(now.instant, peer, x, y);
    }

    /// Takes away what these connections left behind.
    fn forget(&mut self, gone: &[PeerId], out: &mut Outbox) {
        for peer in gone {
            self.cursors.remove(*peer);
            out.push(Effect::Out(Out::Dismiss(*peer)));
            out.push(Effect::Lease(Lease::Release(*peer)));
        }
    }

    /// Tells everybody what changed: in full to some, as a difference to others.
    fn tell_presence(&mut self, out: &mut Outbox) {
        let Some(change) = self.presence.change() else {
            return;
        };
        let present = self.presence.list().to_vec();
        let full = PresenceTold {
            room: self.room.clone(),
            present,
        };
        let difference = PresenceChanged {
            room: self.room.clone(),
            changed: change.changed,
            left: change.left,
        };
        out.push(Effect::Out(Out::Emit(Audience::Single, full.into())));
        out.push(Effect::Out(Out::Emit(Audience::Batching, difference.into())));
    }

    fn frame(&self, now: Now, moves: &Moves) -> Frame {
        let all: Vec<CursorAt> = moves.fresh.iter().chain(&moves.repeated).copied().collect();
        let everyone = if moves.full { self.singles(&all) } else { Vec::new() };
        let singles = self.singles(&moves.fresh);
        Frame {
            batch: CursorsMoved {
                room: self.room.clone(),
                at: now.at,
                moves: all,
            },
            singles,
            everyone,
        }
    }

    fn singles(&self, moves: &[CursorAt]) -> Vec<CursorMoved> {
        let moved = |CursorAt(peer, x, y): &CursorAt| {
            let user_id = self.presence.holding(*peer)?.who.user_id.clone();
            Some(CursorMoved {
                room: self.room.clone(),
                user_id,
                x: *x,
                y: *y,
                peer: *peer,
            })
        };
        moves.iter().filter_map(moved).collect()
    }

    fn interval(&self) -> Duration {
        tick::interval(self.presence.len())
    }
}

fn answer(out: &mut Outbox, ticket: Ticket, answer: Result<Reply, Refusal>) {
    out.push(Effect::Out(Out::Answer(ticket, answer)));
}

/// The refusal of whoever is not in the room.
#[must_use]
pub fn not_joined() -> Refusal {
    Refusal::new(Code::NotJoined, "Join the room first.")
}

#[cfg(test)]
mod tests;
