//! Crowds that come and leave.

/// Connections that make a crowd: some tens of megabytes.
const CROWD: u64 = 1000;

/// Bytes by which the process is larger than at first that make a crowd of however few have left: some who did not read what
/// was for them.
const GROWN: u64 = 32 * 1024 * 1024;

/// Looks that lie between two crowds of few: what is in use is not free, however large the process is.
const LONG: u32 = 20;

/// Connections that had ended, when memory was given back last and when that was last looked at.
#[derive(Debug)]
pub(super) struct Tide {
    given_back: u64,
    looked: u64,
    /// Bytes that were in memory at first.
    first: u64,
    /// Looks since memory was given back.
    looks: u32,
}

impl Tide {
    /// Nobody has left a process that has so much in memory.
    pub(super) fn of(first: u64) -> Self {
        Self {
            given_back: 0,
            looked: 0,
            first,
            looks: LONG,
        }
    }

    /// Whether a crowd has left and nobody follows, now that so many connections have ended and so much is in memory.
    pub(super) fn is_out(&mut self, ended: u64, resident: u64) -> bool {
        self.looks = self.looks.saturating_add(1);
        let calm = ended == std::mem::replace(&mut self.looked, ended);
        let left = ended - self.given_back;
        let few = left > 0 && resident >= self.first + GROWN && self.looks > LONG;
        let out = calm && (left >= CROWD || few);
        if out {
            (self.given_back, self.looks) = (ended, 0);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_given_back_once_a_crowd_has_left() {
        let mut tide = Tide::of(0);
        let looks = [10, 900, 1500, 1500, 1500, 2400, 2400, 2500, 2500];
        let out: Vec<bool> = looks.into_iter().map(|ended| tide.is_out(ended, 0)).collect();
        assert_eq!(out, [false, false, false, true, false, false, false, false, true]);
    }

    #[test]
    fn few_are_a_crowd_where_they_took_much() {
        let mut tide = Tide::of(10);
        assert!(!tide.is_out(0, 10 + GROWN), "nobody has left");
        assert!(!tide.is_out(5, 10 + GROWN), "others may follow");
        assert!(tide.is_out(5, 10 + GROWN));
        assert!(!tide.is_out(5, 10 + GROWN), "once");
        assert!(!tide.is_out(6, 9 + GROWN));
        let out: Vec<bool> = (0..2 * LONG).map(|_| tide.is_out(6, 9 + GROWN)).collect();
        assert!(!out.contains(&true), "they took little");
    }

    #[test]
    fn what_was_in_use_when_it_was_given_back_is_given_back_later() {
        let mut tide = Tide::of(10);
        assert!([1, 1].map(|ended| tide.is_out(ended, 10 + GROWN)).ends_with(&[true]));
        let out: Vec<bool> = (0..3 * LONG).map(|_| tide.is_out(5, 10 + GROWN)).collect();
        assert_eq!(out.iter().position(|out| *out), Some(LONG as usize));
        assert_eq!(out.iter().filter(|out| **out).count(), 1, "nobody has left since");
    }
}
