//! Cursors of a room: the newest place of each, and which frame is due. Lane: tick.
//!
//! A frame may be lost on its way to a slow receiver. So that no cursor is left standing where it is not, a cursor stands in
//! one more frame after it came to rest, and once a second, as long as anything moved since the last time, a frame holds
//! everybody.

use protocol::{PeerId, cursor::CursorAt};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// Time between two frames that hold everybody.
const FULL: Duration = Duration::from_secs(1);

/// Frames in which a move stands: its own and one repetition.
const STANDS_IN: u8 = 2;

/// The cursors of one room.
#[derive(Debug, Default)]
pub struct Cursors {
    spots: HashMap<PeerId, Spot>,
    /// When the first cursor ever moved: the first frame is due at once.
    begun: Option<Instant>,
    /// When the last frame went out.
    framed: Option<Instant>,
    /// When everybody was told everything, and whether something moved since.
    full: Option<Instant>,
    moved_since_full: bool,
}

#[derive(Clone, Copy, Debug)]
struct Spot {
    x: f64,
    y: f64,
    /// In how many more frames it has to stand.
    owed: u8,
}

/// What is to be told in one tick.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moves {
    /// Those who moved since the last frame.
    pub fresh: Vec<CursorAt>,
    /// Those who are told once more.
    pub repeated: Vec<CursorAt>,
    /// Whether these are all there are.
    pub full: bool,
}

impl Cursors {
    /// Moves a cursor. Only its newest place counts.
    pub fn place(&mut self, now: Instant, peer: PeerId, x: f64, y: f64) {
        self.begun.get_or_insert(now);
        self.spots.insert(peer, Spot { x, y, owed: STANDS_IN });
        self.moved_since_full = true;
    }

    /// Takes a cursor away. That it is gone is told by presence.
    pub fn remove(&mut self, peer: PeerId) {
        self.spots.remove(&peer);
    }

    /// Where all cursors rest, for a newcomer.
    pub fn all(&self) -> impl Iterator<Item = CursorAt> + '_ {
        self.spots
            .iter()
            .map(|(peer, spot)| CursorAt::new(*peer, spot.x, spot.y))
    }

    /// When the next frame is due, if anything is to be told: at once after a rest, else one interval after the last.
    #[must_use]
    pub fn due(&self, interval: Duration) -> Option<Instant> {
        let next = self.framed.map_or(self.begun?, |framed| framed + interval);
        if self.owes() {
            return Some(next);
        }
        // At rest, but a frame may have been lost: one that holds everybody closes the movement.
        let full = self.full.map_or(next, |full| full + FULL);
        (self.moved_since_full && !self.spots.is_empty()).then_some(full.max(next))
    }

    /// Takes the frame that is due.
    pub fn frame(&mut self, now: Instant) -> Moves {
        let full = self.moved_since_full && self.full.is_none_or(|full| now.duration_since(full) >= FULL);
        let mut moves = Moves {
            full,
            ..Moves::default()
        };
        for (peer, spot) in &mut self.spots {
            let at = CursorAt::new(*peer, spot.x, spot.y);
            match spot.owed {
                STANDS_IN => moves.fresh.push(at),
                0 if !full => continue,
                _ => moves.repeated.push(at),
            }
            spot.owed = spot.owed.saturating_sub(1);
        }
        self.framed = Some(now);
        if full {
            self.full = Some(now);
            self.moved_since_full = false;
        }
        moves
    }

    fn owes(&self) -> bool {
        self.spots.values().any(|spot| spot.owed > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TICK: Duration = Duration::from_millis(33);

    fn told(moves: &Moves, peer: u32) -> Option<f64> {
        let all = moves.fresh.iter().chain(&moves.repeated);
        all.filter(|at| at.0 == PeerId(peer)).map(|at| at.1).next()
    }

    /// Takes every frame that is due until `end`.
    fn frames(cursors: &mut Cursors, end: Instant) -> Vec<Moves> {
        let mut frames = Vec::new();
        while let Some(due) = cursors.due(TICK).filter(|due| *due <= end) {
            frames.push(cursors.frame(due));
        }
        frames
    }

    #[test]
    fn a_first_move_is_told_at_once_and_once_more() {
        let mut cursors = Cursors::default();
        assert_eq!(cursors.due(TICK), None);
        let start = Instant::now();
        cursors.place(start, PeerId(1), 5.0, 5.0);
        assert!(cursors.due(TICK).unwrap() <= start);
        assert_eq!(cursors.frame(start).fresh.len(), 1);
        assert_eq!(cursors.due(TICK), Some(start + TICK));
        assert_eq!(told(&cursors.frame(start + TICK), 1), Some(5.0));
        assert_eq!(
            cursors.due(TICK),
            None,
            "nothing moved since the frame that held everybody"
        );
    }

    #[test]
    fn between_two_frames_only_the_newest_place_counts() {
        let mut cursors = Cursors::default();
        for x in 0..100 {
            cursors.place(Instant::now(), PeerId(1), f64::from(x), 0.0);
        }
        let moves = cursors.frame(Instant::now());
        assert_eq!((moves.fresh.len(), told(&moves, 1)), (1, Some(99.0)));
    }

    #[test]
    fn a_movement_is_closed_by_a_frame_that_holds_everybody() {
        let mut cursors = Cursors::default();
        let start = Instant::now();
        cursors.place(start, PeerId(1), 1.0, 0.0);
        cursors.place(start, PeerId(2), 2.0, 0.0);
        assert!(cursors.frame(start).full);
        cursors.place(start, PeerId(1), 3.0, 0.0);
        let later = frames(&mut cursors, start + Duration::from_secs(5));
        let last = later.last().unwrap();
        assert!(last.full && told(last, 1) == Some(3.0) && told(last, 2) == Some(2.0));
    }

    proptest! {
        /// Whatever is lost on the way, a receiver that gets the last full frame knows where everybody is; and never is a
        /// frame due sooner than a tick after the last.
        #[test]
        fn the_last_full_frame_is_the_truth(moves in prop::collection::vec((0_u32..5, -100_i32..100, 0_u64..400), 1..60)) {
            let mut cursors = Cursors::default();
            let mut now = Instant::now();
            let mut truth = HashMap::new();
            let mut last: Option<Instant> = None;
            let mut heard = HashMap::new();
            for (peer, x, wait) in moves {
                cursors.place(now, PeerId(peer), f64::from(x), 0.0);
                truth.insert(peer, f64::from(x));
                now += Duration::from_millis(wait);
                while let Some(due) = cursors.due(TICK).filter(|due| *due <= now) {
                    prop_assert!(last.is_none_or(|last| due >= last + TICK));
                    last = Some(due);
                    heard = listen(heard, &cursors.frame(due));
                }
            }
            for moves in frames(&mut cursors, now + Duration::from_secs(3)) {
                heard = listen(heard, &moves);
            }
            prop_assert_eq!(heard, truth);
            prop_assert_eq!(cursors.due(TICK), None);
        }
    }

    /// A receiver that loses every frame but the full ones.
    fn listen(mut heard: HashMap<u32, f64>, moves: &Moves) -> HashMap<u32, f64> {
        if moves.full {
            heard = moves
                .fresh
                .iter()
                .chain(&moves.repeated)
                .map(|at| (at.0.0, at.1))
                .collect();
        }
        heard
    }
}
