//! Carets in the document: the others', brought along with every edit, and mine, told now and then.

use ::document::{
    Client, OperationSeq,
    caret::{Side, back, transform},
    utf16,
};
use protocol::{
    PeerId, Seq,
    document::{Caret, CaretAt},
};
use std::collections::VecDeque;

/// Authors that are remembered: those of the newest edits, as many as a [`Client`] can bring a caret over.
const AUTHORS: usize = 256;

/// Somebody's caret in what the text field shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whose.
    pub peer: PeerId,
    /// UTF-16 units before where the selection began; the same as `head` where nothing is selected.
    pub anchor: usize,
    /// UTF-16 units before the caret.
    pub head: usize,
    /// How often its owner has moved it, by hand or by writing; what others write does not count.
    pub moves: u32,
}

/// One of the others' carets.
#[derive(Clone, Copy, Debug)]
struct Other {
    peer: PeerId,
    /// As it came or, where it was of the newest revision, moved along since.
    caret: Caret,
    /// See [`Shown::moves`].
    moves: u32,
}

/// The others' carets.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// In order of peer, so that they are drawn in a steady order.
    carets: Vec<Other>,
    /// Who made the newest edits, the last one last, and the revision it made.
    authors: VecDeque<PeerId>,
    newest: Seq,
}

impl Others {
    /// Those that are there when one comes in.
    pub(super) fn welcomed(&mut self, carets: &[CaretAt], client: Option<&Client>) {
        self.carets.clear();
        carets.iter().for_each(|caret| self.moved(*caret, client));
    }

    /// Somebody's caret came. Frames repeat where a caret rests: only another place than the known one is a move.
    pub(super) fn moved(&mut self, CaretAt { peer, caret }: CaretAt, client: Option<&Client>) {
        let known = self.carets.iter().position(|known| known.peer == peer);
        let known = known.map(|index| self.carets.remove(index));
        let Some(caret) = caret else { return };
        let moves = known.map_or(0, |known| {
            let rests = client.is_some_and(|client| {
                let place = |caret| self.bring(peer, caret, client);
                place(caret).is_some_and(|place_now| place(known.caret) == Some(place_now))
            });
            known.moves + u32::from(!rests)
        });
        let place = self.carets.partition_point(|other| other.peer < peer);
        self.carets.insert(place, Other { peer, caret, moves });
    }

    /// Forgets the carets of those who are not there.
    pub(super) fn retain(&mut self, present: impl Fn(PeerId) -> bool) {
        self.carets.retain(|other| present(other.peer));
    }

    /// Somebody edited: carets move along.
    pub(super) fn heard(&mut self, author: PeerId, seq: Seq, operation: &OperationSeq) {
        for other in &mut self.carets {
            other.moves += u32::from(other.peer == author);
            other.follow(author, seq, operation);
        }
        if self.authors.len() == AUTHORS {
            self.authors.pop_front();
        }
        self.authors.push_back(author);
        self.newest = seq;
    }

    /// Whether there are any but mine.
    pub(super) fn any(&self, me: Option<PeerId>) -> bool {
        self.carets.iter().any(|other| Some(other.peer) != me)
    }

    /// Carets as places in what is shown, in order of peer. One of a revision that is yet to come is not there yet.
    pub(super) fn shown(&self, client: &Client, unseen: &OperationSeq, shown: &str, me: Option<PeerId>) -> Vec<Shown> {
        let others = self.carets.iter().filter(|other| Some(other.peer) != me);
        others
            .filter_map(|other| {
                let caret = self.bring(other.peer, other.caret, client)?;
                let units = |place: u32| utf16::to_units(shown, back(unseen, place as usize));
                Some(Shown {
                    peer: other.peer,
                    anchor: units(caret.anchor),
                    head: units(caret.head),
                    moves: other.moves,
                })
            })
            .collect()
    }

    /// A caret in the client's text.
    fn bring(&self, peer: PeerId, caret: Caret, client: &Client) -> Option<Caret> {
        client.caret(caret, |seq| side(peer, self.author(seq)))
    }

    fn author(&self, seq: Seq) -> Option<PeerId> {
        let back = usize::try_from(self.newest.0.checked_sub(seq.0)?).ok()?;
        self.authors.iter().rev().nth(back).copied()
    }
}

impl Other {
    /// Moves along with an edit, where it stands right before that.
    fn follow(&mut self, author: PeerId, seq: Seq, operation: &OperationSeq) {
        if self.caret.seq.next() == seq {
            let side = side(self.peer, Some(author));
            let end = operation.base_len();
            let moved = |place: u32| transform(operation, (place as usize).min(end), side) as u32;
            self.caret = Caret {
                seq,
                anchor: moved(self.caret.anchor),
                head: moved(self.caret.head),
            };
        }
    }
}

/// What somebody writes pushes their own caret along, and nobody else's.
fn side(peer: PeerId, author: Option<PeerId>) -> Side {
    if author == Some(peer) {
        Side::Behind
    } else {
        Side::Before
    }
}

/// My caret.
#[derive(Debug)]
pub(super) struct Mine {
    /// Characters of what is shown: where the selection began, and where it ends.
    caret: Option<(usize, usize)>,
    unsent: bool,
    /// When it was last told, in milliseconds.
    told: f64,
}

impl Default for Mine {
    fn default() -> Self {
        Self {
            caret: None,
            unsent: false,
            told: f64::NEG_INFINITY,
        }
    }
}

impl Mine {
    /// It is here now.
    pub(super) fn placed(&mut self, caret: Option<(usize, usize)>) {
        self.unsent |= self.caret != caret;
        self.caret = caret;
    }

    /// What was unseen is shown: it stands in another text now.
    pub(super) fn follow(&mut self, unseen: &OperationSeq) {
        let moved = |place| transform(unseen, place, Side::Before);
        self.caret = self.caret.map(|(anchor, head)| (moved(anchor), moved(head)));
    }

    /// The server may know it no longer, or no better than where the last edit was begun.
    pub(super) fn tell_again(&mut self) {
        self.unsent |= self.caret.is_some();
    }

    /// What to tell, if it is time.
    pub(super) fn due(
        &mut self,
        client: &Client,
        unseen: &OperationSeq,
        now: f64,
        every: f64,
    ) -> Option<Option<Caret>> {
        if !self.unsent || now - self.told < every {
            return None;
        }
        self.unsent = false;
        self.told = now;
        let place = |place| client.to_server(transform(unseen, place, Side::Before));
        Some(self.caret.map(|(anchor, head)| Caret {
            seq: client.position().seq,
            anchor: place(anchor),
            head: place(head),
        }))
    }
}
