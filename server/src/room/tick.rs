//! How often a room ticks.

use std::time::Duration;

/// The time between two frames of a room with this many connections: 30 a second among few, fewer among many, since what
/// a frame costs grows with the square of the room. 20 a second already looks like 60 once interpolated.
#[must_use]
pub fn interval(members: usize) -> Duration {
    match members {
        0..=24 => Duration::from_millis(33),
        25..=99 => Duration::from_millis(50),
        _ => Duration::from_millis(100),
    }
}
