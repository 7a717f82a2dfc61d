//! What lies between people and server: it delays, loses and doubles, and now and then breaks off.

use crate::{
    person::Person,
    seen::Seen,
    server::{Edited, Replay, Server},
};
use document::{caret::Side, client::Heard, client::Sending};
use fastrand::Rng;
use protocol::{Code, MessageId, Refusal, Seq, document::Caret};
use std::collections::VecDeque;

enum Up {
    Edit(Sending),
    Caret(Caret),
}

#[derive(Clone)]
enum Down {
    Welcome(Replay),
    Edited(Edited),
    Acknowledged(MessageId, Seq),
    Refused(MessageId, Code),
    Caret(usize, Caret),
}

/// What is on its way to and from one person, in order. Nothing, without a connection.
#[derive(Default)]
struct Link {
    is_up: bool,
    /// Whether the person has had the answer to their join: what is written before waits, as for a connection.
    is_joined: bool,
    up: VecDeque<Up>,
    down: VecDeque<Down>,
}

pub(crate) struct Network {
    pub(crate) server: Server,
    pub(crate) people: Vec<Person>,
    links: Vec<Link>,
    rng: Rng,
    seen: Seen,
}

impl Network {
    pub(crate) fn new(seed: u64, people: usize, keep: usize) -> Self {
        let server = Server::new(keep);
        let person = |me| Person::new(me, server.position(), server.history.text());
        Self {
            people: (0..people).map(person).collect(),
            links: (0..people).map(|_| Link::default()).collect(),
            server,
            rng: Rng::with_seed(seed),
            seen: Seen::default(),
        }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen
    }

    /// One thing happens.
    pub(crate) fn step(&mut self) {
        let who = self.rng.usize(0..self.people.len());
        match self.rng.u8(0..100) {
            0..15 => self.people[who].write(&mut self.rng),
            15..19 => self.seen.undone += u32::from(self.people[who].turn_back(&mut self.rng)),
            19..24 => self.move_caret(who),
            24..36 => self.send(who),
            36..62 => self.arrive(who),
            62..90 => self.deliver(who),
            90..92 => self.double(who),
            92..93 => self.lose(who),
            93..95 => self.links[who] = Link::default(),
            95..99 => self.connect(who),
            _ => self.restart(),
        }
    }

    /// Everything is well again: all connect, and all that is on its way arrives.
    pub(crate) fn settle(&mut self) {
        for who in 0..self.people.len() {
            self.links[who] = Link::default();
            self.connect(who);
        }
        let mut rounds = 0..10_000;
        while !self.is_quiet() {
            assert!(rounds.next().is_some(), "something is under way for ever");
            for who in 0..self.people.len() {
                self.connect(who);
                self.deliver(who);
                self.send(who);
                self.arrive(who);
            }
        }
    }

    pub(crate) fn check(&self) {
        for person in &self.people {
            person.check();
        }
    }

    fn is_quiet(&self) -> bool {
        let empty = |link: &Link| link.is_joined && link.up.is_empty() && link.down.is_empty();
        self.links.iter().all(empty) && self.people.iter().all(|person| person.client.is_synchronised())
    }

    fn connect(&mut self, who: usize) {
        if self.links[who].is_up {
            return;
        }
        let replay = self.server.replay(self.people[who].client.position());
        self.links[who].is_up = true;
        self.links[who].down.push_back(Down::Welcome(replay));
    }

    fn move_caret(&mut self, who: usize) {
        let caret = self.people[who].move_caret(&mut self.rng);
        if self.links[who].is_joined {
            self.links[who].up.push_back(Up::Caret(caret));
        }
    }

    fn send(&mut self, who: usize) {
        if !self.links[who].is_joined {
            return;
        }
        if let Some(sending) = self.people[who].take() {
            self.links[who].up.push_back(Up::Edit(sending));
        }
    }

    /// The next message of a person comes to the server.
    fn arrive(&mut self, who: usize) {
        match self.links[who].up.pop_front() {
            Some(Up::Edit(sending)) => self.edit(who, &sending),
            Some(Up::Caret(caret)) => {
                if let Some(caret) = self.server.history.caret(caret, |_| Side::Behind) {
                    assert!(caret.head as usize <= self.server.reference.len());
                    self.tell(|to| (to != who).then_some(Down::Caret(who, caret)));
                }
            }
            None => {}
        }
    }

    fn edit(&mut self, who: usize, sending: &Sending) {
        let refused = |refusal: Refusal| Down::Refused(sending.id.clone(), refusal.code);
        let answer = if self.rng.u8(0..100) < 3 {
            refused(Refusal::new(Code::Busy, "Too much to do."))
        } else {
            match self.server.edit(who, sending) {
                Ok(Ok(edited)) => return self.edited(who, &edited),
                Ok(Err(seq)) => {
                    self.seen.repeated += 1;
                    Down::Acknowledged(sending.id.clone(), seq)
                }
                Err(refusal) => refused(refusal),
            }
        };
        self.links[who].down.push_back(answer);
    }

    /// All hear an edit, and its author has the ack before or after.
    fn edited(&mut self, who: usize, edited: &Edited) {
        let ack = Down::Acknowledged(edited.id.clone(), edited.seq);
        let is_first = self.rng.bool();
        if is_first {
            self.links[who].down.push_back(ack.clone());
        }
        self.tell(|_| Some(Down::Edited(edited.clone())));
        if !is_first {
            self.links[who].down.push_back(ack);
        }
    }

    fn tell(&mut self, what: impl Fn(usize) -> Option<Down>) {
        for (to, link) in self.links.iter_mut().enumerate().filter(|(_, link)| link.is_up) {
            link.down.extend(what(to));
        }
    }

    /// The next message of the server comes to a person.
    fn deliver(&mut self, who: usize) {
        match self.links[who].down.pop_front() {
            Some(Down::Welcome(replay)) => self.welcome(who, replay),
            Some(Down::Edited(edited)) => self.hear(who, &edited),
            Some(Down::Acknowledged(id, seq)) => {
                self.seen.came_with_snapshot += u32::from(self.people[who].acknowledged(&id, seq));
            }
            Some(Down::Refused(id, code)) => self.refuse(who, &id, code),
            Some(Down::Caret(of, caret)) => {
                let is_shown = self.people[who].saw(of, caret);
                self.seen.carets += u32::from(is_shown);
                self.seen.early_carets += u32::from(!is_shown);
            }
            None => {}
        }
    }

    fn welcome(&mut self, who: usize, replay: Replay) {
        match replay {
            Replay::Missed(missed) => missed.iter().for_each(|edited| self.hear(who, edited)),
            Replay::Snapshot(position, text) => {
                self.seen.snapshots += 1;
                self.people[who].reset(position, &text);
            }
        }
        self.links[who].is_joined = true;
        if let Some(again) = self.people[who].client.again() {
            self.links[who].up.push_back(Up::Edit(again));
        }
    }

    fn hear(&mut self, who: usize, edited: &Edited) {
        match self.people[who].heard(edited) {
            Heard::Confirmed => self.seen.confirmed += 1,
            Heard::Changed(_) => self.seen.changed += 1,
            Heard::Known => self.seen.known += 1,
            Heard::Gap => {
                self.seen.gaps += 1;
                self.links[who] = Link::default();
            }
        }
    }

    fn refuse(&mut self, who: usize, id: &MessageId, code: Code) {
        match code {
            Code::Busy => {
                self.seen.refused += 1;
                self.people[who].refused(id);
            }
            Code::HistoryGone => self.links[who] = Link::default(),
            code => panic!("an honest client is refused with {code}"),
        }
    }

    /// The last message to a person comes twice, and so does the last from them.
    fn double(&mut self, who: usize) {
        let link = &mut self.links[who];
        if let Some(Down::Edited(_)) = link.down.back() {
            link.down.extend(link.down.back().cloned());
        }
        if let Some(Up::Edit(sending)) = link.up.back() {
            link.up.push_back(Up::Edit(sending.clone()));
        }
    }

    /// An edit on its way to a person is lost, as behind a queue that is full.
    fn lose(&mut self, who: usize) {
        let down = &mut self.links[who].down;
        let place = self.rng.usize(0..=down.len());
        if let Some(Down::Edited(_)) = down.get(place) {
            down.remove(place);
        }
    }

    /// The server begins another life: with its text, or with less of it; knowing what it took, or not.
    fn restart(&mut self) {
        if self.rng.u8(0..4) > 0 {
            return;
        }
        let kept = self.rng.usize(0..=self.server.reference.len() * 2);
        let text: String = self.server.reference.iter().take(kept).collect();
        self.server.restart(&text, self.rng.bool());
        self.links.fill_with(Link::default);
    }
}
