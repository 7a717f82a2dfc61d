//! Numbers as the tape writes and draws them. By whole numbers only: writing out floats would cost kilobytes of WASM.

use super::blank;
use crate::tape::model::{Recovery, SAMPLES};
use protocol::health::Bus;

/// Width and height of the line's drawing, in its own units.
const WIDTH: usize = 96;
const HEIGHT: u32 = 16;

/// A time in milliseconds: to a tenth below ten, to a whole number above.
pub(super) fn milliseconds(ms: f64) -> String {
    let tenths = (ms * 10.0).round() as u32;
    if tenths < 100 {
        format!("{}.{} ms", tenths / 10, tenths % 10)
    } else {
        format!("{} ms", ms.round() as u32)
    }
}

/// How long the bus takes, as long as it is there.
pub(super) fn bus(bus: Bus, lag: Option<f64>) -> String {
    match bus {
        Bus::Away => bus.as_str().to_owned(),
        _ => lag.map_or_else(blank, milliseconds),
    }
}

/// How the last return to the room went.
pub(super) fn recovery(recovery: Recovery) -> String {
    match recovery {
        Recovery::Replayed(entries, ms) => format!("replayed {entries} in {} ms", ms.round() as u32),
        Recovery::Snapshot => "took a snapshot: history was gone".to_owned(),
    }
}

/// Samples as the points of a line, the newest at the right edge, the highest at the top.
pub(super) fn points(samples: impl ExactSizeIterator<Item = f64>) -> String {
    let micros: Vec<u32> = samples.map(|ms| (ms * 1000.0) as u32).collect();
    let highest = u64::from(micros.iter().copied().max().unwrap_or(1).max(1));
    let first = SAMPLES - micros.len();
    let mut points = String::new();
    for (place, micro) in micros.into_iter().enumerate() {
        let x = (first + place) * WIDTH / (SAMPLES - 1);
        let rise = u64::from(micro) * u64::from(HEIGHT - 2) / highest;
        points += &format!("{x},{} ", u64::from(HEIGHT - 1) - rise);
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_times_show_a_tenth() {
        assert_eq!(milliseconds(0.44), "0.4 ms");
        assert_eq!(milliseconds(9.94), "9.9 ms");
        assert_eq!(milliseconds(9.96), "10 ms");
        assert_eq!(milliseconds(123.4), "123 ms");
    }

    #[test]
    fn a_bus_that_is_away_takes_no_time() {
        assert_eq!(bus(Bus::Up, Some(0.44)), "0.4 ms");
        assert_eq!(bus(Bus::Up, None), "–");
        assert_eq!(bus(Bus::Away, Some(0.44)), "away");
    }

    #[test]
    fn a_recovery_says_what_came_back() {
        assert_eq!(recovery(Recovery::Replayed(14, 37.6)), "replayed 14 in 38 ms");
        assert_eq!(recovery(Recovery::Snapshot), "took a snapshot: history was gone");
    }

    #[test]
    fn the_newest_sample_is_at_the_right_and_the_highest_at_the_top() {
        assert_eq!(points([1.0, 2.0].into_iter()), "92,8 96,1 ");
        assert_eq!(points([0.0; SAMPLES].into_iter()).split(' ').next(), Some("0,15"));
        assert_eq!(points(std::iter::empty::<f64>().collect::<Vec<_>>().into_iter()), "");
    }
}
