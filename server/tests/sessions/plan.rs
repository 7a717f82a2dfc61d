//! What is done in a session, step by step, from a seed. It looks at pages to know what can be done there, and no further.

use crate::page::Page;
use rand::{RngExt, SeedableRng, rngs::SmallRng};

/// Steps of a session.
const STEPS: u32 = 160;

/// One thing that somebody does, or that happens to all.
#[derive(Debug)]
pub(crate) enum Act {
    /// Says this.
    Say(String),
    /// Has the document's field show this, the caret being after so many UTF-16 units.
    Write(String, usize),
    /// Takes back what they did to the document last.
    Undo,
    /// Makes a note of this name.
    Make(String),
    /// Moves the note at this place in the list.
    Move(usize, f64),
    /// Writes this onto the note at this place in the list.
    Edit(usize, String),
    /// Deletes the note at this place in the list.
    Delete(usize),
    /// Loses the connection.
    Break,
    /// The process dies and is started again.
    Kill,
    /// The process is told to stop, and is started again.
    Restart,
    /// Nothing happens until all have heard everything.
    Rest,
}

/// How what was written can come to be gone. Not both ways in one session: two people who take back the same deletion
/// write its text twice, and are right to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loses {
    Nothing,
    ByDeletion,
    ByUndo,
}

/// The dice, and what was done so far.
pub(crate) struct Plan {
    dice: SmallRng,
    people: usize,
    loses: Loses,
    left: u32,
    said: Vec<String>,
    written: Vec<String>,
    count: u32,
}

impl Plan {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = SmallRng::seed_from_u64(seed);
        Self {
            people: dice.random_range(2..=5),
            loses: [Loses::Nothing, Loses::ByDeletion, Loses::ByUndo][(seed % 3) as usize],
            dice,
            left: STEPS,
            said: Vec::new(),
            written: Vec::new(),
            count: 0,
        }
    }

    /// How many people there are.
    pub(crate) fn people(&self) -> usize {
        self.people
    }

    /// Whether what was written can come to be gone.
    pub(crate) fn loses(&self) -> bool {
        self.loses != Loses::Nothing
    }

    /// All that was said.
    pub(crate) fn said(&self) -> &[String] {
        &self.said
    }

    /// All signs that were written into the document; each is unlike all others.
    pub(crate) fn written(&self) -> &[String] {
        &self.written
    }

    /// Who does what next.
    pub(crate) fn next(&mut self, pages: &[Page]) -> Option<(usize, Act)> {
        self.left = self.left.checked_sub(1)?;
        let person = self.dice.random_range(0..self.people);
        let page = &pages[person];
        let act = match self.dice.random_range(0..100) {
            0..25 => self.say(),
            25..60 => self.write(page.document.shown()),
            60..65 if self.loses == Loses::ByUndo => Act::Undo,
            60..70 => Act::Make(self.word("n")),
            70..90 => self.note(page.note.shown().notes().len()),
            90..95 => Act::Break,
            95..97 => Act::Kill,
            97 => Act::Restart,
            _ => Act::Rest,
        };
        Some((person, act))
    }

    fn say(&mut self) -> Act {
        let text = self.word("says ");
        self.said.push(text.clone());
        Act::Say(text)
    }

    fn write(&mut self, shown: &str) -> Act {
        let chars: Vec<char> = shown.chars().collect();
        let at = self.dice.random_range(0..=chars.len());
        let (mut after, mut word) = (at, String::new());
        if self.loses == Loses::ByDeletion && at < chars.len() && self.dice.random_bool(0.3) {
            after = self.dice.random_range(at..=chars.len().min(at + 6));
        } else {
            word = self.sign();
            self.written.push(word.clone());
        }
        let before: String = chars[..at].iter().collect();
        let caret = before.encode_utf16().count() + word.encode_utf16().count();
        let after: String = chars[after..].iter().collect();
        Act::Write(before + &word + &after, caret)
    }

    fn note(&mut self, notes: usize) -> Act {
        if notes == 0 {
            return Act::Make(self.word("n"));
        }
        let note = self.dice.random_range(0..notes);
        match self.dice.random_range(0..5) {
            0..2 => Act::Move(note, self.dice.random_range(-100.0..100.0)),
            2..4 => Act::Edit(note, self.word("text ")),
            _ => Act::Delete(note),
        }
    }

    /// A character that nobody used before, so that nobody can write into the middle of it: from outside the basic plane.
    fn sign(&mut self) -> String {
        self.count += 1;
        char::from_u32(0x2_0000 + self.count).unwrap().into()
    }

    /// A word that nobody used before.
    fn word(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what}{};", self.count)
    }
}
