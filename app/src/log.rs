//! Following one log: which entry comes next, what waits for a join to be answered, and whether something is missing.
//!
//! Chat, document and notes are each such a log; what an entry does is theirs. Pure.

use protocol::{Position, Replay, Seq, chat::ChatMessage, document::DocumentEdited, note::NoteChanged};

/// An entry that has its place.
pub trait Placed {
    /// Its place.
    fn seq(&self) -> Seq;
}

impl Placed for ChatMessage {
    fn seq(&self) -> Seq {
        self.seq
    }
}

impl Placed for DocumentEdited {
    fn seq(&self) -> Seq {
        self.seq
    }
}

impl Placed for NoteChanged {
    fn seq(&self) -> Seq {
        self.seq
    }
}

/// Where one stands in a log.
#[derive(Clone, Debug, PartialEq)]
pub struct Follower<E> {
    position: Option<Position>,
    joining: bool,
    /// Heard while a join is under way: only its answer tells where these belong.
    early: Vec<E>,
}

/// What an entry that was heard is to the log so far.
#[derive(Clone, Debug, PartialEq)]
pub enum Next<E> {
    /// The next: it is to be taken now, and one stands behind it.
    Take(E),
    /// Known already, or kept until the answer to a join.
    Wait,
    /// Something before it is missing: join again and say where we stand. It is kept until the answer.
    Gap,
}

/// What became of something that a model heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heard {
    /// It has its place now, or had it already, or waits for the answer to a join.
    Taken,
    /// Something before it is missing: join again and say where we stand. It is kept until the answer.
    Gap,
}

impl<E> Default for Follower<E> {
    /// Before the first join.
    fn default() -> Self {
        Self {
            position: None,
            joining: true,
            early: Vec::new(),
        }
    }
}

impl<E: Placed> Follower<E> {
    /// Where we stand, to resume from. `None` before the first welcome.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// Whether a join is under way.
    #[must_use]
    pub fn is_joining(&self) -> bool {
        self.joining
    }

    /// A join was asked for: until its answer, what is heard waits.
    pub fn join_asked(&mut self) {
        self.joining = true;
    }

    /// The connection was lost: what was heard early comes again with the next welcome.
    pub fn interrupted(&mut self) {
        self.joining = true;
        self.early.clear();
    }

    /// What the answer to a join brings that is not here yet. Two joins may be under way after a connection was lost, and
    /// the answer to one be older than what was heard after that to the other: it must not lead back.
    #[must_use]
    pub fn unknown<S>(&self, replay: Replay<E, S>) -> Replay<E, S> {
        let here = self.position.filter(|here| here.epoch == replay.position.epoch);
        let Some(here) = here else { return replay };
        if replay.position.seq < here.seq {
            return Replay {
                position: here,
                recovered: true,
                snapshot: None,
                entries: Vec::new(),
            };
        }
        let mut replay = replay;
        replay
            .entries
            .retain(|entry| !replay.recovered || entry.seq() > here.seq);
        replay
    }

    /// The answer to a join brought us here. Returns what was heard meanwhile, to be heard again now.
    pub fn joined(&mut self, position: Position) -> Vec<E> {
        self.position = Some(position);
        self.joining = false;
        std::mem::take(&mut self.early)
    }

    /// Something was heard.
    pub fn heard(&mut self, entry: E) -> Next<E> {
        let Some(position) = self.position.filter(|_| !self.joining) else {
            self.early.push(entry);
            return Next::Wait;
        };
        let seq = entry.seq();
        if seq <= position.seq {
            return Next::Wait;
        }
        if seq > position.seq.next() {
            self.joining = true;
            self.early.push(entry);
            return Next::Gap;
        }
        self.position = Some(Position { seq, ..position });
        Next::Take(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::Epoch;

    impl Placed for u64 {
        fn seq(&self) -> Seq {
            Seq(*self)
        }
    }

    fn at(seq: u64) -> Position {
        Position {
            epoch: Epoch(1),
            seq: Seq(seq),
        }
    }

    /// Hears everything in turn; returns what was to be taken, and whether there was a gap.
    fn hear(follower: &mut Follower<u64>, entries: impl IntoIterator<Item = u64>) -> (Vec<u64>, bool) {
        let (mut taken, mut gap) = (Vec::new(), false);
        for entry in entries {
            match follower.heard(entry) {
                Next::Take(entry) => taken.push(entry),
                Next::Gap => gap = true,
                Next::Wait => {}
            }
        }
        (taken, gap)
    }

    #[test]
    fn what_comes_while_joining_waits_for_the_answer() {
        let mut follower = Follower::default();
        assert_eq!(hear(&mut follower, [4, 5]), (vec![], false));
        let early = follower.joined(at(4));
        assert_eq!(hear(&mut follower, early), (vec![5], false));
        assert_eq!(follower.position(), Some(at(5)));
    }

    #[test]
    fn a_gap_is_told_once() {
        let mut follower = Follower::default();
        follower.joined(at(1));
        assert_eq!(follower.heard(3), Next::Gap);
        assert_eq!(follower.heard(4), Next::Wait);
        let early = follower.joined(at(2));
        assert_eq!(hear(&mut follower, early), (vec![3, 4], false));
    }

    #[test]
    fn the_answer_to_an_older_join_does_not_lead_back() {
        let mut follower = Follower::<u64>::default();
        let replay = |end, recovered, entries: &[u64]| Replay {
            position: at(end),
            recovered,
            snapshot: (!recovered).then_some(()),
            entries: entries.to_vec(),
        };
        assert_eq!(
            follower.unknown(replay(2, false, &[1, 2])),
            replay(2, false, &[1, 2]),
            "all is new"
        );
        follower.joined(at(2));
        follower.join_asked();
        follower.join_asked();
        follower.joined(at(2));
        assert_eq!(hear(&mut follower, [3, 4]), (vec![3, 4], false));
        // Asked for at 2, read before 4 or after it.
        assert_eq!(follower.unknown(replay(3, true, &[3])), replay(4, true, &[]));
        assert_eq!(follower.unknown(replay(5, true, &[3, 4, 5])), replay(5, true, &[5]));
        assert_eq!(follower.unknown(replay(3, false, &[2, 3])), replay(4, true, &[]));
        let anew = Position {
            epoch: Epoch(2),
            seq: Seq(1),
        };
        let anew = Replay {
            position: anew,
            ..replay(1, false, &[1])
        };
        assert_eq!(follower.unknown(anew.clone()), anew, "another life");
    }

    proptest! {
        /// However entries come, repeated, lost or late: what is taken counts up by one, and a join closes every gap.
        #[test]
        fn nothing_is_taken_twice_or_out_of_turn(heard in prop::collection::vec((1..30_u64, any::<bool>()), 0..60)) {
            let (mut follower, mut last, mut newest) = (Follower::default(), 0, 0);
            follower.joined(at(0));
            for (entry, interrupted) in heard {
                newest = newest.max(entry);
                if interrupted {
                    follower.interrupted();
                }
                let mut waiting = vec![entry];
                while !waiting.is_empty() {
                    let (taken, _) = hear(&mut follower, waiting);
                    for entry in taken {
                        prop_assert_eq!(entry, last + 1);
                        last = entry;
                    }
                    waiting = if follower.is_joining() {
                        last = newest;
                        follower.joined(at(newest))
                    } else {
                        Vec::new()
                    };
                }
            }
        }
    }
}
