//! Chat: what a person says, what everybody hears, and how older lines are read. Lane: log.

use crate::{
    Code, Event, MessageId, Millis, Name, Refusal, Request, RoomId, Seq, UserId,
    limits::{CHAT_PAGE, CHAT_TEXT},
};
use serde::{Deserialize, Serialize};

/// A wish to say something in a room. It must be joined, else `not_joined`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Say {
    /// Where.
    pub room: RoomId,
    /// 1 to 2000 characters (Unicode scalar values), of which one at least is not white space; more is refused with
    /// `text_too_long` and never cut, less with `text_empty`.
    pub text: String,
    /// Made by the client, so that sending again after a lost ack does not say it twice. Absent: the server makes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageId>,
}

impl Say {
    /// Holds the text against its limits. Both sides call this: the page before it sends, the server before it believes.
    pub fn check(&self) -> Result<(), Refusal> {
        check_text(&self.text)
    }
}

/// The rule for a chat text by itself; see [`Say::text`].
pub fn check_text(text: &str) -> Result<(), Refusal> {
    let length = text.chars().count();
    if length > CHAT_TEXT {
        let message = format!("A message has at most {CHAT_TEXT} characters; this one has {length}.");
        return Err(Refusal::new(Code::TextTooLong, message));
    }
    if text.trim().is_empty() {
        return Err(Refusal::new(Code::TextEmpty, "A message needs at least one character."));
    }
    Ok(())
}

impl Event for Say {
    const NAME: &'static str = "chat";
}

impl Request for Say {
    type Reply = Said;
}

/// The ack of [`Say`]: the message has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Its place in the room's chat log.
    pub seq: Seq,
    /// When the server took it.
    pub at: Millis,
}

/// One message as everybody in the room hears it, its author too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// Where it was said.
    pub room: RoomId,
    /// Who said it.
    pub user_id: UserId,
    /// What they were called when they said it.
    pub name: Name,
    /// As sent, unchanged.
    pub text: String,
    /// When the server took it.
    pub at: Millis,
    /// Its place in the room's chat log; one more than the message before.
    pub seq: Seq,
    /// The id that its author gave it.
    pub id: MessageId,
}

impl Event for ChatMessage {
    const NAME: &'static str = "chat";
}

/// Asks for messages older than those at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadChat {
    /// Of which room; it must be joined.
    pub room: RoomId,
    /// Only messages before this one are sent.
    pub before: Seq,
    /// How many at most, 1..=100; more is taken as 100.
    #[serde(default = "page")]
    pub limit: u32,
}

fn page() -> u32 {
    CHAT_PAGE
}

impl Event for ReadChat {
    const NAME: &'static str = "chat.read";
}

impl Request for ReadChat {
    type Reply = ChatPage;
}

/// A stretch of older messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatPage {
    /// Oldest first, without a gap up to the `before` that was asked for.
    pub entries: Vec<ChatMessage>,
    /// Whether there is more before these.
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> Option<Code> {
        check_text(text).err().map(|refusal| refusal.code)
    }

    #[test]
    fn the_limit_counts_characters_not_bytes() {
        assert_eq!(code(&"ü".repeat(2000)), None);
        assert_eq!(code(&"🪐".repeat(2000)), None);
        assert_eq!(code(&"a".repeat(2001)), Some(Code::TextTooLong));
    }

    #[test]
    fn white_space_says_nothing() {
        assert_eq!(code(""), Some(Code::TextEmpty));
        assert_eq!(code(" \n\t "), Some(Code::TextEmpty));
    }

    proptest! {
        #[test]
        fn any_text_within_the_limit_is_taken_as_it_is(text in "\\PC{1,2000}") {
            prop_assert_eq!(check_text(&text).is_ok(), !text.trim().is_empty());
        }
    }
}
