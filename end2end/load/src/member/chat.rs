//! The chat as one person heard it: what came, in which order, and whether anything came twice or is missing.

use protocol::{Epoch, Position, Replay, Seq};
use serde::Deserialize;

/// A line as far as it concerns us.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Line {
    pub(crate) seq: Seq,
    pub(crate) id: String,
}

/// What became of a line that was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It is the next.
    Fresh,
    /// It had been heard, as it had to: the welcome had it already.
    Known,
    /// It had been heard, and should not have come again.
    Twice,
    /// One before it has not come.
    Gap,
}

/// All that was heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chat {
    /// Which life of the log; `None` before the welcome, and of a server that has none.
    epoch: Option<Epoch>,
    /// The last line; `None` before the welcome, and before the first line of a server that did not say where it stands.
    last: Option<Seq>,
    welcomed: bool,
    /// Up to here the newest welcome told.
    told: Seq,
    /// The [fingerprints](fingerprint) of all lines, in their order.
    lines: Vec<u64>,
    /// Lines that came twice.
    pub(crate) doubled: u64,
    /// Lines that a server said it did not have any more.
    pub(crate) forgotten: u64,
}

impl Chat {
    /// Where to go on after a lost connection.
    pub(crate) fn position(&self) -> Option<Position> {
        Some(Position {
            epoch: self.epoch?,
            seq: self.last?,
        })
    }

    /// The lines that were heard.
    pub(crate) fn lines(&self) -> &[u64] {
        &self.lines
    }

    /// What a welcome tells. Returns the lines that are new.
    pub(crate) fn welcomed(&mut self, replay: Replay<Line>) -> Vec<Line> {
        let first = !std::mem::replace(&mut self.welcomed, true);
        let same_life = self.epoch == Some(replay.position.epoch);
        let last = self.last.filter(|_| same_life).unwrap_or_default();
        let fresh: Vec<Line> = replay.entries.into_iter().filter(|line| line.seq > last).collect();
        let before = fresh.first().map_or(replay.position.seq.0, |line| line.seq.0 - 1);
        if !first {
            // In another life of the log nobody knows how many there were; that it is another counts as one.
            self.forgotten += before.saturating_sub(last.0) + u64::from(!same_life);
        }
        self.lines.extend(fresh.iter().map(|line| fingerprint(&line.id)));
        self.epoch = Some(replay.position.epoch);
        self.last = Some(replay.position.seq);
        self.told = replay.position.seq;
        fresh
    }

    /// A welcome that tells nothing of the chat, from a server that keeps none: the next line is the first.
    pub(crate) fn welcomed_without(&mut self) {
        self.welcomed = true;
    }

    /// A line that came by itself.
    pub(crate) fn heard(&mut self, line: &Line) -> Heard {
        if !self.welcomed {
            return Heard::Gap;
        }
        if line.seq <= self.told {
            return Heard::Known;
        }
        match self.last {
            Some(last) if line.seq <= last => {
                self.doubled += 1;
                return Heard::Twice;
            }
            Some(last) if line.seq > last.next() => return Heard::Gap,
            _ => {}
        }
        self.last = Some(line.seq);
        self.lines.push(fingerprint(&line.id));
        Heard::Fresh
    }
}

/// A line's id in eight bytes (FNV-1a): many people remember many lines.
pub(crate) fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seq: u64) -> Line {
        Line {
            seq: Seq(seq),
            id: format!("{seq}"),
        }
    }

    fn replay(epoch: u64, at: u64, entries: &[u64]) -> Replay<Line> {
        Replay {
            position: Position {
                epoch: Epoch(epoch),
                seq: Seq(at),
            },
            recovered: true,
            snapshot: None,
            entries: entries.iter().copied().map(line).collect(),
        }
    }

    fn chat(at: u64) -> Chat {
        let mut chat = Chat::default();
        chat.welcomed(replay(1, at, &[]));
        chat
    }

    #[test]
    fn lines_come_one_after_the_other() {
        let mut chat = chat(3);
        let heard = [3, 4, 6, 4, 5].map(|seq| chat.heard(&line(seq)));
        assert_eq!(
            heard,
            [Heard::Known, Heard::Fresh, Heard::Gap, Heard::Twice, Heard::Fresh]
        );
        assert_eq!((chat.lines().len(), chat.doubled), (2, 1));
    }

    #[test]
    fn who_comes_back_is_told_what_they_missed() {
        let mut chat = chat(0);
        chat.heard(&line(1));
        let fresh = chat.welcomed(replay(1, 3, &[2, 3]));
        assert_eq!(fresh, [line(2), line(3)]);
        assert_eq!(chat.heard(&line(3)), Heard::Known);
        assert_eq!((chat.lines().len(), chat.doubled, chat.forgotten), (3, 0, 0));
    }

    #[test]
    fn what_is_told_no_more_is_counted() {
        let mut chat = chat(1);
        chat.welcomed(replay(1, 5, &[4, 5]));
        assert_eq!(chat.forgotten, 2);
        chat.welcomed(replay(2, 1, &[1]));
        assert_eq!((chat.forgotten, chat.lines().len()), (3, 3));
    }

    #[test]
    fn nothing_is_heard_before_the_welcome() {
        assert_eq!(Chat::default().heard(&line(1)), Heard::Gap);
    }

    #[test]
    fn a_server_that_keeps_no_chat_begins_anywhere() {
        let mut chat = Chat::default();
        chat.welcomed_without();
        let heard = [7, 8, 8].map(|seq| chat.heard(&line(seq)));
        assert_eq!(heard, [Heard::Fresh, Heard::Fresh, Heard::Twice]);
        assert_eq!(chat.position(), None);
    }

    #[test]
    fn fingerprints_differ() {
        assert_eq!(fingerprint(""), 0xcbf2_9ce4_8422_2325);
        assert_ne!(fingerprint("1.2.3"), fingerprint("1.3.2"));
    }
}
