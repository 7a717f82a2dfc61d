//! My own pointer: which of its moves are worth sending.
//!
//! Never more often than the server passes them on, and the last one always, so that others see it come to rest.

use protocol::limits::COORDINATE;

/// My pointer on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct Pointer {
    newest: Option<(f64, f64)>,
    unsent: bool,
    /// When the last one was sent, in milliseconds.
    sent: f64,
    /// Milliseconds between two.
    every: f64,
}

impl Default for Pointer {
    fn default() -> Self {
        Self {
            newest: None,
            unsent: false,
            sent: f64::NEG_INFINITY,
            every: 50.0,
        }
    }
}

impl Pointer {
    /// The room's tick is this many milliseconds now. The last place is sent again: after a reconnect nobody knows it.
    pub fn welcomed(&mut self, tick_ms: u32) {
        self.every = f64::from(tick_ms);
        self.unsent = self.newest.is_some();
    }

    /// Milliseconds between two messages.
    #[must_use]
    pub fn every(&self) -> f64 {
        self.every
    }

    /// The pointer is here now, in canvas units. Beyond the edge of the world it stays at the edge.
    pub fn moved(&mut self, x: f64, y: f64) {
        let place = (x.clamp(-COORDINATE, COORDINATE), y.clamp(-COORDINATE, COORDINATE));
        if x.is_finite() && y.is_finite() && self.newest != Some(place) {
            self.newest = Some(place);
            self.unsent = true;
        }
    }

    /// What to send at `now` (milliseconds), if it is time. Asked once a frame.
    pub fn due(&mut self, now: f64) -> Option<(f64, f64)> {
        if !self.unsent || now - self.sent < self.every {
            return None;
        }
        self.unsent = false;
        self.sent = now;
        self.newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_place_is_always_sent() {
        let mut pointer = Pointer::default();
        pointer.welcomed(50);
        pointer.moved(1.0, 1.0);
        assert_eq!(pointer.due(0.0), Some((1.0, 1.0)));
        pointer.moved(2.0, 2.0);
        pointer.moved(3.0, 3.0);
        assert_eq!(pointer.due(16.0), None);
        assert_eq!(pointer.due(50.0), Some((3.0, 3.0)));
        assert_eq!(pointer.due(100.0), None);
    }

    #[test]
    fn after_a_reconnect_it_is_told_again() {
        let mut pointer = Pointer::default();
        pointer.moved(1.0, 1.0);
        assert!(pointer.due(0.0).is_some());
        pointer.welcomed(50);
        assert_eq!(pointer.due(60.0), Some((1.0, 1.0)));
    }

    proptest! {
        #[test]
        fn never_faster_than_the_tick_and_never_refused(
            moves in prop::collection::vec((any::<f64>(), any::<f64>(), 0.0..40.0_f64), 0..100),
        ) {
            let (mut pointer, mut now, mut last) = (Pointer::default(), 0.0, f64::NEG_INFINITY);
            for (x, y, pause) in moves {
                now += pause;
                pointer.moved(x, y);
                if let Some((x, y)) = pointer.due(now) {
                    prop_assert!(now - last >= 50.0);
                    prop_assert!(x.abs() <= COORDINATE && y.abs() <= COORDINATE);
                    last = now;
                }
            }
        }
    }
}
