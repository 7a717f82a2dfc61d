//! The way of one cursor between two frames.

use protocol::PeerId;

/// Milliseconds without a move after which a cursor begins to fade.
const IDLE: f64 = 8000.0;

/// Milliseconds that the fading takes.
const FADE: f64 = 1000.0;

/// How visible a cursor is that has long been still.
const FAINT: f64 = 0.4;

/// Canvas units beyond which a cursor jumps: gliding so far in one frame would only blur the way.
const FAR: f64 = 1500.0;

/// One cursor: where it was painted when the newest frame came, where it goes, and since when.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Track {
    pub(super) peer: PeerId,
    from: (f64, f64),
    to: (f64, f64),
    /// Local time in milliseconds at which it set out.
    start: f64,
    /// Milliseconds that the way takes.
    span: f64,
    /// Local time in milliseconds at which it last went anywhere.
    moved: f64,
}

impl Track {
    /// A cursor that rests where it was first seen.
    pub(super) fn resting(peer: PeerId, at: (f64, f64), now: f64) -> Self {
        Self {
            peer,
            from: at,
            to: at,
            start: now,
            span: 0.0,
            moved: now,
        }
    }

    /// Heads for another place, from wherever it is painted now, to be there after `span` milliseconds.
    pub(super) fn head_for(&mut self, to: (f64, f64), now: f64, span: f64) {
        if to == self.to {
            return;
        }
        let from = self.position(now);
        let far = (to.0 - from.0).abs().max((to.1 - from.1).abs()) > FAR;
        self.from = if far { to } else { from };
        self.to = to;
        self.start = now;
        self.span = span;
        self.moved = now;
    }

    /// Where it is at `now`: on the straight line between the two, never beyond the target.
    pub(super) fn position(&self, now: f64) -> (f64, f64) {
        if now >= self.start + self.span {
            return self.to;
        }
        let part = ((now - self.start) / self.span).clamp(0.0, 1.0);
        let between = |from: f64, to: f64| from + (to - from) * part;
        (between(self.from.0, self.to.0), between(self.from.1, self.to.1))
    }

    /// How visible it is at `now`, from 0.4 to 1.
    pub(super) fn opacity(&self, now: f64) -> f64 {
        let faded = ((now - self.moved - IDLE) / FADE).clamp(0.0, 1.0);
        1.0 - faded * (1.0 - FAINT)
    }

    /// Whether it would be painted otherwise a moment after `now`.
    pub(super) fn changing(&self, now: f64) -> bool {
        let gliding = self.from != self.to && now < self.start + self.span;
        let still = now - self.moved;
        gliding || (IDLE..IDLE + FADE).contains(&still)
    }
}
