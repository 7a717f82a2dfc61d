//! The cursors of the others, between frames: 20 positions a second painted as 60.
//!
//! A cursor glides from where it is painted to where the newest frame puts it, over the time between frames, so that it is
//! about one frame behind and never ahead of what is known. Pure: frames and the local time come in, bodies come out.

use super::track::Track;
use protocol::{
    Millis, PeerId,
    cursor::{CursorAt, CursorsMoved},
};

/// Part of the frame distance added to each way, so that a frame that comes a little late finds the cursor still moving.
const SLACK: f64 = 1.15;

/// Ticks between frames beyond which they tell nothing about the pace: the room was still in between, and whoever moves again
/// is shown to do so at the room's own pace.
const PAUSE: f64 = 4.0;

/// Milliseconds by which a frame must be older than the one before to be taken as a clock that was set back, and not as a
/// frame that was overtaken.
const CLOCK_BACK: u64 = 5000;

/// Everybody else's cursors.
#[derive(Clone, Debug, PartialEq)]
pub struct Sky {
    me: Option<PeerId>,
    /// In order of peer, so that one is found by halving.
    tracks: Vec<Track>,
    /// Server time of the newest frame.
    at: Millis,
    tick: f64,
    /// Counts what came, so that a painter knows whether anything did.
    version: u64,
}

/// One cursor as it is to be painted now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// Whose.
    pub peer: PeerId,
    /// Canvas units.
    pub x: f64,
    /// Canvas units.
    pub y: f64,
    /// 1 for one that moves, down to 0.4 for one that has long been still.
    pub opacity: f64,
}

impl Default for Sky {
    fn default() -> Self {
        Self {
            me: None,
            tracks: Vec::new(),
            at: Millis(0),
            tick: 50.0,
            version: 0,
        }
    }
}

impl Sky {
    /// Every cursor at `now` (milliseconds), in order of peer.
    pub fn positions(&self, now: f64) -> impl Iterator<Item = Body> + '_ {
        self.tracks.iter().map(move |track| {
            let (x, y) = track.position(now);
            Body {
                peer: track.peer,
                x,
                y,
                opacity: track.opacity(now),
            }
        })
    }

    /// Whether the next picture would differ from one painted at `now`, even if nothing more came.
    #[must_use]
    pub fn moving(&self, now: f64) -> bool {
        self.tracks.iter().any(|track| track.changing(now))
    }

    /// Grows with everything that came.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// A room was joined: I am `me`, and the others' cursors rest at `cursors`. Ways from before are forgotten.
    pub fn welcomed(&mut self, me: PeerId, tick_ms: u32, at: Millis, cursors: &[CursorAt], now: f64) {
        self.me = Some(me);
        self.tick = f64::from(tick_ms);
        self.at = at;
        self.tracks.clear();
        self.version += 1;
        for cursor in cursors {
            self.place(*cursor, now, 0.0);
        }
    }

    /// A frame came at `now` (milliseconds). `false` for one that was overtaken by a newer one, of which nothing counts.
    pub fn framed(&mut self, frame: &CursorsMoved, now: f64) -> bool {
        let late = self.at.0.saturating_sub(frame.at.0);
        if (1..CLOCK_BACK).contains(&late) {
            return false;
        }
        let apart = frame.at.since(self.at).as_secs_f64() * 1000.0;
        let pace = if (1.0..PAUSE * self.tick).contains(&apart) {
            apart
        } else {
            self.tick
        };
        self.at = frame.at;
        self.version += 1;
        for cursor in &frame.moves {
            self.place(*cursor, now, pace * SLACK);
        }
        true
    }

    /// One cursor came by itself at `now` (milliseconds).
    pub fn moved(&mut self, cursor: CursorAt, now: f64) {
        self.version += 1;
        self.place(cursor, now, self.tick * SLACK);
    }

    /// Forgets the cursors of those who are no longer there.
    pub fn retain(&mut self, present: impl Fn(PeerId) -> bool) {
        self.version += 1;
        self.tracks.retain(|track| present(track.peer));
    }

    fn place(&mut self, CursorAt(peer, x, y): CursorAt, now: f64, span: f64) {
        if self.me == Some(peer) {
            return;
        }
        match self.tracks.binary_search_by_key(&peer, |track| track.peer) {
            Ok(known) => self.tracks[known].head_for((x, y), now, span),
            Err(place) => self.tracks.insert(place, Track::resting(peer, (x, y), now)),
        }
    }
}

#[cfg(test)]
mod tests;
