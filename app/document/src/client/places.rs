//! Places in the text at hand as places in the server's text, and back: one's own caret on its way up, others' as they come.

use super::{Client, pending::Pending};
use crate::{
    OperationSeq,
    caret::{self, Side},
};
use protocol::{Seq, document::Caret};

impl Client {
    /// A place in the text at hand as one in the text of [`Self::position`]: what others can be told. Within what is
    /// pending, it is where that was written; so tell it again after a confirmation.
    #[must_use]
    pub fn to_server(&self, place: usize) -> u32 {
        let place = self
            .operations()
            .rev()
            .fold(place.min(self.length), |place, operation| caret::back(operation, place));
        caret::short(place)
    }

    /// A place in the text of [`Self::position`] as one in the text at hand. `mine`: the caret's owner is who writes here,
    /// so that it is pushed along by what is pending.
    #[must_use]
    pub fn to_local(&self, place: usize, mine: bool) -> usize {
        let side = if mine { Side::Behind } else { Side::Before };
        let moved = self.operations().fold(place, |place, operation| {
            caret::transform(operation, place.min(operation.base_len()), side)
        });
        moved.min(self.length)
    }

    /// Somebody else's caret as one in the text at hand. `side` says for each revision since on which side of an insertion
    /// the caret ends up: [`Side::Behind`] where the caret's owner made it. `None` for a revision that is yet to come, or
    /// that lies too far back.
    #[must_use]
    pub fn caret(&self, caret: Caret, side: impl Fn(Seq) -> Side) -> Option<Caret> {
        let newest = self.position.seq;
        let count = newest.0.checked_sub(caret.seq.0)?;
        let brought = caret::bring(caret, self.echoes.last(count, newest)?, side);
        Some(caret::map(brought, newest, |place| self.to_local(place, false)))
    }

    /// From the text of the position to the one at hand.
    fn operations(&self) -> impl DoubleEndedIterator<Item = &OperationSeq> {
        self.pending.iter().flat_map(Pending::operations)
    }
}
