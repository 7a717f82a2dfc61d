//! One frame of a room: the same moves as one message for those who batch, and as many for those who do not.

use super::State;
use crate::{
    clock::Now,
    room::{
        outbox::{Frame, Single},
        tick::Moves,
    },
};
use protocol::{
    PeerId, ServerEvent, UserId,
    cursor::{CursorAt, CursorMoved, CursorsMoved},
    document::{Caret, CaretAt, CaretMoved},
    typing::{TypingAt, TypingChanged},
};

impl State {
    /// Writes out what moved.
    pub(super) fn frame(&self, now: Now, moves: &Moves) -> Frame {
        let batch = CursorsMoved {
            room: self.room.clone(),
            at: now.at,
            moves: moves
                .cursors
                .all()
                .map(|(peer, (x, y))| CursorAt::new(*peer, *x, *y))
                .collect(),
            carets: moves
                .carets
                .all()
                .map(|(peer, caret)| CaretAt {
                    peer: *peer,
                    caret: *caret,
                })
                .collect(),
            typing: moves
                .typing
                .all()
                .map(|(peer, typing)| TypingAt(*peer, *typing))
                .collect(),
        };
        let singles = self
            .cursors(&moves.cursors.fresh)
            .chain(self.carets(&moves.carets.fresh))
            .chain(self.typings(&moves.typing.fresh));
        let repeated = self
            .cursors(&moves.cursors.repeated)
            .chain(self.carets(&moves.carets.repeated))
            .chain(self.typings(&moves.typing.repeated));
        let singles: Vec<Single> = singles.collect();
        let everyone = if moves.full {
            singles.iter().cloned().chain(repeated).collect()
        } else {
            Vec::new()
        };
        Frame {
            batch,
            singles,
            everyone,
        }
    }

    fn cursors<'a>(&'a self, moved: &'a [(PeerId, (f64, f64))]) -> impl Iterator<Item = Single> + 'a {
        moved.iter().filter_map(|(peer, (x, y))| {
            let CursorAt(peer, x, y) = CursorAt::new(*peer, *x, *y);
            self.single(peer, |user_id| {
                let room = self.room.clone();
                CursorMoved {
                    room,
                    user_id,
                    x,
                    y,
                    peer,
                }
            })
        })
    }

    fn carets<'a>(&'a self, moved: &'a [(PeerId, Option<Caret>)]) -> impl Iterator<Item = Single> + 'a {
        moved.iter().filter_map(|(peer, caret)| {
            let (peer, caret, room) = (*peer, *caret, self.room.clone());
            self.single(peer, |user_id| CaretMoved {
                room,
                user_id,
                peer,
                caret,
            })
        })
    }

    fn typings<'a>(&'a self, changed: &'a [(PeerId, bool)]) -> impl Iterator<Item = Single> + 'a {
        changed.iter().filter_map(|(peer, typing)| {
            let (peer, typing, room) = (*peer, *typing, self.room.clone());
            self.single(peer, |user_id| TypingChanged {
                room,
                user_id,
                peer,
                typing,
            })
        })
    }

    /// An event about a connection that is here.
    fn single<E: Into<ServerEvent>>(&self, peer: PeerId, event: impl FnOnce(UserId) -> E) -> Option<Single> {
        let user_id = self.presence.person(peer)?.user_id.clone();
        Some(Single {
            peer,
            event: event(user_id).into(),
        })
    }
}
