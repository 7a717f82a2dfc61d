//! What a person can do in a room. Each is called from an event handler.

use super::Session;
use crate::{backend, chat, identity::model::Renaming, link::Wish};
use leptos::{prelude::*, task::spawn_local};
use protocol::{
    Hue, MessageId, Name, Refusal,
    chat::{ReadChat, Say, check_text},
    limits::CHAT_PAGE,
};

impl Session {
    /// Says something: shown at once, then sent. A text that breaks a limit is refused here, so that it stays in the field.
    pub fn say(&self, text: &str) -> Result<(), Refusal> {
        check_text(text)?;
        if let Some(id) = chat::id::fresh() {
            self.say_as(id, text.to_owned());
        }
        Ok(())
    }

    pub(super) fn say_as(&self, id: MessageId, text: String) {
        self.chat.update(|chat| chat.said(id.clone(), text.clone()));
        self.send_chat(id, text);
    }

    /// Sends a refused message again, with the same id.
    pub fn retry(&self, id: &MessageId) {
        if let Some(text) = self.chat.try_update(|chat| chat.retried(id)).flatten() {
            self.send_chat(id.clone(), text);
        }
    }

    /// Takes a refused message away. Its text is returned, to be written anew.
    pub fn dismiss(&self, id: &MessageId) -> Option<String> {
        self.chat.try_update(|chat| chat.dismissed(id)).flatten()
    }

    /// Asks for older lines, if there are any and none are on their way.
    pub fn read_older(&self) {
        if let Some(before) = self.chat.try_update(chat::model::Model::page_wanted).flatten() {
            self.wish(Wish::ReadChat(ReadChat {
                room: self.room(),
                before,
                limit: CHAT_PAGE,
            }));
        }
    }

    /// The chat came into view or went out of it.
    pub fn see_chat(&self, visible: bool) {
        self.chat.update(|chat| chat.set_visible(visible));
    }

    /// My pointer is here now, in canvas units. It is sent with one of the next frames.
    pub fn point(&self, x: f64, y: f64) {
        self.pointer.update_value(|pointer| pointer.moved(x, y));
    }

    /// Changes what I am called and how I am coloured, and lets that last; how it stands is in [`Session::renaming`]. The
    /// socket connects again, since its token says the old name.
    pub fn rename(&self, name: Name, hue: Hue) {
        let session = *self;
        session.renaming.set(Renaming::Saving);
        spawn_local(async move {
            match backend::rename(name, hue).await {
                Ok(identity) => {
                    session.me.try_set(identity);
                    session.renaming.try_set(Renaming::Idle);
                    session.wish(Wish::Reconnect);
                }
                Err(error) => {
                    session.renaming.try_set(Renaming::Failed(error.to_string()));
                }
            }
        });
    }

    /// Tries again after a refusal, because the person asked for it.
    pub fn reconnect(&self) {
        self.wish(Wish::Reconnect);
    }

    fn send_chat(&self, id: MessageId, text: String) {
        self.wish(Wish::Say(Say {
            room: self.room(),
            text,
            id: Some(id),
        }));
    }
}
