//! The notes of one room as this page knows them: as the log has made them, with what one is about to change on top.
//!
//! Of each note one own change is under way at a time. The next waits for its answer, so that a text that was written on
//! top of an own text can name that one's version, and so that a note that is dragged while nothing goes out is moved once.
//! Pure: [`crate::session::Session`] hands it what was heard, and sends what is [`Model::due`].

mod pending;
mod refused;

pub use refused::{Matter, Refused};

use super::board::Board;
use crate::log::{Follower, Heard, Next};
use pending::{Pending, Stage, replaces};
use protocol::{
    Code, MessageId, Millis, NoteId, Position, Refusal, Replay, Seq, UserId,
    note::{Change, Note, NoteChanged, Noted},
};

/// Where the versions begin that own texts have before the log gives them one: beyond any place in a log.
const OWN: u64 = 1 << 62;

/// Versions of own texts that are remembered. Nobody edits so many notes at once.
const REMEMBERED: usize = 64;

/// The notes of one room.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    me: UserId,
    follower: Follower<NoteChanged>,
    board: Board,
    pending: Vec<Pending>,
    /// The version that the next own text has until the log gives it one.
    next: Seq,
    /// Which versions own texts had at first, and which they have since they are in the log.
    versions: Vec<(Seq, Seq)>,
}

impl Model {
    /// No notes, as far as is known.
    #[must_use]
    pub fn new(me: UserId) -> Self {
        Self {
            me,
            follower: Follower::default(),
            board: Board::default(),
            pending: Vec::new(),
            next: Seq(OWN),
            versions: Vec::new(),
        }
    }

    /// The notes to show: as the log has made them, and own changes done to them that have not come back yet.
    #[must_use]
    pub fn shown(&self) -> Board {
        let mut shown = self.board.clone();
        for pending in &self.pending {
            let version = self.current(pending.version);
            shown.apply(&self.me, version, Millis(0), &pending.change);
        }
        shown
    }

    /// Whether an own change of this note has not come back yet.
    #[must_use]
    pub fn is_pending(&self, id: &NoteId) -> bool {
        self.pending.iter().any(|pending| pending.change.note() == id)
    }

    /// How many own changes the server has not answered yet.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.pending.iter().filter(|pending| pending.is_open()).count()
    }

    /// Where we stand, to resume from. `None` before the first welcome.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.follower.position()
    }

    /// A join was asked for: until its answer, what is heard waits.
    pub fn join_asked(&mut self) {
        self.follower.join_asked();
    }

    /// The connection was lost. Own changes stay: they are sent again.
    pub fn interrupted(&mut self) {
        self.follower.interrupted();
    }

    /// The answer to a join.
    pub fn replayed(&mut self, replay: Replay<NoteChanged, Vec<Note>>) -> Heard {
        let replay = self.follower.unknown(replay);
        if let Some(notes) = replay.snapshot {
            // It holds all that the server has answered, or the server has lost it.
            self.pending.retain(|pending| !matches!(pending.stage, Stage::Taken(_)));
            self.board = notes.into();
            if self
                .position()
                .is_some_and(|before| before.epoch != replay.position.epoch)
            {
                self.versions.clear();
            }
        }
        for change in replay.entries {
            self.take(change);
        }
        let early = self.follower.joined(replay.position);
        early
            .into_iter()
            .map(|change| self.heard(change))
            .fold(Heard::Taken, Ord::max)
    }

    /// One change as everybody hears it.
    pub fn heard(&mut self, changed: NoteChanged) -> Heard {
        match self.follower.heard(changed) {
            Next::Take(changed) => self.take(changed),
            Next::Wait => {}
            Next::Gap => return Heard::Gap,
        }
        Heard::Taken
    }

    /// Shows an own change at once; [`Model::due`] tells when it is to be sent. It has passed its check. One that cannot be
    /// done to the notes as they are shown is refused here, as the server would.
    pub fn changed(&mut self, id: MessageId, change: Change) -> Result<(), Refusal> {
        let change = self.on_current(change);
        let shown = self.shown();
        if !is_ahead(&shown, &change) {
            shown.check(&change)?;
        }
        let change = self.in_place(change);
        self.pending.push(Pending {
            id,
            change,
            version: self.next,
            stage: Stage::Waiting,
        });
        self.next = self.next.next();
        Ok(())
    }

    /// The own changes that are to be sent now, in order. They are under way after that, and are not told again.
    pub fn due(&mut self) -> Vec<(MessageId, Change)> {
        let mut due = Vec::new();
        for place in 0..self.pending.len() {
            let (before, rest) = self.pending.split_at(place);
            let Some(pending) = rest.first().filter(|pending| pending.stage == Stage::Waiting) else {
                continue;
            };
            let note = pending.change.note();
            if before
                .iter()
                .any(|earlier| earlier.is_open() && earlier.change.note() == note)
            {
                continue;
            }
            let change = self.on_current(pending.change.clone());
            due.push((pending.id.clone(), change.clone()));
            self.pending[place].change = change;
            self.pending[place].stage = Stage::Sent;
        }
        due
    }

    /// An own change that is under way, to be sent once more with the same id.
    #[must_use]
    pub fn sending(&self, id: &MessageId) -> Option<Change> {
        let sending = |pending: &&Pending| pending.id == *id && pending.stage == Stage::Sent;
        self.pending.iter().find(sending).map(|pending| pending.change.clone())
    }

    /// The server's answer to an own change. One that was refused is taken back, and returned where the person has to know.
    pub fn answered(&mut self, id: &MessageId, answer: Result<Noted, Refusal>) -> Option<Refused> {
        let place = self.pending.iter().position(|pending| pending.id == *id)?;
        match answer {
            Ok(noted) => {
                self.placed(place, noted.seq);
                None
            }
            Err(refusal) => {
                let Pending { change, .. } = self.pending.remove(place);
                self.taken_back(change, refusal)
            }
        }
    }

    /// An own change has its place. It goes when it is heard, which may be later, so that nothing jumps back in between.
    fn placed(&mut self, place: usize, seq: Seq) {
        let version = self.pending[place].version;
        self.versions.push((version, seq));
        if self.versions.len() > REMEMBERED {
            self.versions.remove(0);
        }
        if self.position().is_some_and(|position| seq <= position.seq) {
            self.pending.remove(place);
        } else {
            self.pending[place].stage = Stage::Taken(seq);
        }
    }

    /// What becomes of a change that was refused. A newer text that waited behind it is what the person wrote last, so it is
    /// that which was refused; and what waits for a note that was not made waits for nothing.
    fn taken_back(&mut self, mut change: Change, refusal: Refusal) -> Option<Refused> {
        let note = change.note().clone();
        if let Change::Make { text, .. } | Change::Edit { text, .. } = &mut change {
            self.take_newer(&note, text);
        } else if refusal.code == Code::UnknownNote || self.is_replaced(&change) {
            return None;
        }
        if matches!(change, Change::Make { .. }) {
            self.pending.retain(|pending| !pending.waits_for(&note));
        }
        Some(Refused { change, refusal })
    }

    /// Takes the text that waits to be written on a note, if there is one.
    fn take_newer(&mut self, note: &NoteId, text: &mut String) {
        self.pending.retain(|pending| match &pending.change {
            Change::Edit { text: newer, .. } if pending.waits_for(note) => {
                text.clone_from(newer);
                false
            }
            _ => true,
        });
    }

    /// Whether something waits that makes this change needless.
    fn is_replaced(&self, change: &Change) -> bool {
        self.pending.iter().any(|newer| replaces(&newer.change, change))
    }

    /// Takes away what waits and is made needless by this change. A text in place of one that waited was written on what
    /// that one was written on.
    fn in_place(&mut self, mut change: Change) -> Change {
        let mut base = None;
        self.pending.retain(|older| {
            let gone = older.waits_for(change.note()) && replaces(&change, &older.change);
            if let (true, Change::Edit { version, .. }) = (gone, &older.change) {
                base = Some((older.version, *version));
            }
            !gone
        });
        if let (Change::Edit { version, .. }, Some((own, before))) = (&mut change, base)
            && *version == own
        {
            *version = before;
        }
        change
    }

    /// A change with the version of the text it was written on, if that was an own text that is in the log by now.
    fn on_current(&self, mut change: Change) -> Change {
        if let Change::Edit { version, .. } = &mut change {
            *version = self.current(*version);
        }
        change
    }

    /// The version that the log has given to an own text; any other is what it is.
    fn current(&self, version: Seq) -> Seq {
        let known = self.versions.iter().find(|(own, _)| *own == version);
        known.map_or(version, |(_, seq)| *seq)
    }

    fn take(&mut self, changed: NoteChanged) {
        let own = |pending: &Pending| pending.id == changed.id;
        let place = self.pending.iter().position(own);
        self.board
            .apply(&changed.user_id, changed.seq, changed.at, &changed.change);
        if let Some(place) = place.filter(|_| changed.user_id == self.me) {
            self.placed(place, changed.seq);
            self.pending.retain(|pending| pending.id != changed.id);
        }
    }
}

/// Whether a change names a version that the page has not heard of yet: one that the server told in a refusal.
fn is_ahead(shown: &Board, change: &Change) -> bool {
    matches!((change, shown.get(change.note())), (Change::Edit { version, .. }, Some(note))
        if note.version < *version && version.0 < OWN)
}

#[cfg(test)]
mod tests;
