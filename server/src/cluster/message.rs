//! What replicas tell each other, as it stands on a channel: a line that says what it is, and a body. Pure.
//!
//! The line begins with the version of this format, so that replicas of two versions can run side by side: what is of
//! another version is counted and left alone, and whoever misses it reads the store.

use super::Life;
use crate::{
    lease::Holding,
    revocation::Revocation,
    store::{Entry, Topic},
};
use protocol::{
    Epoch, PeerId, Seq, UserId, cursor::CursorAt, document::CaretAt, notification::Notification, typing::TypingAt,
};
use serde::{Deserialize, Serialize};
use std::{str::SplitAsciiWhitespace, sync::Arc};

/// The version of this format. The scripts write it too.
const VERSION: &str = "1";

/// What is told on a room's channel.
#[derive(Clone, Debug, PartialEq)]
pub enum RoomTold {
    /// An entry has its place. Told by the script that gave it.
    Entry(Topic, Epoch, Entry),
    /// A log has begun a new life. Told by the script that began it.
    Life(Topic, Epoch),
    /// On one replica somebody came, changed or left. Told by the script that wrote it down.
    Present(Life, Present),
    /// What moved in one tick on another replica.
    Tick(Moved),
    /// Another replica has somebody in the room from now on, and does not know where anybody points.
    Hello,
}

/// A change of who is in a room on one replica.
#[derive(Clone, Debug, PartialEq)]
pub struct Present {
    /// The count of changes of the room's presence; one that is left out was missed.
    pub version: u64,
    /// Whether `held` is all that there are on this replica.
    pub whole: bool,
    /// Who came or changed, and who left.
    pub change: PresentChange,
}

/// The body of [`Present`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PresentChange {
    /// Who came or changed.
    pub held: Vec<Holding>,
    /// Who left.
    pub gone: Vec<PeerId>,
}

/// What moved on one replica.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// Where they point.
    pub cursors: Vec<CursorAt>,
    /// Where their carets are.
    pub carets: Vec<CaretAt>,
    /// Whether they are typing.
    pub typing: Vec<TypingAt>,
}

/// What is told on the channel that all replicas hear.
#[derive(Clone, Debug, PartialEq)]
pub enum BusTold {
    /// A replica lives; its so many-th beat.
    Beat(Life, u64),
    /// Something for one person's connections.
    Notify(UserId, Notification),
    /// Tokens of one person were revoked. Told by the script that wrote it down.
    Revoke(Revocation),
}

/// Why something on a channel of ours is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It is no message of ours.
    #[error("no message of ours")]
    Foreign,
    /// It is one of another version.
    #[error("a message of another version")]
    Version,
}

impl Unread {
    /// Its label in `collab_bus_dropped_total`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Foreign => "foreign",
            Self::Version => "version",
        }
    }
}

impl RoomTold {
    /// Its label in the metrics of the bus.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Entry(..) => "entry",
            Self::Life(..) => "life",
            Self::Present(..) => "presence",
            Self::Tick(..) => "tick",
            Self::Hello => "hello",
        }
    }

    /// Reads what stands on a room's channel. `None` for what comes back to the replica that told it (`own`) and says
    /// nothing new there; it is not read any further.
    pub fn read(text: &str, own: &Life) -> Result<Option<Self>, Unread> {
        let (kind, mut line, body) = open(text)?;
        let told = match kind {
            "entry" => {
                let (topic, epoch) = (topic(&mut line)?, next(&mut line)?);
                let entry = Entry {
                    seq: Seq(next(&mut line)?),
                    by: next(&mut line)?,
                    id: next(&mut line)?,
                    body: Arc::from(body),
                };
                Self::Entry(topic, epoch, entry)
            }
            "life" => Self::Life(topic(&mut line)?, next(&mut line)?),
            "presence" => {
                let life = next(&mut line)?;
                let present = Present {
                    version: next(&mut line)?,
                    whole: next::<u8>(&mut line)? == 1,
                    change: json(body)?,
                };
                Self::Present(life, present)
            }
            "tick" | "hello" => {
                let life: Life = next(&mut line)?;
                if life == *own {
                    return Ok(None);
                }
                if kind == "hello" {
                    Self::Hello
                } else {
                    Self::Tick(json(body)?)
                }
            }
            _ => return Err(Unread::Foreign),
        };
        Ok(Some(told))
    }
}

/// Writes what moved in one tick.
#[must_use]
pub fn tick(life: &Life, moved: &Moved) -> String {
    format!("{VERSION} tick {life}\n{}", written(moved))
}

/// Writes a hello.
#[must_use]
pub fn hello(life: &Life) -> String {
    format!("{VERSION} hello {life}\n")
}

impl BusTold {
    /// Its label in the metrics of the bus.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Beat(..) => "beat",
            Self::Notify(..) => "notification",
            Self::Revoke(_) => "revocation",
        }
    }

    /// Reads what stands on the channel that all hear.
    pub fn read(text: &str) -> Result<Self, Unread> {
        let (kind, mut line, body) = open(text)?;
        match kind {
            "beat" => Ok(Self::Beat(next(&mut line)?, next(&mut line)?)),
            "notification" => Ok(Self::Notify(next(&mut line)?, json(body)?)),
            "revocation" => {
                let (user, at) = (next(&mut line)?, next(&mut line)?);
                Ok(Self::Revoke(Revocation { user, at }))
            }
            _ => Err(Unread::Foreign),
        }
    }

    /// Writes it.
    #[must_use]
    pub fn write(&self) -> String {
        match self {
            Self::Beat(life, beat) => format!("{VERSION} beat {life} {beat}\n"),
            Self::Notify(user, notification) => format!("{VERSION} notification {user}\n{}", written(notification)),
            // As the script writes it.
            Self::Revoke(Revocation { user, at }) => format!("{VERSION} revocation {user} {at}\n"),
        }
    }
}

/// Its kind, the rest of its line, and its body.
fn open(text: &str) -> Result<(&str, SplitAsciiWhitespace<'_>, &str), Unread> {
    let (line, body) = text.split_once('\n').ok_or(Unread::Foreign)?;
    let mut line = line.split_ascii_whitespace();
    match line.next() {
        Some(VERSION) => {}
        Some(version) if version.parse::<u32>().is_ok() => return Err(Unread::Version),
        _ => return Err(Unread::Foreign),
    }
    Ok((line.next().ok_or(Unread::Foreign)?, line, body))
}

fn next<T: std::str::FromStr>(line: &mut SplitAsciiWhitespace<'_>) -> Result<T, Unread> {
    let word = line.next().ok_or(Unread::Foreign)?;
    word.parse().map_err(|_| Unread::Foreign)
}

fn topic(line: &mut SplitAsciiWhitespace<'_>) -> Result<Topic, Unread> {
    let word = line.next().ok_or(Unread::Foreign)?;
    Topic::ALL
        .into_iter()
        .find(|topic| topic.as_str() == word)
        .ok_or(Unread::Foreign)
}

fn json<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, Unread> {
    serde_json::from_str(body).map_err(|_| Unread::Foreign)
}

/// Numbers, ids and strings always serialize.
pub(super) fn written<T: Serialize>(body: &T) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::{Millis, document::Caret};

    fn life() -> Life {
        Life::of("node-a")
    }

    #[test]
    fn an_entry_is_read_as_the_script_writes_it() {
        let text = "1 entry chat 00000000000000ff 7 ann m-1\n{\"text\":\"two\\nlines\"}\nand what follows";
        let Ok(Some(RoomTold::Entry(topic, epoch, entry))) = RoomTold::read(text, &life()) else {
            panic!("not read");
        };
        assert_eq!((topic, epoch, entry.seq), (Topic::Chat, Epoch(255), Seq(7)));
        assert_eq!((entry.by.as_str(), entry.id.as_str()), ("ann", "m-1"));
        assert_eq!(&*entry.body, "{\"text\":\"two\\nlines\"}\nand what follows");
    }

    #[test]
    fn what_is_written_is_read() {
        let moved = Moved {
            cursors: vec![CursorAt::new(PeerId(1), 2.5, -3.0)],
            carets: vec![CaretAt {
                peer: PeerId(1),
                caret: Some(Caret {
                    seq: Seq(4),
                    anchor: 1,
                    head: 2,
                }),
            }],
            typing: vec![TypingAt(PeerId(1), true)],
        };
        let (life, other) = (life(), Life::of("node-b"));
        let read = |text: String| RoomTold::read(&text, &life);
        assert_eq!(read(tick(&other, &moved)), Ok(Some(RoomTold::Tick(moved.clone()))));
        assert_eq!(read(hello(&other)), Ok(Some(RoomTold::Hello)));
        for own in [tick(&life, &moved), hello(&life)] {
            assert_eq!(read(own), Ok(None));
        }
        let notification = Notification {
            id: "n-1".parse().unwrap(),
            from: "ci".parse().unwrap(),
            name: "CI".parse().unwrap(),
            text: "two\nlines".to_owned(),
            room: None,
            at: Millis(5),
        };
        for told in [
            BusTold::Beat(life, 3),
            BusTold::Notify("ann".parse().unwrap(), notification),
            BusTold::Revoke(Revocation {
                user: "ann".parse().unwrap(),
                at: 1_795_341_600,
            }),
        ] {
            assert_eq!(BusTold::read(&told.write()), Ok(told));
        }
    }

    #[test]
    fn what_is_not_ours_is_told_from_what_is_newer() {
        for foreign in [
            "",
            "hello",
            "1",
            "1 entry\n",
            "1 dance node\n",
            "x hello a:1\n",
            "1 tick a:1\n{}",
        ] {
            let read = RoomTold::read(foreign, &life());
            assert_eq!(read, Err(Unread::Foreign), "{foreign:?}");
        }
        assert_eq!(RoomTold::read("2 entry whatever\n", &life()), Err(Unread::Version));
        assert_eq!(BusTold::read("17 beat\n"), Err(Unread::Version));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,80}\n?\\PC{0,40}") {
            drop(RoomTold::read(&text, &life()));
            drop(BusTold::read(&text));
        }
    }
}
