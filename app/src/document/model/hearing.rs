//! What comes from the server: welcomes, edits in the order of the log, and the answers to one's own.

use super::{Kept, Model};
use crate::log::{Follower, Heard, Next};
use ::document::{Client, OperationSeq, client, difference, wire};
use protocol::{
    Code, MessageId, Position, Refusal, Replay,
    document::{CaretAt, DocumentEdited, Edited},
};

/// What is to be done after an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum After {
    /// Send what there is to send.
    Send,
    /// Send the same again after this many milliseconds.
    Again(u64),
    /// Join again, saying where we stand.
    Join,
}

/// What is said where a server has begun anew without the text that stands here.
const LOST: &str = "The server has lost this document and has begun anew. What stood here is kept.";

/// What is said behind a refusal.
const WRITTEN: &str = " What you wrote is kept here.";

impl Model {
    /// A join was asked for: until its answer, what is heard waits.
    pub fn join_asked(&mut self) {
        self.follower.join_asked();
    }

    /// The connection was lost. What is not confirmed stays, and is sent anew after the next welcome.
    pub fn interrupted(&mut self) {
        self.follower.interrupted();
    }

    /// The answer to a join.
    pub fn replayed(&mut self, replay: Replay<DocumentEdited, String>, carets: &[CaretAt]) -> Heard {
        let replay = self.follower.unknown(replay);
        let mut heard = Heard::Taken;
        if let Some(text) = replay.snapshot {
            self.reset(replay.position, text);
        }
        for edited in replay.entries {
            heard = heard.max(self.take(edited));
        }
        self.others.welcomed(carets, self.client.as_ref());
        self.mine.tell_again();
        if heard == Heard::Gap {
            return heard;
        }
        let early = self.follower.joined(replay.position);
        let heard = early.into_iter().map(|edited| self.heard(edited));
        heard.fold(Heard::Taken, Ord::max)
    }

    /// One edit as everybody hears it.
    pub fn heard(&mut self, edited: DocumentEdited) -> Heard {
        match self.follower.heard(edited) {
            Next::Take(edited) => self.take(edited),
            Next::Wait => Heard::Taken,
            Next::Gap => Heard::Gap,
        }
    }

    /// The server's answer to an edit.
    pub fn answered(&mut self, id: &MessageId, answer: Result<Edited, Refusal>) -> After {
        let Some(client) = self.client.as_mut().filter(|client| client.outstanding() == Some(id)) else {
            return After::Send;
        };
        match answer {
            Ok(edited) => {
                let change = client.acknowledged(id, edited.seq);
                self.changed(change);
                After::Send
            }
            Err(refusal) => self.refused(id, refusal),
        }
    }

    fn take(&mut self, edited: DocumentEdited) -> Heard {
        let Some(client) = &mut self.client else {
            return Heard::Gap;
        };
        let mine = (edited.user_id == self.me).then_some(&edited.id);
        let heard = wire::read(&edited.operation).ok().and_then(|operation| {
            let heard = client.heard(edited.seq, mine, operation.clone()).ok()?;
            Some((heard, operation))
        });
        let Some((heard, operation)) = heard else {
            return self.astray();
        };
        self.others.heard(edited.peer, edited.seq, &operation);
        match heard {
            client::Heard::Confirmed => self.mine.tell_again(),
            client::Heard::Changed(change) => self.changed(Some(change)),
            client::Heard::Known => {}
            client::Heard::Gap => return Heard::Gap,
        }
        Heard::Taken
    }

    /// Our text is not what the server's log comes to: only a snapshot helps.
    fn astray(&mut self) -> Heard {
        self.follower = Follower::default();
        Heard::Gap
    }

    fn reset(&mut self, position: Position, text: String) {
        match &mut self.client {
            Some(client) => {
                let anew = client.position().epoch != position.epoch && client.text() != text;
                let before = anew.then(|| client.text().to_owned());
                let change = client.reset(position, &text);
                self.changed(Some(change));
                self.kept = Kept::with(self.kept.take(), before.unwrap_or_default(), LOST.to_owned());
            }
            None => {
                self.unseen = difference(&self.shown, &text, None);
                self.client = Some(Client::new(position, text));
            }
        }
    }

    fn refused(&mut self, id: &MessageId, refusal: Refusal) -> After {
        if let Some(ms) = refusal.retry_after_ms {
            return After::Again(ms);
        }
        if matches!(
            refusal.code,
            Code::HistoryGone | Code::UnknownRevision | Code::NotJoined
        ) {
            return After::Join;
        }
        let undone = self.client.as_mut().and_then(|client| client.refused(id));
        let bad = refusal.code == Code::BadOperation;
        if let Some(undone) = undone {
            self.kept = Kept::with(self.kept.take(), undone.inserted, refusal.message + WRITTEN);
            self.changed(Some(undone.change));
        }
        if bad {
            self.astray();
            return After::Join;
        }
        After::Send
    }

    /// The text was changed, by whomever, but not in the text field.
    fn changed(&mut self, change: Option<OperationSeq>) {
        let Some(change) = change.filter(|change| !change.is_noop()) else {
            return;
        };
        self.undo.heard(&change);
        self.see_later(&change);
        self.stepped = false;
    }
}
