//! The rules of a room, pure: a command or an event and the time go in, effects come out. Nothing here waits.

mod access;
mod bus;
mod frame;
mod logs;
mod replay;

use super::{
    access::{Gate, read_only},
    chat::Chat,
    command::{Command, Reply, Ticket},
    document::Document,
    note::Notes,
    outbox::{Audience, Effect, Lease, LogCall, Newcomer, Out, Outbox, Purpose},
    presence::{Change, Presence},
    tick::{self, Tick},
    typing::Typing,
    writer::Writer,
};
use crate::{
    clock::Now,
    cluster::Life,
    lease,
    store::{Appended, Entry, Loaded, LogError, Page, Span, Topic},
};
use access::Guest;
use protocol::{
    Code, PeerId, Position, Refusal, Role, RoomId,
    auth::Identity,
    chat::ReadChat,
    document::Caret,
    health::Mode,
    limits::CHAT_PAGE,
    presence::{Presence as PresenceTold, PresenceChanged},
    room::{Join, Left},
};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// What a room needs to know of the process it is in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of the replica.
    pub instance: String,
    /// How replicas share rooms.
    pub mode: Mode,
    /// Connections that the room takes.
    pub members: usize,
    /// Whether rooms are open to everybody, unless they are made private.
    pub open: bool,
    /// How long a lost connection stays.
    pub grace: Duration,
    /// This process among others; `None` where there are no others.
    pub life: Option<Life>,
}

/// All that a room knows.
#[derive(Debug)]
pub struct State {
    room: RoomId,
    settings: Arc<Settings>,
    presence: Presence,
    tick: Tick,
    typing: Typing,
    chat: Writer<Chat>,
    document: Writer<Document>,
    note: Writer<Notes>,
    gate: Writer<Gate>,
    /// With what right each connection is here.
    guests: BTreeMap<PeerId, Guest>,
    /// Carets on other replicas, of revisions that have yet to come here.
    ahead: BTreeMap<PeerId, Caret>,
    /// The logs for which wishes were refused because too many waited, until the shell takes them.
    overflows: Vec<Topic>,
}

/// What came of a [`LogCall`].
#[derive(Debug)]
pub enum Done {
    /// Of an append.
    Appended(Topic, Result<Appended, LogError>),
    /// Of looking for what is to be refused.
    Found(Topic, Refusal, Result<Option<Entry>, LogError>),
    /// Of a read.
    Read(Purpose, Result<Pages, LogError>),
    /// Of saying what was known, up to there.
    Witnessed(Topic, Position, Result<Page, LogError>),
    /// Of reading who is on other replicas.
    Present(Result<lease::Others, LogError>),
    /// Of reading a log anew.
    Loaded(Topic, Result<Loaded, LogError>),
    /// Of a snapshot. Where it failed, the next one holds as much.
    Compacted,
}

/// What was read of several logs.
pub type Pages = Vec<(Topic, Page)>;

/// What a room is opened from: what each of its logs comes to. Of chat that is its last entry.
#[derive(Debug)]
pub struct Opened {
    /// See [`Chat`].
    pub chat: Loaded,
    /// See [`Document`].
    pub document: Loaded,
    /// See [`Notes`].
    pub note: Loaded,
    /// See [`Gate`].
    pub access: Loaded,
}

impl State {
    /// A room with nobody in it, as its logs have it.
    pub fn open(room: RoomId, settings: Arc<Settings>, opened: &Opened) -> Result<Self, LogError> {
        Ok(Self {
            settings,
            presence: Presence::of(&room),
            tick: Tick::default(),
            typing: Typing::default(),
            chat: Writer::open(&room, &opened.chat)?,
            document: Writer::open(&room, &opened.document)?,
            note: Writer::open(&room, &opened.note)?,
            gate: Writer::open(&room, &opened.access)?,
            guests: BTreeMap::new(),
            ahead: BTreeMap::new(),
            overflows: Vec::new(),
            room,
        })
    }

    /// Does what was asked.
    pub fn handle(&mut self, now: Now, command: Command, out: &mut Outbox) {
        if command
            .writes()
            .is_some_and(|peer| self.role(peer) == Some(Role::Viewer))
        {
            let refused = |ticket| answer(out, ticket, Err(read_only()));
            return command.into_ticket().into_iter().for_each(refused);
        }
        match command {
            Command::Join {
                peer,
                wished,
                granted,
                ticket,
            } => {
                let (who, join) = *wished;
                self.join(now, (peer, who, granted), &join, ticket, out);
            }
            Command::Leave { peer, ticket } => self.leave(now, peer, ticket, out),
            Command::Lose(peer) => self.lose(now, peer, out),
            Command::Repeat => self.tick.repeat(),
            Command::Say { peer, say, ticket } => self.say(now, peer, *say, ticket, out),
            Command::ReadChat { peer, read, ticket } => self.read_chat(peer, *read, ticket, out),
            Command::Type { peer, typing, ticket } => self.set_typing(now, peer, typing, ticket, out),
            Command::EditDocument { peer, edit, ticket } => self.edit_document(now, peer, *edit, ticket, out),
            Command::MoveCaret { peer, caret, ticket } => {
                self.move_caret(now, peer, caret.map(|caret| *caret), ticket, out);
            }
            Command::ChangeNote { peer, change, ticket } => self.change_note(now, peer, *change, ticket, out),
            Command::MoveCursor { peer, x, y, ticket } => self.move_cursor(now, peer, x, y, ticket, out),
            Command::ChangeAccess { peer, wished, ticket } => self.change_access(now, peer, *wished, ticket, out),
            Command::Regrant { peer, granted } => self.regrant(now, peer, granted, out),
        }
    }

    /// The moment named by [`State::due`] has come.
    pub fn wake(&mut self, now: Now, out: &mut Outbox) {
        let gone = self.presence.expire(now);
        if !gone.is_empty() {
            self.forget(&gone, out);
            self.tell_presence(now, out);
        }
        let change = self.presence.due_change(now.instant);
        self.tell_change(change, out);
        if self.presence.others.due().is_some_and(|due| due <= now.instant) {
            _ = self.presence.others.ask();
            out.push(Effect::Lease(Lease::Read));
        }
        for topic in Topic::ALL {
            self.log_mut(topic).wake(now, out);
        }
        for peer in self.typing.expire(now.instant) {
            self.tick.set_typing(now.instant, peer, false);
        }
        if self.tick.due(self.interval()).is_some_and(|due| due <= now.instant) {
            let moves = self.tick.frame(now.instant);
            self.tell(&moves, out);
            out.push(Effect::Out(Out::Frame(self.frame(now, &moves))));
        }
    }

    /// When something is to be done unasked.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        let due = [
            self.presence.due(),
            self.presence.others.due(),
            self.typing.due(),
            self.tick.due(self.interval()),
        ];
        let logs = Topic::ALL.map(|topic| self.log(topic).due());
        due.into_iter().chain(logs).flatten().min()
    }

    /// Whether nobody is here, and nothing waits to be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.presence.is_empty() && !Topic::ALL.iter().any(|topic| self.log(*topic).is_waiting())
    }

    /// How many connections are here.
    #[must_use]
    pub fn members(&self) -> usize {
        self.presence.len()
    }

    /// The logs for which wishes were refused since this was last asked, because too many waited.
    pub fn take_overflows(&mut self) -> Vec<Topic> {
        std::mem::take(&mut self.overflows)
    }

    fn join(
        &mut self,
        now: Now,
        (peer, who, granted): (PeerId, Identity, Option<Role>),
        join: &Join,
        ticket: Ticket,
        out: &mut Outbox,
    ) {
        let invite = join.invite.as_ref();
        let invited = match self.right(now, &who, granted, invite) {
            Ok(invited) => invited,
            Err(refusal) => return answer(out, ticket, Err(refusal)),
        };
        if self.presence.holding(peer).is_none() && self.presence.len() >= self.settings.members {
            let message = format!("This room has its {} connections already.", self.settings.members);
            return answer(out, ticket, Err(Refusal::new(Code::RoomFull, message)));
        }
        self.receive(now, (peer, &who), (granted, invited), invite, out);
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
        self.tell_presence(now, out);
        out.push(self.read_for(Newcomer {
            peer,
            resume: join.resume.unwrap_or_default(),
            ticket,
            chat_lost: false,
        }));
    }

    fn leave(&mut self, now: Now, peer: PeerId, ticket: Ticket, out: &mut Outbox) {
        let left = if self.dismiss(now, peer, out) {
            Ok(Reply::Left(Left {}))
        } else {
            Err(not_joined())
        };
        answer(out, ticket, left);
    }

    fn dismiss(&mut self, now: Now, peer: PeerId, out: &mut Outbox) -> bool {
        let was_in = self.presence.leave(peer);
        if was_in {
            self.forget(&[peer], out);
            self.tell_presence(now, out);
        }
        was_in
    }

    /// A lost connection stays for a while, but does nothing any more.
    fn lose(&mut self, now: Now, peer: PeerId, out: &mut Outbox) {
        if self.presence.lose(now, peer, self.settings.grace) {
            self.tick.unpoint(peer);
            self.tick.set_caret(now.instant, peer, None);
            self.stop_typing(now, peer);
            out.push(Effect::Out(Out::Dismiss(peer)));
        }
    }

    fn read_chat(&mut self, peer: PeerId, read: ReadChat, ticket: Ticket, out: &mut Outbox) {
        if self.presence.holding(peer).is_none() {
            return answer(out, ticket, Err(not_joined()));
        }
        let span = Span::Before(read.before, read.limit.clamp(1, CHAT_PAGE) as usize);
        out.push(Effect::Log(LogCall::Read {
            spans: vec![(Topic::Chat, span)],
            purpose: Purpose::Page { read, ticket },
        }));
    }

    fn move_cursor(&mut self, now: Now, peer: PeerId, x: f64, y: f64, ticket: Ticket, out: &mut Outbox) {
        if self.presence.holding(peer).is_none() {
            return answer(out, ticket, Err(not_joined()));
        }
        self.tick.point(now.instant, peer, x, y);
    }

    fn move_caret(&mut self, now: Now, peer: PeerId, caret: Option<Caret>, ticket: Ticket, out: &mut Outbox) {
        if self.presence.holding(peer).is_none() {
            return answer(out, ticket, Err(not_joined()));
        }
        let caret = caret.and_then(|caret| self.document.book().caret(peer, caret));
        self.tick.set_caret(now.instant, peer, caret);
    }

    fn set_typing(&mut self, now: Now, peer: PeerId, typing: bool, ticket: Ticket, out: &mut Outbox) {
        if self.presence.holding(peer).is_none() {
            return answer(out, ticket, Err(not_joined()));
        }
        if typing {
            self.typing.went_on(now.instant, peer);
            self.tick.set_typing(now.instant, peer, true);
        } else {
            self.stop_typing(now, peer);
        }
    }

    fn stop_typing(&mut self, now: Now, peer: PeerId) {
        if self.typing.ended(peer) {
            self.tick.set_typing(now.instant, peer, false);
        }
    }

    /// Takes away what these connections left behind.
    fn forget(&mut self, gone: &[PeerId], out: &mut Outbox) {
        for peer in gone {
            self.tick.remove(*peer);
            self.guests.remove(peer);
            self.typing.ended(*peer);
            out.push(Effect::Out(Out::Dismiss(*peer)));
            out.push(Effect::Lease(Lease::Release(*peer)));
        }
    }

    /// Who is here may have changed: everybody is told, now or with the next telling.
    fn tell_presence(&mut self, now: Now, out: &mut Outbox) {
        let change = self.presence.changed(now.instant);
        self.tell_change(change, out);
    }

    /// Tells everybody what changed: in full to some, as a difference to others.
    fn tell_change(&mut self, change: Option<Change>, out: &mut Outbox) {
        let Some(change) = change else { return };
        let present = self.presence.told().to_vec();
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
