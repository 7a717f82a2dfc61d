//! Token buckets: how often something may happen, by the generic cell rate algorithm of the crate `governor`. Knows neither
//! sockets nor events.

use crate::config::Rate;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock},
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed, keyed::HashMapStateStore},
};
use std::{
    hash::Hash,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// Keys after which those are forgotten that have rested long enough to be as new.
const SWEEP: u32 = 1024;

type Middleware = NoOpMiddleware<std::time::Instant>;

/// The bucket of one.
pub struct Bucket(Option<RateLimiter<NotKeyed, InMemoryState, MonotonicClock, Middleware>>);

impl Bucket {
    /// A full one.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self(quota(rate).map(|quota| RateLimiter::direct_with_clock(quota, MonotonicClock)))
    }

    /// Takes a token, or says when there will be one.
    pub fn take(&self) -> Result<(), Duration> {
        match &self.0 {
            Some(limiter) => limiter
                .check()
                .map_err(|until| until.wait_time_from(MonotonicClock.now())),
            None => Ok(()),
        }
    }
}

/// The buckets of many.
pub struct Buckets<K: Clone + Hash + Eq> {
    limiter: Option<RateLimiter<K, HashMapStateStore<K>, MonotonicClock, Middleware>>,
    taken: AtomicU32,
}

impl<K: Clone + Hash + Eq> Buckets<K> {
    /// A full one for each.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let limiter = |quota| RateLimiter::new(quota, HashMapStateStore::default(), MonotonicClock);
        Self {
            limiter: quota(rate).map(limiter),
            taken: AtomicU32::new(0),
        }
    }

    /// Takes a token of this one, or says when there will be one.
    pub fn take(&self, key: &K) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else {
            return Ok(());
        };
        if self.taken.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            limiter.retain_recent();
        }
        let taken = limiter.check_key(key);
        taken.map_err(|until| until.wait_time_from(MonotonicClock.now()))
    }
}

fn quota(rate: Rate) -> Option<Quota> {
    let (per_second, burst) = rate.limit()?;
    Some(Quota::per_second(per_second).allow_burst(burst))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_and_the_next_is_told_when() {
        let bucket = Bucket::new(Rate::of(1, 3));
        for _ in 0..3 {
            assert_eq!(bucket.take(), Ok(()));
        }
        let wait = bucket.take().unwrap_err();
        assert!(
            wait > Duration::from_millis(900) && wait <= Duration::from_secs(1),
            "{wait:?}"
        );
    }

    #[test]
    fn nobody_pays_for_another() {
        let buckets = Buckets::new(Rate::of(1, 1));
        assert_eq!(buckets.take(&"ann"), Ok(()));
        assert!(buckets.take(&"ann").is_err());
        assert_eq!(buckets.take(&"bob"), Ok(()));
    }

    #[test]
    fn those_who_rest_are_forgotten() {
        let buckets = Buckets::new(Rate::of(1_000_000_000, 1));
        for key in 0..10 * SWEEP {
            buckets.take(&key).unwrap();
        }
        assert!(buckets.limiter.as_ref().unwrap().len() <= 2 * SWEEP as usize);
    }

    #[test]
    fn without_a_rate_there_is_no_limit() {
        let bucket = Bucket::new(Rate::OFF);
        assert!((0..100_000).all(|_| bucket.take().is_ok()));
    }
}
