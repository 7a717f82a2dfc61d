//! The document as one person has it: the same machine that a page runs, and edits as somebody might make them.

use document::{
    Client, OperationSeq,
    client::{Heard, Sending},
    wire,
};
use protocol::{Code, MessageId, Position, Refusal, Replay, document::DocumentEdited};

/// A document is cut back where it has grown to this: long enough to be real, short enough to be compared.
const LONG: usize = 4000;

/// One person's document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text(Option<Client>);

/// What is to be done next.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// Nothing.
    Rest,
    /// Send this.
    Send(Sending),
    /// Join again: something is missing.
    Join,
    /// The same, and it should not have come to that.
    Astray,
}

impl Text {
    /// Where to go on after a lost connection.
    pub(crate) fn position(&self) -> Option<Position> {
        self.0.as_ref().map(Client::position)
    }

    /// The text; empty before the welcome.
    pub(crate) fn text(&self) -> &str {
        self.0.as_ref().map_or("", Client::text)
    }

    /// Whether all is confirmed.
    pub(crate) fn is_settled(&self) -> bool {
        self.0.as_ref().is_none_or(Client::is_synchronised)
    }

    /// What a welcome tells.
    pub(crate) fn welcomed(&mut self, replay: Replay<DocumentEdited, String>) -> Next {
        match (&mut self.0, replay.snapshot) {
            (Some(client), Some(snapshot)) => {
                client.reset(replay.position, &snapshot);
            }
            (none, snapshot) if none.is_none() => {
                *none = Some(Client::new(replay.position, snapshot.unwrap_or_default()));
            }
            _ => {}
        }
        for edited in replay.entries {
            if let next @ (Next::Join | Next::Astray) = self.heard(&edited) {
                return next;
            }
        }
        self.again()
    }

    /// An edit as everybody hears it. Ids are nobody else's, so that one's own are known by them.
    pub(crate) fn heard(&mut self, edited: &DocumentEdited) -> Next {
        let Some(client) = &mut self.0 else {
            return Next::Join;
        };
        let Ok(operation) = wire::read(&edited.operation) else {
            return Next::Astray;
        };
        match client.heard(edited.seq, Some(&edited.id), operation) {
            Ok(Heard::Gap) => Next::Join,
            Ok(_) => Next::Rest,
            Err(_) => Next::Astray,
        }
    }

    /// The edit under way once more: nobody knows whether it arrived.
    pub(crate) fn again(&self) -> Next {
        let sending = self.0.as_ref().and_then(Client::again);
        sending.map_or(Next::Rest, Next::Send)
    }

    /// The next edit to send, if none is under way.
    pub(crate) fn take(&mut self, id: impl FnOnce() -> Option<MessageId>) -> Next {
        let sending = self.0.as_mut().and_then(|client| client.take(id));
        sending.map_or(Next::Rest, Next::Send)
    }

    /// The answer to an edit. A refusal that nothing can be done about takes it back, and is returned.
    pub(crate) fn answered(&mut self, id: &MessageId, answer: Result<protocol::Seq, Refusal>) -> Result<Next, Refusal> {
        let Some(client) = &mut self.0 else {
            return Ok(Next::Rest);
        };
        match answer {
            Ok(seq) => {
                client.acknowledged(id, seq);
                Ok(Next::Rest)
            }
            Err(refusal) if matches!(refusal.code, Code::HistoryGone | Code::NotJoined) => Ok(Next::Join),
            Err(refusal) if refusal.retry_after_ms.is_some() => Ok(Next::Rest),
            Err(refusal) => {
                client.refused(id);
                Err(refusal)
            }
        }
    }

    /// Writes a word somewhere, or takes some away where there is too much.
    pub(crate) fn edit(&mut self, word: &str) {
        if let Some(client) = &mut self.0 {
            let length = client.text().chars().count();
            // An edit that does not fit cannot come of a text's own length.
            client.edit(&somewhere(length, word)).ok();
        }
    }
}

fn somewhere(length: usize, word: &str) -> OperationSeq {
    let mut operation = OperationSeq::default();
    let at = fastrand::usize(0..=length);
    let taken = if length > LONG { (length - at).min(100) } else { 0 };
    operation.retain(at as u64);
    operation.insert(word);
    operation.delete(taken as u64);
    operation.retain((length - at - taken) as u64);
    operation
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Epoch, Seq};

    fn begun(text: &str) -> Text {
        let replay = Replay {
            position: Position {
                epoch: Epoch(1),
                seq: Seq(4),
            },
            recovered: false,
            snapshot: Some(text.to_owned()),
            entries: Vec::new(),
        };
        let mut begun = Text::default();
        assert_eq!(begun.welcomed(replay), Next::Rest);
        begun
    }

    fn id() -> Option<MessageId> {
        "1.0.1".parse().ok()
    }

    fn echo(sending: &Sending) -> DocumentEdited {
        DocumentEdited {
            room: "sky".parse().unwrap(),
            user_id: "ann".parse().unwrap(),
            peer: protocol::PeerId(1),
            seq: Seq(5),
            id: sending.id.clone(),
            operation: sending.operation.clone(),
        }
    }

    #[test]
    fn an_edit_goes_out_and_comes_back() {
        let mut text = begun("sky");
        text.edit("!");
        let Next::Send(sending) = text.take(id) else {
            panic!("nothing to send")
        };
        assert_eq!(text.take(id), Next::Rest);
        assert!(!text.is_settled());
        assert_eq!(text.heard(&echo(&sending)), Next::Rest);
        assert!(text.is_settled() && text.text().len() == 4);
    }

    #[test]
    fn what_was_refused_is_taken_back_or_said_again() {
        let mut text = begun("");
        text.edit("word");
        text.take(id);
        let refused = |code| Err(Refusal::new(code, "no"));
        let id = id().unwrap();
        assert_eq!(text.answered(&id, refused(Code::HistoryGone)), Ok(Next::Join));
        assert!(matches!(text.again(), Next::Send(_)));
        assert!(text.answered(&id, refused(Code::BadOperation)).is_err());
        assert_eq!((text.text(), text.is_settled()), ("", true));
    }

    #[test]
    fn edits_fit_and_long_texts_shrink() {
        for length in [0, 1, LONG, LONG + 1, LONG + 500] {
            let operation = somewhere(length, "ab");
            assert_eq!(operation.base_len(), length);
            assert!(length <= LONG || operation.target_len() <= length + 2);
        }
    }
}
