//! The one clock of a run. What is said carries the time at which it was said, in its id, so that whoever hears it knows
//! how long that took.

use std::time::Instant;

/// Counts from the beginning of the run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(Instant);

impl Clock {
    /// Begins now.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Microseconds since the beginning.
    pub(crate) fn micros(self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// An id that is nobody else's: when it was made, by whom, and which of theirs it is.
pub(crate) fn id(at: u64, member: usize, number: u64) -> String {
    format!("{at:x}.{member:x}.{number:x}")
}

/// What [`id`] was made of, but for the number: when, and by whom. `None` for an id of somebody else.
pub(crate) fn read_id(id: &str) -> Option<(u64, usize)> {
    let mut parts = id.split('.');
    let at = u64::from_str_radix(parts.next()?, 16).ok()?;
    let member = usize::from_str_radix(parts.next()?, 16).ok()?;
    Some((at, member))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_when_it_was_made_and_by_whom() {
        assert_eq!(id(255, 17, 3), "ff.11.3");
        assert_eq!(read_id("ff.11.3"), Some((255, 17)));
        for foreign in ["", "x.1.2", "ff", "6f1c-55"] {
            assert_eq!(read_id(foreign), None, "{foreign}");
        }
    }
}
