//! The tick lane of a room: the newest of each, which frame is due, and how often a room ticks.
//!
//! A room ticks a quarter slower while everybody in it says only a few times a second where they are: each frame then holds
//! more of them, and what one adds to the wait is little beside the time until they say so again.
//!
//! A frame may be lost on its way to a slow receiver. So that nothing is left standing where it is not, everything stands in
//! one more frame after it came to rest, and once a second, as long as anything moved since the last time, a frame holds
//! everybody.

mod newest;

pub use newest::{Newest, Told};

use crate::cluster::message::Moved;
use protocol::{PeerId, cursor::CursorAt, document::Caret, typing::TypingAt};
use std::time::{Duration, Instant};

/// Time between two frames that hold everybody.
const FULL: Duration = Duration::from_secs(1);

/// Whoever says where they are again within this is brisk, and the room with them for as long as [`BRISK_FOR`].
const BRISK: Duration = Duration::from_millis(150);

/// See [`BRISK`].
const BRISK_FOR: Duration = Duration::from_secs(1);

/// The time between two frames of a room with this many connections: 30 a second among few, fewer among many, since what
/// frames cost grows with the square of the room. 20 a second already look like 60 once interpolated; 25 take up all that
/// somebody says who moves 20 times a second.
#[must_use]
pub fn interval(members: usize) -> Duration {
    match members {
        0..=9 => Duration::from_millis(33),
        10..=24 => Duration::from_millis(40),
        25..=99 => Duration::from_millis(50),
        _ => Duration::from_millis(100),
    }
}

/// What moves in one room.
#[derive(Debug, Default)]
pub struct Tick {
    /// Where each points, in canvas units.
    cursors: Newest<(f64, f64)>,
    /// Where each one's caret is, in the newest revision of the document.
    carets: Newest<Option<Caret>>,
    /// Whether each is typing.
    typing: Newest<bool>,
    /// When anything ever moved: the first frame is due at once.
    begun: Option<Instant>,
    /// When the last frame went out.
    framed: Option<Instant>,
    /// When everybody was told everything, and whether something moved since.
    full: Option<Instant>,
    moved_since_full: bool,
    /// Until when somebody is brisk.
    brisk: Option<Instant>,
}

/// What is to be told in one tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Moves {
    /// Where people point.
    pub cursors: Told<(f64, f64)>,
    /// Where their carets are; `None` for one that is gone.
    pub carets: Told<Option<Caret>>,
    /// Whether they are typing.
    pub typing: Told<bool>,
    /// Whether these are all there are.
    pub full: bool,
}

impl Tick {
    /// Somebody points.
    pub fn point(&mut self, now: Instant, peer: PeerId, x: f64, y: f64) {
        let after = self.cursors.say(now, peer, (x, y));
        self.moved(now, after);
    }

    /// Somebody points no more. Nobody is told: a cursor fades by itself.
    pub fn unpoint(&mut self, peer: PeerId) {
        self.cursors.remove(peer);
    }

    /// Somebody's caret is elsewhere, or gone.
    pub fn set_caret(&mut self, now: Instant, peer: PeerId, caret: Option<Caret>) {
        if caret.is_some() || self.carets.get(peer).is_some() {
            let after = self.carets.say(now, peer, caret);
            self.moved(now, after);
        }
    }

    /// Somebody is typing, or no longer.
    pub fn set_typing(&mut self, now: Instant, peer: PeerId, typing: bool) {
        self.typing.say(now, peer, typing);
        self.moved(now, None);
    }

    /// Where a connection to another replica has its caret, in the newest revision.
    pub fn hear_caret(&mut self, now: Instant, peer: PeerId, caret: Option<Caret>) {
        if self.carets.get(peer) != Some(caret) {
            self.set_caret(now, peer, caret);
        }
    }

    /// Where connections to another replica point, and whether they are typing. What is known already is not told again.
    pub fn hear(&mut self, now: Instant, moved: &Moved) {
        for CursorAt(peer, x, y) in &moved.cursors {
            if self.cursors.get(*peer) != Some((*x, *y)) {
                self.point(now, *peer, *x, *y);
            }
        }
        for TypingAt(peer, typing) in &moved.typing {
            if self.typing.get(*peer).unwrap_or(false) != *typing {
                self.set_typing(now, *peer, *typing);
            }
        }
    }

    /// Takes away all that a connection said. That it is gone is told by presence.
    pub fn remove(&mut self, peer: PeerId) {
        self.cursors.remove(peer);
        self.carets.remove(peer);
        self.typing.remove(peer);
    }

    /// Those who said something and are not among these.
    #[must_use]
    pub fn without(&self, is_in: impl Fn(PeerId) -> bool) -> Vec<PeerId> {
        let said = self.cursors.all().map(|(peer, _)| peer);
        let said = said.chain(self.carets.all().map(|(peer, _)| peer));
        let said = said.chain(self.typing.all().map(|(peer, _)| peer));
        said.filter(|peer| !is_in(*peer)).collect()
    }

    /// Where all cursors rest.
    #[must_use]
    pub fn cursors(&self) -> &Newest<(f64, f64)> {
        &self.cursors
    }

    /// Where all carets rest.
    #[must_use]
    pub fn carets(&self) -> &Newest<Option<Caret>> {
        &self.carets
    }

    /// The document was edited: every caret moves along. Nobody is told: who hears the edit does the same.
    pub fn shift_carets(&mut self, shift: impl Fn(PeerId, Caret) -> Caret) {
        self.carets.change(|peer, caret| caret.map(|caret| shift(peer, caret)));
    }

    /// Who is typing.
    #[must_use]
    pub fn typing(&self) -> &Newest<bool> {
        &self.typing
    }

    /// Somebody has missed something: another frame is to hold everybody.
    pub fn repeat(&mut self) {
        self.moved_since_full = true;
    }

    /// When the next frame is due, if anything is to be told: at once after a rest, else one interval after the last, or five
    /// quarters of it where nobody is brisk.
    #[must_use]
    pub fn due(&self, interval: Duration) -> Option<Instant> {
        let next = self.framed.map_or(self.begun?, |framed| {
            let brisk = self.brisk.is_some_and(|until| framed < until);
            framed + if brisk { interval } else { interval * 5 / 4 }
        });
        if self.cursors.owes() || self.carets.owes() || self.typing.owes() {
            return Some(next);
        }
        // At rest, but a frame may have been lost: one that holds everybody closes the movement.
        let full = self.full.map_or(next, |full| full + FULL);
        (self.moved_since_full && !self.is_empty()).then_some(full.max(next))
    }

    /// Takes the frame that is due.
    pub fn frame(&mut self, now: Instant) -> Moves {
        let full = self.moved_since_full && self.full.is_none_or(|full| now.duration_since(full) >= FULL);
        let moves = Moves {
            cursors: self.cursors.frame(full, |_| true),
            carets: self.carets.frame(full, Option::is_some),
            typing: self.typing.frame(full, |typing| *typing),
            full,
        };
        self.framed = Some(now);
        if full {
            self.full = Some(now);
            self.moved_since_full = false;
        }
        moves
    }

    /// Something moved, so long after the same did before.
    fn moved(&mut self, now: Instant, after: Option<Duration>) {
        if after.is_some_and(|after| after < BRISK) {
            self.brisk = Some(now + BRISK_FOR);
        }
        self.begun.get_or_insert(now);
        self.moved_since_full = true;
    }

    fn is_empty(&self) -> bool {
        self.cursors.is_empty() && self.carets.is_empty() && self.typing.is_empty()
    }
}

#[cfg(test)]
mod tests;
