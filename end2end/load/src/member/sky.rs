//! The cursors as one person sees them: the newest position of each. Positions are numbered, and the number is what is
//! sent: `x` is the number of the position, `y` who moved.

use serde::{Deserialize, de::IgnoredAny};

/// One frame, as far as it concerns us.
#[derive(Debug, Deserialize)]
pub(crate) struct Frame {
    pub(crate) moves: Vec<(IgnoredAny, f64, f64)>,
}

/// One cursor by itself.
#[derive(Debug, Deserialize)]
pub(crate) struct Moved {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// What became of a position that was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It is newer than the last of this person.
    Fresh {
        /// Who moved.
        member: usize,
        /// Which of theirs it is.
        number: u64,
    },
    /// It is the last one again, or one's own.
    Again,
    /// It is older than the last.
    Backwards,
}

/// The newest position of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sky {
    me: usize,
    newest: Vec<u64>,
    /// Cursors that went backwards.
    pub(crate) backwards: u64,
}

impl Sky {
    /// What this person sees.
    pub(crate) fn new(me: usize) -> Self {
        Self { me, ..Self::default() }
    }

    /// A position as it came.
    pub(crate) fn hear(&mut self, x: f64, y: f64) -> Seen {
        let (member, number) = (y as usize, x as u64);
        if member == self.me {
            return Seen::Again;
        }
        if self.newest.len() <= member {
            self.newest.resize(member + 1, 0);
        }
        let newest = &mut self.newest[member];
        match number.cmp(newest) {
            std::cmp::Ordering::Less => {
                self.backwards += 1;
                Seen::Backwards
            }
            std::cmp::Ordering::Equal => Seen::Again,
            std::cmp::Ordering::Greater => {
                *newest = number;
                Seen::Fresh { member, number }
            }
        }
    }

    /// Of how many others the last position is not the one that they sent last.
    pub(crate) fn stale(&self, sent: &[u64]) -> u64 {
        let is_stale = |member: usize, sent: u64| self.newest.get(member).copied().unwrap_or(0) != sent;
        let others = sent.iter().enumerate().filter(|(member, _)| *member != self.me);
        others.filter(|(member, sent)| is_stale(*member, **sent)).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_newer_counts() {
        let mut sky = Sky::new(0);
        let fresh = |member, number| Seen::Fresh { member, number };
        assert_eq!(sky.hear(1.0, 2.0), fresh(2, 1));
        assert_eq!(sky.hear(1.0, 2.0), Seen::Again);
        assert_eq!(sky.hear(3.0, 2.0), fresh(2, 3));
        assert_eq!(sky.hear(2.0, 2.0), Seen::Backwards);
        assert_eq!(sky.hear(9.0, 0.0), Seen::Again);
        assert_eq!(sky.backwards, 1);
    }

    #[test]
    fn a_cursor_that_stands_where_nobody_left_it_is_stale() {
        let mut sky = Sky::new(0);
        sky.hear(3.0, 1.0);
        assert_eq!(sky.stale(&[7, 3, 0]), 0);
        assert_eq!(sky.stale(&[7, 4, 1]), 2);
    }

    #[test]
    fn a_frame_is_read_from_the_wire() {
        let frame: Frame = serde_json::from_str(r#"{"room":"a","at":1,"moves":[[7,10.0,2.0]]}"#).unwrap();
        assert_eq!((frame.moves[0].1, frame.moves[0].2), (10.0, 2.0));
    }
}
