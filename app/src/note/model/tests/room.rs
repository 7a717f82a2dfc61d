//! A room as the notes' model sees it: a server with its log, a page, and the wires between them.

use super::*;
use protocol::{Epoch, Hue};
use std::collections::VecDeque;

const EPOCH: Epoch = Epoch(7);

/// A server, and Ann's page with the wires between them: what was sent and not taken in, what was told and not heard.
pub(super) struct Room {
    pub(super) board: Board,
    pub(super) log: Vec<NoteChanged>,
    pub(super) page: Model,
    /// Sent and not answered, oldest first, with whether the server has it.
    pub(super) asked: Vec<(MessageId, Change)>,
    pub(super) up: VecDeque<(MessageId, Change)>,
    pub(super) down: VecDeque<Told>,
    pub(super) refused: Vec<Refused>,
    pub(super) ids: u64,
}

/// What the server tells the page.
pub(super) enum Told {
    Changed(NoteChanged),
    Answered(MessageId, Result<Noted, Refusal>),
}

impl Room {
    /// One that Ann is in.
    pub(super) fn joined() -> Self {
        let mut room = Self {
            board: Board::default(),
            log: Vec::new(),
            page: Model::new(user("ann")),
            asked: Vec::new(),
            up: VecDeque::new(),
            down: VecDeque::new(),
            refused: Vec::new(),
            ids: 0,
        };
        room.rejoins(true);
        room
    }

    /// Ann does something; it is shown, and goes out in its turn.
    pub(super) fn ann(&mut self, change: Change) -> Result<(), Refusal> {
        self.ids += 1;
        let done = self.page.changed(id(self.ids), change);
        self.sends();
        done
    }

    /// Bob does something, and the server has it at once.
    pub(super) fn bob(&mut self, change: Change) {
        self.ids += 1;
        self.serves("bob", id(self.ids), change).ok();
    }

    pub(super) fn sends(&mut self) {
        for wish in self.page.due() {
            self.asked.push(wish.clone());
            self.up.push_back(wish);
        }
    }

    /// The server takes in the next of what Ann sent.
    pub(super) fn takes_in(&mut self) {
        if let Some((id, change)) = self.up.pop_front() {
            let answer = self.serves("ann", id.clone(), change);
            self.down.push_back(Told::Answered(id, answer));
        }
    }

    /// Checks and does a change as a server does: one that it has already is answered as it was.
    pub(super) fn serves(&mut self, by: &str, id: MessageId, change: Change) -> Result<Noted, Refusal> {
        if let Some(known) = self.log.iter().find(|known| known.id == id) {
            let (seq, at) = (known.seq, known.at);
            return Ok(Noted { seq, at });
        }
        self.board.check(&change)?;
        let seq = Seq(self.log.len() as u64 + 1);
        let at = Millis(seq.0);
        self.board.apply(&user(by), seq, at, &change);
        let changed = NoteChanged {
            room: "sky".parse().unwrap(),
            user_id: user(by),
            seq,
            id,
            at,
            change,
        };
        self.log.push(changed.clone());
        self.down.push_back(Told::Changed(changed));
        Ok(Noted { seq, at })
    }

    /// Ann's page hears the next of what it was told.
    pub(super) fn hears(&mut self) {
        match self.down.pop_front() {
            Some(Told::Changed(changed)) => assert_eq!(self.page.heard(changed), Heard::Taken),
            Some(Told::Answered(id, answer)) => {
                self.asked.retain(|(asked, _)| *asked != id);
                self.refused.extend(self.page.answered(&id, answer));
            }
            None => {}
        }
        self.sends();
    }

    /// The connection is lost with all that is under way, and comes back; what was not answered is sent again.
    pub(super) fn rejoins(&mut self, snapshot: bool) {
        self.page.interrupted();
        self.down.clear();
        let known = self.page.position().filter(|_| !snapshot);
        let seq = Seq(self.log.len() as u64);
        self.page.replayed(Replay {
            position: Position { epoch: EPOCH, seq },
            recovered: known.is_some(),
            snapshot: known.is_none().then(|| self.board.notes().to_vec()),
            entries: known.map_or_else(Vec::new, |known| self.log[known.seq.0 as usize..].to_vec()),
        });
        self.up = self.asked.iter().cloned().collect();
        self.sends();
    }

    /// Everything arrives.
    pub(super) fn settles(&mut self) {
        while !self.up.is_empty() || !self.down.is_empty() {
            self.takes_in();
            self.hears();
        }
    }

    /// What Ann sees on a note.
    pub(super) fn text(&self, note: &str) -> Option<String> {
        self.page.shown().get(&note_id(note)).map(|note| note.text.clone())
    }

    /// The version that an edit of what Ann sees names.
    pub(super) fn version(&self, note: &str) -> Seq {
        self.page
            .shown()
            .get(&note_id(note))
            .map_or(Seq(0), |note| note.version)
    }

    /// Ann writes on what she sees.
    pub(super) fn ann_writes(&mut self, note: &str, text: &str) -> Result<(), Refusal> {
        self.ann(edit(note, self.version(note), text))
    }
}

pub(super) fn user(name: &str) -> UserId {
    name.parse().unwrap()
}

pub(super) fn id(number: u64) -> MessageId {
    number.to_string().parse().unwrap()
}

pub(super) fn note_id(name: &str) -> NoteId {
    name.parse().unwrap()
}

pub(super) fn make(note: &str) -> Change {
    Change::Make {
        note: note_id(note),
        x: 0.0,
        y: 0.0,
        hue: Hue::try_from(45).unwrap(),
        text: String::new(),
    }
}

pub(super) fn edit(note: &str, version: Seq, text: &str) -> Change {
    Change::Edit {
        note: note_id(note),
        version,
        text: text.to_owned(),
    }
}

pub(super) fn step(note: &str, x: f64) -> Change {
    Change::Move {
        note: note_id(note),
        x,
        y: 0.0,
    }
}

pub(super) fn color(note: &str, degrees: u16) -> Change {
    Change::Color {
        note: note_id(note),
        hue: Hue::try_from(degrees).unwrap(),
    }
}

pub(super) fn delete(note: &str) -> Change {
    Change::Delete { note: note_id(note) }
}
