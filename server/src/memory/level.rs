//! How full the process is.

/// Where it stands against what it may take.
#[derive(Debug)]
pub(super) struct Level {
    most: u64,
    /// Bytes that were taken at the last look.
    resident: u64,
    full: bool,
}

impl Level {
    /// Empty, of a process that may take so many bytes.
    pub(super) fn of(most: u64) -> Self {
        Self {
            most,
            resident: 0,
            full: false,
        }
    }

    /// So many bytes are taken now. It is full from seven eighths of the most on, until a quarter is free again: returns how
    /// many are too many for that.
    pub(super) fn moves_to(&mut self, resident: u64) -> u64 {
        self.resident = resident;
        let enough = self.most - self.most / 4;
        self.full = resident > if self.full { enough } else { self.brim() };
        if self.full { resident - enough } else { 0 }
    }

    fn brim(&self) -> u64 {
        self.most - self.most / 8
    }

    /// See [`Level::moves_to`].
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Whether more than the most is taken.
    pub(super) fn is_over(&self) -> bool {
        self.resident > self.most
    }

    /// Bytes that may still be taken until it is full; below zero where it is beyond that.
    pub(super) fn place(&self) -> i64 {
        let of = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        of(self.brim()) - of(self.resident)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_full_until_a_quarter_is_free_again() {
        let mut level = Level::of(80);
        let moves = [10, 70, 71, 65, 61, 60, 65, 70, 90];
        let excess: Vec<u64> = moves.into_iter().map(|resident| level.moves_to(resident)).collect();
        assert_eq!(excess, [0, 0, 11, 5, 1, 0, 0, 0, 30]);
        assert!(level.is_full());
    }

    #[test]
    fn it_is_over_only_beyond_the_most() {
        let mut level = Level::of(80);
        level.moves_to(81);
        assert!(level.is_full() && level.is_over());
        level.moves_to(80);
        assert!(level.is_full() && !level.is_over());
    }

    #[test]
    fn the_place_that_is_left_is_told() {
        let mut level = Level::of(80);
        level.moves_to(20);
        assert_eq!(level.place(), 50);
        level.moves_to(75);
        assert_eq!(level.place(), -5);
    }
}
