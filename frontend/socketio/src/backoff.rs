//! How long to wait before the next attempt. It only computes: the random number comes from the driver, the waiting is
//! the driver's too.

use std::time::Duration;

/// Full jitter: a delay anywhere between nothing and an upper bound that doubles with each attempt. After an outage
/// thousands of clients then spread evenly over the bound instead of arriving together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The upper bound of the first delay: 500 ms.
    pub base: Duration,
    /// The upper bound of every delay: 10 s.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            cap: Duration::from_secs(10),
        }
    }
}

impl Backoff {
    /// The delay before attempt number `attempt` (the first is 1), by a `random` number in `0.0..1.0`.
    pub(crate) fn delay(&self, attempt: u32, random: f64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        let bound = self.base.saturating_mul(1 << doublings).min(self.cap);
        let share = if random.is_finite() {
            random.clamp(0.0, 1.0)
        } else {
            1.0
        };
        Duration::try_from_secs_f64(bound.as_secs_f64() * share).unwrap_or(bound)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::Backoff;

    #[test]
    fn the_bound_doubles_up_to_the_cap() {
        let bounds: Vec<u128> = (1..=7)
            .map(|attempt| Backoff::default().delay(attempt, 1.0).as_millis())
            .collect();
        assert_eq!(bounds, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    }

    proptest! {
        #[test]
        fn no_delay_is_beyond_the_cap(attempt: u32, random: f64) {
            let backoff = Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(10) };
            prop_assert!(backoff.delay(attempt, random) <= backoff.cap);
        }
    }
}
