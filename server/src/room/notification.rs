//! Notifications from a room: whoever is named in a line of the chat hears of it.

use protocol::{UserId, chat::ChatMessage, notification::Notification, presence::PresenceEntry};

/// The people who are named in a line, of those who are in the room, but for its author.
#[must_use]
pub fn mentioned(line: &ChatMessage, present: &[PresenceEntry]) -> Vec<UserId> {
    let people = present.iter().map(|entry| (&entry.user_id, &entry.name));
    let named = app::notification::mention::mentioned(&line.text, people);
    named
        .into_iter()
        .filter(|user| **user != line.user_id)
        .cloned()
        .collect()
}

/// What they are told.
#[must_use]
pub fn notification(line: &ChatMessage) -> Notification {
    Notification {
        id: line.id.clone(),
        from: line.user_id.clone(),
        name: line.name.clone(),
        text: line.text.clone(),
        room: Some(line.room.clone()),
        at: line.at,
    }
}
