//! All notes of a room as the log of their changes has made them: the one rule that server and browser share. Pure.

use protocol::{
    Code, Hue, Millis, NoteId, Refusal, Seq, UserId,
    limits::NOTES,
    note::{Change, Note},
};

/// The notes of a room, in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board(Vec<Note>);

impl Board {
    /// All of them, in the order in which they were made: a later one lies on top.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.0
    }

    /// The same, for who needs nothing else of the board.
    #[must_use]
    pub fn into_notes(self) -> Vec<Note> {
        self.0
    }

    /// The note of this name.
    #[must_use]
    pub fn get(&self, id: &NoteId) -> Option<&Note> {
        self.0.iter().find(|note| note.id == *id)
    }

    /// Whether a change can be done to the notes as they are; see [`Change`] for the refusals.
    pub fn check(&self, change: &Change) -> Result<(), Refusal> {
        match (change, self.get(change.note())) {
            (Change::Make { .. }, Some(note)) => Err(conflict("There is a note of this name.", note)),
            (Change::Make { .. }, None) if self.0.len() >= NOTES => {
                let message = format!("A room has {NOTES} notes at most. Take one away first.");
                Err(Refusal::new(Code::NotesFull, message))
            }
            (Change::Make { .. }, None) => Ok(()),
            (_, None) => Err(Refusal::new(Code::UnknownNote, "This note is gone.")),
            (Change::Edit { version, .. }, Some(note)) if *version != note.version => {
                Err(conflict("Somebody else has changed this note since you began.", note))
            }
            (_, Some(_)) => Ok(()),
        }
    }

    /// Does a change that has its place in the log, by whoever made it. What is about a note that is gone does nothing.
    pub fn apply(&mut self, by: &UserId, seq: Seq, at: Millis, change: &Change) {
        match change.clone() {
            Change::Make { note, x, y, hue, text } => {
                if self.get(&note).is_none() {
                    self.0.push(Note {
                        id: note,
                        user_id: by.clone(),
                        x,
                        y,
                        hue,
                        text,
                        version: seq,
                        at,
                    });
                }
            }
            Change::Move { note, x, y } => self.change(&note, at, |note| (note.x, note.y) = (x, y)),
            Change::Color { note, hue } => self.change(&note, at, |note| note.hue = hue),
            Change::Edit { note, text, .. } => self.change(&note, at, |note| {
                note.text = text;
                note.version = seq;
            }),
            Change::Delete { note } => self.0.retain(|one| one.id != note),
        }
    }

    fn change(&mut self, id: &NoteId, at: Millis, change: impl FnOnce(&mut Note)) {
        if let Some(note) = self.0.iter_mut().find(|note| note.id == *id) {
            change(note);
            note.at = at;
        }
    }
}

impl From<Vec<Note>> for Board {
    fn from(notes: Vec<Note>) -> Self {
        Self(notes)
    }
}

fn conflict(message: &str, note: &Note) -> Refusal {
    Refusal {
        current: Some(Box::new(note.clone())),
        ..Refusal::new(Code::Conflict, message)
    }
}

/// The colours that a note can be given: eight directions around the wheel.
pub fn hues() -> impl Iterator<Item = Hue> {
    (0..360).step_by(45).filter_map(|degrees| Hue::try_from(degrees).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: &str) -> Change {
        Change::Make {
            note: name.parse().unwrap(),
            x: 0.0,
            y: 0.0,
            hue: Hue::try_from(45).unwrap(),
            text: "first".to_owned(),
        }
    }

    fn edited(name: &str, version: u64, text: &str) -> Change {
        Change::Edit {
            note: name.parse().unwrap(),
            version: Seq(version),
            text: text.to_owned(),
        }
    }

    fn board(changes: impl IntoIterator<Item = Change>) -> Board {
        let mut board = Board::default();
        for (seq, change) in (1..).zip(changes) {
            board.apply(&"ann".parse().unwrap(), Seq(seq), Millis(seq), &change);
        }
        board
    }

    fn code(board: &Board, change: &Change) -> Option<Code> {
        board.check(change).err().map(|refusal| refusal.code)
    }

    #[test]
    fn a_text_can_be_edited_only_in_its_newest_version() {
        let board = board([made("a"), edited("a", 1, "second")]);
        assert_eq!(code(&board, &edited("a", 2, "third")), None);
        let refusal = board.check(&edited("a", 1, "third")).unwrap_err();
        assert_eq!(refusal.code, Code::Conflict);
        assert_eq!(refusal.current.unwrap().text, "second");
    }

    #[test]
    fn a_move_leaves_the_version_alone() {
        let note: NoteId = "a".parse().unwrap();
        let moved = Change::Move { note, x: 5.0, y: 6.0 };
        let board = board([made("a"), moved]);
        let note = &board.notes()[0];
        assert_eq!((note.x, note.y, note.version, note.at), (5.0, 6.0, Seq(1), Millis(2)));
    }

    #[test]
    fn what_is_gone_can_not_be_changed_and_what_is_there_not_made() {
        let gone = Change::Delete {
            note: "a".parse().unwrap(),
        };
        let board = board([made("a"), gone.clone(), made("b")]);
        assert_eq!(code(&board, &gone), Some(Code::UnknownNote));
        assert_eq!(code(&board, &edited("a", 1, "?")), Some(Code::UnknownNote));
        assert_eq!(code(&board, &made("b")), Some(Code::Conflict));
        assert_eq!(code(&board, &made("a")), None);
    }

    #[test]
    fn a_room_has_five_hundred_notes() {
        let board = board((0..NOTES).map(|n| made(&n.to_string())));
        assert_eq!(board.notes().len(), NOTES);
        assert_eq!(code(&board, &made("more")), Some(Code::NotesFull));
    }
}
