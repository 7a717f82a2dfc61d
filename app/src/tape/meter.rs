//! Counts events over the last second, in memory that does not grow with their number.

/// Buckets in the window.
const BUCKETS: usize = 10;

/// Milliseconds of one bucket.
const WIDTH: f64 = 100.0;

/// How many events there were in the last second, exact to a tenth of a second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    counts: [u32; BUCKETS],
    /// Number of the newest bucket since the clock's zero.
    newest: u64,
}

impl Meter {
    /// One event at `now` (milliseconds).
    pub fn count(&mut self, now: f64) {
        self.advance(now);
        self.counts[slot(self.newest)] += 1;
    }

    /// Events in the second before `now` (milliseconds).
    pub fn rate(&mut self, now: f64) -> u32 {
        self.advance(now);
        self.counts.iter().sum()
    }

    /// Empties the buckets between the newest and `now`. A clock that goes back is taken as standing still.
    fn advance(&mut self, now: f64) {
        let bucket = (now / WIDTH) as u64;
        let steps = bucket.saturating_sub(self.newest).min(BUCKETS as u64);
        self.newest = self.newest.max(bucket);
        for step in 0..steps {
            self.counts[slot(self.newest - step)] = 0;
        }
    }
}

fn slot(bucket: u64) -> usize {
    (bucket % BUCKETS as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_older_than_a_second_is_forgotten() {
        let mut meter = Meter::default();
        for now in [5000.0, 5010.0, 5500.0] {
            meter.count(now);
        }
        assert_eq!(meter.rate(5900.0), 3);
        assert_eq!(meter.rate(6000.0), 1);
        assert_eq!(meter.rate(6500.0), 0);
        assert_eq!(meter.rate(1e9), 0);
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_list_of_all_times(gaps in prop::collection::vec(0..700_u32, 1..80)) {
            let mut meter = Meter::default();
            let (mut now, mut times) = (0_u32, Vec::new());
            for gap in gaps {
                now += gap;
                times.push(now);
                meter.count(f64::from(now));
                let first = (now / 100).saturating_sub(9);
                let expected = times.iter().filter(|time| **time / 100 >= first).count();
                prop_assert_eq!(meter.rate(f64::from(now)) as usize, expected);
            }
        }
    }
}
