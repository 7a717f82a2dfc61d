//! What a person can do in a room. Each is called from an event handler.

use super::Session;
use crate::{
    backend, chat, clock, document,
    identity::model::Renaming,
    link::Wish,
    note::{self, model::Refused},
    typing,
};
use ::document::client::Sending;
use leptos::{prelude::*, task::spawn_local};
use protocol::{
    Hue, MessageId, Name, Refusal,
    chat::{ReadChat, Say, check_text},
    document::EditDocument,
    limits::CHAT_PAGE,
    note::{Change, ChangeNote},
    typing::Type,
};

impl Session {
    /// Says something: shown at once, then sent. A text that breaks a limit is refused here, so that it stays in the field.
    pub fn say(&self, text: &str) -> Result<(), Refusal> {
        check_text(text)?;
        if let Some(id) = chat::id::fresh() {
            self.say_as(id, text.to_owned());
        }
        // The message itself tells the others that I am done.
        self.hand.update_value(|hand| {
            hand.stopped();
        });
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

    /// The chat's field has this in it now, so that the others see whether I am typing.
    pub fn write(&self, text: &str) {
        let (something, now) = (!text.trim().is_empty(), clock::now());
        let said = self.hand.try_update_value(|hand| hand.wrote(something, now));
        self.say_typing(said.flatten());
    }

    /// I have left the chat's field.
    pub fn stop_writing(&self) {
        self.say_typing(self.hand.try_update_value(typing::model::Hand::stopped).flatten());
    }

    /// The document's text field holds this now, the caret being after so many UTF-16 units. Refused where it breaks a
    /// limit; then the field has to show again what it showed.
    pub fn edit_document(&self, value: &str, caret: Option<usize>) -> Result<(), Refusal> {
        self.edit_document_at(value, caret, clock::now())
    }

    pub(super) fn edit_document_at(&self, value: &str, caret: Option<usize>, now: f64) -> Result<(), Refusal> {
        let typed = self.document.try_update(|document| document.typed(value, caret, now));
        typed.unwrap_or(Ok(()))?;
        self.send_edit();
        Ok(())
    }

    /// Takes back the last thing that I did to the document.
    pub fn undo(&self) {
        if self.document.try_update(document::model::Model::undo) == Some(true) {
            self.send_edit();
        }
    }

    /// Does again what I took back last.
    pub fn redo(&self) {
        if self.document.try_update(document::model::Model::redo) == Some(true) {
            self.send_edit();
        }
    }

    /// My caret is in the document, in UTF-16 units of what is shown; or it is not there.
    pub fn place_caret(&self, caret: Option<(usize, usize)>) {
        self.document.update_untracked(|document| document.placed(caret));
    }

    /// The person has what was refused of the document, or does not want it.
    pub fn let_go(&self) {
        self.document.update(document::model::Model::let_go);
    }

    /// Sends the next edit of the document, if none is under way. Offline everything is collected into one.
    pub(super) fn send_edit(&self) {
        if self.is_live() {
            let edit = self
                .document
                .try_update_untracked(|document| document.take_edit(self.dice.get_value()));
            self.send_document(edit.flatten());
        }
    }

    /// Sends the edit that is under way once more, or the next where none is.
    pub(super) fn send_edit_again(&self) {
        self.edit_again.set_value(None);
        match self.document.with_untracked(document::model::Model::again) {
            Some(edit) => self.send_document(Some(edit)),
            None => self.send_edit(),
        }
    }

    fn send_document(&self, edit: Option<Sending>) {
        if let Some(Sending { id, base, operation }) = edit {
            self.wish(Wish::EditDocument(EditDocument {
                room: self.room(),
                base,
                operation,
                id: Some(id),
            }));
        }
    }

    /// Changes a note: shown at once, then sent. What breaks a limit, or cannot be done to the notes as they are shown, is
    /// refused here.
    pub fn change_note(&self, change: Change) -> Result<(), Refusal> {
        change.check()?;
        let Some(id) = chat::id::fresh() else { return Ok(()) };
        self.change_note_as(id, change)
    }

    pub(super) fn change_note_as(&self, id: MessageId, change: Change) -> Result<(), Refusal> {
        let shown = self.note.try_update(|note| note.changed(id, change));
        self.send_notes();
        shown.unwrap_or(Ok(()))
    }

    /// Changes a note, or, where that is refused here, lets the person decide as about any refusal.
    pub fn change_note_or_ask(&self, change: Change) {
        if let Err(refusal) = self.change_note(change.clone()) {
            self.refused.update(|all| all.push(Refused { change, refusal }));
        }
    }

    /// The person has decided about the oldest change that was refused.
    pub fn decided(&self) {
        self.refused.update(|all| {
            if !all.is_empty() {
                all.remove(0);
            }
        });
    }

    /// Sends the changes of notes whose turn it is.
    pub(super) fn send_notes(&self) {
        let due = self.note.try_update_untracked(note::model::Model::due);
        for (id, change) in due.unwrap_or_default() {
            self.send_note(id, change);
        }
    }

    /// Sends what the server did not take for a time, once that is over and as far as it has not come back meanwhile.
    pub(super) fn send_refused(&self, now: f64) {
        for (then, id) in self.send_again.try_update_value(std::mem::take).unwrap_or_default() {
            if now < then {
                self.put_off(id, then);
            } else if let Some(text) = self.chat.with_untracked(|chat| chat.sending(&id)) {
                self.send_chat(id, text);
            } else if let Some(change) = self.note.with_untracked(|note| note.sending(&id)) {
                self.send_note(id, change);
            } else {
                self.held_up.update(|all| all.retain(|(held_up, _)| *held_up != id));
            }
        }
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

    fn say_typing(&self, said: Option<bool>) {
        if let Some(typing) = said {
            let room = self.room();
            self.wish(Wish::Type(Type { room, typing }));
        }
    }

    fn send_chat(&self, id: MessageId, text: String) {
        self.wish(Wish::Say(Say {
            room: self.room(),
            text,
            id: Some(id),
        }));
    }
    fn send_note(&self, id: MessageId, change: Change) {
        self.wish(Wish::ChangeNote(ChangeNote {
            room: self.room(),
            change,
            id: Some(id),
        }));
    }
}
