//! Notifications: a line for one person, wherever they are connected. Lane: none; who is not connected does not hear it.

use crate::{Event, MessageId, Millis, Name, Refusal, RoomId, UserId, chat::check_text};
use serde::{Deserialize, Serialize};

/// The body of `POST /api/users/{id}/notify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notify {
    /// 1 to [`crate::limits::CHAT_TEXT`] characters, one of them visible.
    pub text: String,
    /// Where it leads, if anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
}

impl Notify {
    /// Refuses a text that nobody may say: `text_empty` or `text_too_long`.
    pub fn check(&self) -> Result<(), Refusal> {
        check_text(&self.text)
    }
}

/// What all connections of a person hear, once each: somebody wrote their name into a chat, or a program has something to
/// say to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The chat message that names the person, or the notification's own.
    pub id: MessageId,
    /// Who it is from.
    pub from: UserId,
    /// What they are called.
    pub name: Name,
    /// What it says.
    pub text: String,
    /// Where it was said, or where it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// When.
    pub at: Millis,
}

impl Event for Notification {
    const NAME: &'static str = "notification";
}
