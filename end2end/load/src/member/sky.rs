//! The cursors as one person sees them: the newest position of each. Positions are numbered, and the number is what is
//! sent: `x` is the number of the position, `y` who moved.

use std::{cmp::Ordering, collections::HashMap};

use protocol::PeerId;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::chat::fingerprint;

/// One frame, as far as it concerns us.
#[derive(Debug, Deserialize)]
pub(crate) struct Frame {
    pub(crate) moves: Vec<(PeerId, f64, f64)>,
}

/// One cursor by itself.
#[derive(Debug, Deserialize)]
pub(crate) struct Moved<'a> {
    /// Whatever another server calls a connection.
    #[serde(borrow)]
    peer: Option<&'a RawValue>,
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Moved<'_> {
    /// Which connection, in our words. Where none is named, each person has one.
    pub(crate) fn peer(&self) -> PeerId {
        PeerId(self.peer.map_or(self.y as u32, |peer| fingerprint(peer.get()) as u32))
    }
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
    /// It is the last one again, one's own, or that of a connection which was lost.
    Again,
    /// It is older than the last of the same connection.
    Backwards,
}

/// The newest position of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sky {
    me: usize,
    newest: Vec<u64>,
    /// The newest of each connection: one that was lost stands still for a while, beside the one that took its place.
    peers: HashMap<PeerId, u64>,
    /// Cursors that went backwards.
    pub(crate) backwards: u64,
}

impl Sky {
    /// What this person sees.
    pub(crate) fn new(me: usize) -> Self {
        Self { me, ..Self::default() }
    }

    /// A position as it came.
    pub(crate) fn hear(&mut self, peer: PeerId, x: f64, y: f64) -> Seen {
        let (member, number) = (y as usize, x as u64);
        if member == self.me {
            return Seen::Again;
        }
        let of_peer = self.peers.entry(peer).or_default();
        match number.cmp(of_peer) {
            Ordering::Less => {
                self.backwards += 1;
                return Seen::Backwards;
            }
            Ordering::Equal => return Seen::Again,
            Ordering::Greater => *of_peer = number,
        }
        if self.newest.len() <= member {
            self.newest.resize(member + 1, 0);
        }
        let newest = &mut self.newest[member];
        if number <= *newest {
            return Seen::Again;
        }
        *newest = number;
        Seen::Fresh { member, number }
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
        let peer = PeerId(7);
        let fresh = |member, number| Seen::Fresh { member, number };
        assert_eq!(sky.hear(peer, 1.0, 2.0), fresh(2, 1));
        assert_eq!(sky.hear(peer, 1.0, 2.0), Seen::Again);
        assert_eq!(sky.hear(peer, 3.0, 2.0), fresh(2, 3));
        assert_eq!(sky.hear(peer, 2.0, 2.0), Seen::Backwards);
        assert_eq!(sky.hear(PeerId(8), 9.0, 0.0), Seen::Again);
        assert_eq!(sky.backwards, 1);
    }

    #[test]
    fn the_cursor_of_a_lost_connection_may_stand_where_it_was() {
        let mut sky = Sky::new(0);
        sky.hear(PeerId(8), 5.0, 2.0);
        assert_eq!(sky.hear(PeerId(7), 3.0, 2.0), Seen::Again);
        assert_eq!((sky.backwards, sky.stale(&[0, 0, 5])), (0, 0));
    }

    #[test]
    fn a_cursor_that_stands_where_nobody_left_it_is_stale() {
        let mut sky = Sky::new(0);
        sky.hear(PeerId(7), 3.0, 1.0);
        assert_eq!(sky.stale(&[7, 3, 0]), 0);
        assert_eq!(sky.stale(&[7, 4, 1]), 2);
    }

    #[test]
    fn a_frame_is_read_from_the_wire() {
        let frame: Frame = serde_json::from_str(r#"{"room":"a","at":1,"moves":[[7,10.0,2.0]]}"#).unwrap();
        assert_eq!((frame.moves[0].1, frame.moves[0].2), (10.0, 2.0));
    }

    #[test]
    fn a_connection_may_be_called_anything() {
        let peer = |json| serde_json::from_str::<Moved<'_>>(json).unwrap().peer();
        let theirs = peer(r#"{"room":"a","userId":"u","x":1,"y":2,"peer":"Zx-1"}"#);
        assert_ne!(theirs, peer(r#"{"x":1,"y":2,"peer":7}"#));
        assert_eq!(peer(r#"{"x":1,"y":2}"#), PeerId(2));
    }
}
