//! Sockets that have not said yet whose they are. They cost memory that nobody answers for, so that there are only so many.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// The places for them.
#[derive(Debug)]
pub struct Pending {
    most: usize,
    taken: AtomicUsize,
    /// Places of those who poll, with when each is free again at the latest: their sessions outlive their connections, so
    /// that none of these can hold a place.
    polling: Mutex<VecDeque<(Instant, Place)>>,
}

/// A place, free again when this is dropped.
#[derive(Debug)]
pub struct Place(Arc<Pending>);

impl Pending {
    /// So many places.
    #[must_use]
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            taken: AtomicUsize::new(0),
            polling: Mutex::default(),
        })
    }

    /// Takes a place; `None` where there is none.
    pub fn enter(self: &Arc<Self>) -> Option<Place> {
        let more = |taken| (taken < self.most).then_some(taken + 1);
        let entered = self.taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
        entered.ok().map(|_| Place(Arc::clone(self)))
    }

    /// Takes a place for a session that polls, which has `patience` to come to CONNECT.
    pub fn enter_polling(self: &Arc<Self>, now: Instant, patience: Duration) -> bool {
        self.expire(now);
        let entered = self.enter().map(|place| (now + patience, place));
        let is_in = entered.is_some();
        self.lock().extend(entered);
        is_in
    }

    /// A session that began by polling has come to CONNECT. Whichever place it had: one is free.
    pub fn proven_polling(&self) {
        let freed = self.lock().pop_front();
        drop(freed);
    }

    /// How many are taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.taken.load(Ordering::Acquire)
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn expire(&self, now: Instant) {
        let mut polling = self.lock();
        while polling.front().is_some_and(|(until, _)| *until <= now) {
            polling.pop_front();
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(Instant, Place)>> {
        self.polling.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    #[test]
    fn there_are_so_many_places_and_no_more() {
        let pending = Pending::new(2);
        let (first, _second) = (pending.enter().unwrap(), pending.enter().unwrap());
        assert!(pending.enter().is_none());
        drop(first);
        assert!(pending.enter().is_some());
    }

    #[test]
    fn who_polls_has_a_place_until_proven_or_too_late() {
        let (pending, now) = (Pending::new(2), Instant::now());
        assert!(pending.enter_polling(now, PATIENCE));
        assert!(pending.enter_polling(now, PATIENCE));
        assert!(!pending.enter_polling(now, PATIENCE));
        pending.proven_polling();
        assert_eq!(pending.len(), 1);
        assert!(pending.enter_polling(now, PATIENCE));
        assert!(pending.enter_polling(now + PATIENCE, PATIENCE));
        assert_eq!(pending.len(), 1);
    }
}
