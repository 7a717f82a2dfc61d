//! Cursors: where people point on the shared canvas. Lane: tick.
//!
//! Coordinates are in canvas units, one CSS pixel at zoom 1, with the room's centre at (0, 0), x to the right and y down.

use crate::{
    Code, Event, Millis, PeerId, Refusal, RoomId, UserId, document::CaretAt, limits::COORDINATE, typing::TypingAt,
};
use serde::{Deserialize, Serialize};

/// A wish to move one's own cursor. Not acknowledged; only the newest of a tick is passed on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoveCursor {
    /// Where; it must be joined.
    pub room: RoomId,
    /// Canvas units, finite, within ±1,000,000.
    pub x: f64,
    /// Canvas units, finite, within ±1,000,000.
    pub y: f64,
}

impl MoveCursor {
    /// Refuses coordinates that are not finite or are out of range with `bad_coordinates`.
    pub fn check(&self) -> Result<(), Refusal> {
        check_place(self.x, self.y)
    }
}

/// The rule for any place on the canvas; see [`MoveCursor::check`].
pub fn check_place(x: f64, y: f64) -> Result<(), Refusal> {
    let fits = |value: f64| value.is_finite() && value.abs() <= COORDINATE;
    if fits(x) && fits(y) {
        return Ok(());
    }
    // Said by hand: writing out floats would cost a page kilobytes.
    let message = "Coordinates are numbers from -1,000,000 to 1,000,000.";
    Err(Refusal::new(Code::BadCoordinates, message))
}

impl Event for MoveCursor {
    const NAME: &'static str = "cursor";
}

/// One connection's cursor moved: what clients that did not ask for batches get.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CursorMoved {
    /// Where.
    pub room: RoomId,
    /// Whose cursor.
    pub user_id: UserId,
    /// Canvas units.
    pub x: f64,
    /// Canvas units.
    pub y: f64,
    /// Which of the person's connections, since each tab has its own cursor.
    pub peer: PeerId,
}

impl Event for CursorMoved {
    const NAME: &'static str = "cursor";
}

/// One frame of a room: the cursors that moved, the carets that moved and who began or ended typing since the last one, at
/// most one frame a tick. A frame may be lost: the next one repeats who has just come to rest, and once a second while
/// anything moves a frame holds everybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CursorsMoved {
    /// Where.
    pub room: RoomId,
    /// Server time of the frame; the distance between two frames is the time to interpolate over.
    pub at: Millis,
    /// The newest position of each, in no order. Holds the receiver's own cursor too, since all get the same bytes.
    pub moves: Vec<CursorAt>,
    /// The newest caret of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carets: Vec<CaretAt>,
    /// Whether each is typing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub typing: Vec<TypingAt>,
}

impl Event for CursorsMoved {
    const NAME: &'static str = "cursors";
}

/// `[peer, x, y]`: who and where, in canvas units rounded to a tenth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CursorAt(pub PeerId, pub f64, pub f64);

impl CursorAt {
    /// Rounds to a tenth of a unit: finer than a screen shows, and short on the wire.
    #[must_use]
    pub fn new(peer: PeerId, x: f64, y: f64) -> Self {
        let round = |value: f64| (value * 10.0).round() / 10.0;
        Self(peer, round(x), round(y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> MoveCursor {
        MoveCursor {
            room: "sky".parse().unwrap(),
            x,
            y,
        }
    }

    #[test]
    fn only_finite_coordinates_in_range_pass() {
        assert!(at(0.0, -1e6).check().is_ok());
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e6 + 1.0] {
            assert_eq!(at(0.0, bad).check().unwrap_err().code, Code::BadCoordinates);
            assert_eq!(at(bad, 0.0).check().unwrap_err().code, Code::BadCoordinates);
        }
    }

    #[test]
    fn the_sentence_says_the_limit() {
        assert_eq!(COORDINATE, 1_000_000.0);
    }

    #[test]
    fn a_move_is_three_short_numbers() {
        let json = serde_json::to_string(&CursorAt::new(PeerId(7), 10.04, -0.25)).unwrap();
        assert_eq!(json, "[7,10.0,-0.3]");
    }
}
