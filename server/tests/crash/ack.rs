//! What the child says on its output: one line an acknowledgement.

use protocol::{Epoch, MessageId, RoomId, Seq};
use server::store::Topic;
use std::{fmt, str::FromStr};

/// Something that was acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Ack {
    pub(crate) room: RoomId,
    pub(crate) topic: Topic,
    pub(crate) epoch: Epoch,
    /// Its place, or the last that the snapshot holds.
    pub(crate) seq: Seq,
    /// `None` for a snapshot.
    pub(crate) id: Option<MessageId>,
}

/// So that lines of the test harness are not taken for acknowledgements.
const MARK: &str = "ack";

impl fmt::Display for Ack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.as_ref().map_or("-", MessageId::as_str);
        let topic = self.topic.as_str();
        write!(f, "{MARK} {} {topic} {} {} {id}", self.room, self.epoch, self.seq)
    }
}

impl FromStr for Ack {
    type Err = ();

    /// Lines that were cut off by the kill are no acknowledgements: each ends with a full stop.
    fn from_str(line: &str) -> Result<Self, ()> {
        let words: Vec<_> = line.split(' ').collect();
        let [MARK, room, topic, epoch, seq, id, "."] = words[..] else {
            return Err(());
        };
        Ok(Self {
            room: room.parse().map_err(drop)?,
            topic: [Topic::Chat, Topic::Document, Topic::Note]
                .into_iter()
                .find(|known| known.as_str() == topic)
                .ok_or(())?,
            epoch: epoch.parse().map_err(drop)?,
            seq: Seq(seq.parse().map_err(drop)?),
            id: (id != "-").then(|| id.parse()).transpose().map_err(drop)?,
        })
    }
}
