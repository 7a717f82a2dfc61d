//! What other replicas tell of the room, and what this one tells them.

use super::{State, logs::load_if_lost};
use crate::{
    clock::Now,
    cluster::{
        Life,
        message::{Moved, Present, RoomTold},
    },
    lease,
    room::{
        book::Book as _,
        outbox::{Effect, Lease, Outbox},
        presence::Next,
        tick::Moves,
    },
    store::{Entry, LogError, Topic},
};
use protocol::{
    Epoch, PeerId,
    cursor::CursorAt,
    document::{Caret, CaretAt},
    typing::TypingAt,
};

impl State {
    /// Something was told on the room's channel. Entries and presence come back to the replica that wrote them, too.
    pub fn hear(&mut self, now: Now, told: RoomTold, out: &mut Outbox) {
        match told {
            RoomTold::Entry(topic, epoch, entry) => self.hear_entry(now, topic, epoch, &entry, out),
            RoomTold::Life(topic, epoch) => self.hear_life(topic, epoch, out),
            RoomTold::Present(life, present) => self.hear_present(now, life, present, out),
            RoomTold::Tick(moved) => self.hear_moves(now, moved),
            RoomTold::Hello => self.tell_all(out),
        }
        self.follow_edits(now);
        self.follow_access(now, out);
    }

    /// Something may have been missed, or the bus is back: logs are asked what came, and who is elsewhere is read.
    pub fn look_around(&mut self, now: Now, out: &mut Outbox) {
        for topic in Topic::ALL {
            self.log_mut(topic).look_back(now, out);
        }
        let next = self.presence.others.ask();
        read_if(next, out);
    }

    /// Who is elsewhere was read.
    pub fn present(&mut self, now: Now, others: Result<lease::Others, LogError>, out: &mut Outbox) {
        match others {
            Ok(others) => {
                let next = self.presence.others.read(now.instant, others);
                read_if(next, out);
                self.presence_changed(now, out);
            }
            Err(error) => {
                tracing::debug!(room = %self.room, %error, "presence is not known just now");
                self.presence.others.unread(now.instant);
            }
        }
    }

    /// Who is elsewhere, as it was read before anybody was here.
    pub fn present_at_first(&mut self, now: Now, others: lease::Others) {
        // Asked first, so that it is taken as any other list; nobody is here who could be told.
        _ = self.presence.others.ask();
        _ = self.presence.others.read(now.instant, others);
    }

    /// What moved here is told to other replicas, if any is in the room.
    pub(super) fn tell(&self, moves: &Moves, out: &mut Outbox) {
        if self.presence.others.is_empty() {
            return;
        }
        let repeated = moves.full;
        let moved = Moved {
            cursors: self.here(moves.cursors.told(repeated), |(peer, (x, y))| CursorAt::new(peer, x, y)),
            carets: self.here(moves.carets.told(repeated), |(peer, caret)| CaretAt { peer, caret }),
            typing: self.here(moves.typing.told(repeated), |(peer, typing)| TypingAt(peer, typing)),
        };
        if moved != Moved::default() {
            out.push(Effect::Tell(moved));
        }
    }

    /// Somebody elsewhere does not know where anybody points.
    fn tell_all(&self, out: &mut Outbox) {
        let moved = Moved {
            cursors: self.here(self.tick.cursors().all(), |(peer, (x, y))| CursorAt::new(peer, x, y)),
            carets: self.here(self.tick.carets().all(), |(peer, caret)| CaretAt { peer, caret }),
            typing: self.here(self.tick.typing().all(), |(peer, typing)| TypingAt(peer, typing)),
        };
        if moved != Moved::default() {
            out.push(Effect::Tell(moved));
        }
    }

    /// Of what connections said, what those to this replica did.
    fn here<T, U>(&self, all: impl Iterator<Item = (PeerId, T)>, write: impl Fn((PeerId, T)) -> U) -> Vec<U> {
        all.filter(|(peer, _)| self.presence.is_here(*peer))
            .map(write)
            .collect()
    }

    fn hear_entry(&mut self, now: Now, topic: Topic, epoch: Epoch, entry: &Entry, out: &mut Outbox) {
        let taken = self.log_mut(topic).heard(now, epoch, entry, out);
        load_if_lost(topic, taken, out);
    }

    fn hear_life(&mut self, topic: Topic, epoch: Epoch, out: &mut Outbox) {
        let met = self.log_mut(topic).meet(epoch);
        load_if_lost(topic, met, out);
    }

    fn hear_present(&mut self, now: Now, life: Life, present: Present, out: &mut Outbox) {
        let own = self.settings.life.as_ref() == Some(&life);
        let next = self.presence.others.told(life, own, present);
        read_if(next, out);
        // What this replica has written down itself people have been told already.
        if !own {
            self.presence_changed(now, out);
        }
    }

    fn hear_moves(&mut self, now: Now, moved: Moved) {
        let known = |peer: PeerId| self.presence.others.get(peer).is_some();
        let mut moved = Moved {
            cursors: moved
                .cursors
                .into_iter()
                .filter(|CursorAt(peer, ..)| known(*peer))
                .collect(),
            carets: moved.carets.into_iter().filter(|caret| known(caret.peer)).collect(),
            typing: moved
                .typing
                .into_iter()
                .filter(|TypingAt(peer, _)| known(*peer))
                .collect(),
        };
        let carets = std::mem::take(&mut moved.carets);
        for CaretAt { peer, caret } in carets {
            self.hear_caret(now, peer, caret);
        }
        self.tick.hear(now.instant, &moved);
    }

    /// A caret is counted in the revision that its replica had. One of a revision that has yet to come here waits for it.
    fn hear_caret(&mut self, now: Now, peer: PeerId, caret: Option<Caret>) {
        let document = self.document.book();
        self.ahead.remove(&peer);
        match caret {
            Some(caret) if caret.seq > document.position().seq => _ = self.ahead.insert(peer, caret),
            caret => {
                let caret = caret.and_then(|caret| document.caret(peer, caret));
                self.tick.hear_caret(now.instant, peer, caret);
            }
        }
    }

    /// Carets whose revision has come by now.
    pub(super) fn hear_carets_again(&mut self, now: Now) {
        let end = self.document.book().position().seq;
        let come: Vec<PeerId> = self
            .ahead
            .iter()
            .filter(|(_, caret)| caret.seq <= end)
            .map(|(peer, _)| *peer)
            .collect();
        for peer in come {
            let caret = self.ahead.remove(&peer);
            self.hear_caret(now, peer, caret);
        }
    }

    /// Who is elsewhere may have changed: what those left behind who are gone is taken away, and everybody told.
    fn presence_changed(&mut self, now: Now, out: &mut Outbox) {
        let presence = &self.presence;
        let gone = self.tick.without(|peer| presence.person(peer).is_some());
        for peer in gone {
            self.tick.remove(peer);
            self.ahead.remove(&peer);
        }
        self.tell_presence(now, out);
    }
}

fn read_if(next: Next, out: &mut Outbox) {
    if next == Next::Read {
        out.push(Effect::Lease(Lease::Read));
    }
}
