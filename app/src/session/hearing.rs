//! What news do to a session. No clock and no I/O: the time comes in, wishes go out through the link.

use super::{Connection, Session};
use crate::{
    chat,
    document::{self, model::After},
    link::{News, Status},
    log::Heard,
    note, tape,
};
use leptos::prelude::*;
use protocol::{
    Code, MessageId, Refusal, ServerEvent,
    chat::Said,
    cursor::{CursorAt, CursorMoved, CursorsMoved},
    document::{CaretAt, Edited},
    note::Noted,
    presence::PresenceChanged,
    room::Welcome,
    typing::TypingAt,
};
use std::time::Duration;

impl Session {
    /// The only way in: everything that this page hears, at `now` (milliseconds of [`crate::clock::now`]).
    pub fn apply(&self, news: News, now: f64) {
        self.now.set_value(now);
        match news {
            News::Status(status) => return self.status_changed(status, now),
            News::Joined(answer) => self.joined(answer, now),
            News::Said(id, answer) => self.said(id, answer, now),
            News::Edited(id, answer) => self.edited(&id, answer, now),
            News::Noted(id, answer) => self.noted(id, answer, now),
            News::AccessChanged(answer) => self.access_changed(answer),
            News::ChatRead(answer) => self.chat.update(|chat| chat.paged(answer.ok())),
            News::TapeRead(reading, took) => self.tape.update(|tape| tape.read(reading, took)),
            News::Event(event) => self.happened(event, now),
        }
        self.tape.update_untracked(|tape| tape.heard(now));
    }

    fn status_changed(&self, status: Status, now: f64) {
        if status != Status::Open {
            self.interrupt_asking();
            self.held_up.update(Vec::clear);
            self.chat.update(chat::model::Model::interrupted);
            self.document.update_untracked(document::model::Model::interrupted);
            self.note.update_untracked(note::model::Model::interrupted);
        }
        match status {
            Status::Connecting => self.status.set(Connection::Connecting),
            Status::Open => {
                if matches!(self.status.get_untracked(), Connection::Reconnecting { .. }) {
                    self.tape.update(tape::model::Model::reconnected);
                }
                self.status.set(Connection::Connecting);
                self.join();
            }
            Status::Reconnecting { attempt, after, why } => self.wait(attempt, after, why, now),
            Status::Refused(refusal) => self.status.set(Connection::Refused(refusal)),
        }
    }

    fn wait(&self, attempt: u32, after: Duration, why: Option<Refusal>, now: f64) {
        let until = now + after.as_secs_f64() * 1000.0;
        self.status.set(Connection::Reconnecting { attempt, until, why });
    }

    fn joined(&self, answer: Result<Box<Welcome>, Refusal>, now: f64) {
        match answer {
            Ok(welcome) if welcome.room == self.room() => self.welcomed(*welcome, now),
            Ok(_) => {}
            Err(refusal) => self.turned_away(refusal, now),
        }
    }

    fn welcomed(&self, welcome: Welcome, now: f64) {
        let peer = welcome.you.peer;
        self.me.update(|me| {
            // Another person, where the session before was ended and this is a guest anew.
            me.user_id = welcome.you.user_id.clone();
            me.name = welcome.you.name.clone();
            me.hue = welcome.you.hue;
        });
        self.peer.set(Some(peer));
        self.let_in(welcome.access.clone());
        self.tape.update(|tape| tape.welcomed(&welcome, now));
        self.pointer.update_value(|pointer| pointer.welcomed(welcome.tick_ms));
        self.sky
            .update_value(|sky| sky.welcomed(peer, welcome.tick_ms, welcome.at, &welcome.cursors, now));
        self.people.update(|people| people.replaced(welcome.present));
        self.typing.update(|typing| typing.welcomed(&welcome.typing, now));
        self.people_changed();
        self.status.set(Connection::Live);
        let heard = [
            self.chat.try_update(|chat| chat.replayed(welcome.chat)),
            self.document
                .try_update(|document| document.replayed(welcome.document, &welcome.carets)),
            self.note.try_update(|note| note.replayed(welcome.note)),
        ];
        self.send_notes();
        self.mind_gap(heard.into_iter().flatten().max());
        self.send_edit_again();
    }

    /// An own message was answered. One that the server may take later stays on its way.
    fn said(&self, id: MessageId, answer: Result<Said, Refusal>, now: f64) {
        match self.later(&id, answer.as_ref().err()) {
            Some(ms) => self.put_off(id, now + ms),
            None => self.chat.update(|chat| chat.answered(&id, answer)),
        }
    }

    /// An own edit of the document was answered.
    fn edited(&self, id: &MessageId, answer: Result<Edited, Refusal>, now: f64) {
        self.later(id, answer.as_ref().err());
        match self.document.try_update(|document| document.answered(id, answer)) {
            Some(After::Send) => self.send_edit(),
            Some(After::Again(ms)) => self.edit_again.set_value(Some(now + ms as f64)),
            Some(After::Join) => self.join(),
            None => {}
        }
    }

    /// An own change of a note was answered. One that the server may take later stays on its way; one that was refused for
    /// good goes to the person, with all that was written.
    fn noted(&self, id: MessageId, answer: Result<Noted, Refusal>, now: f64) {
        if let Some(ms) = self.later(&id, answer.as_ref().err()) {
            return self.put_off(id, now + ms);
        }
        let refused = self.note.try_update(|note| note.answered(&id, answer)).flatten();
        if let Some(refused) = refused {
            self.refused.update(|all| all.push(refused));
        }
        self.send_notes();
    }

    /// The room was refused. Where the server names a time, it is asked again then; else the person decides.
    fn turned_away(&self, refusal: Refusal, now: f64) {
        match refusal.retry_after_ms {
            Some(ms) => {
                self.wait(1, Duration::from_millis(ms), Some(refusal), now);
                self.join_again.set_value(Some(now + ms as f64));
            }
            None if matches!(refusal.code, Code::AccessDenied | Code::InviteInvalid) => self.put_out(refusal),
            None => self.status.set(Connection::Refused(refusal)),
        }
    }

    /// The milliseconds after which the server may take what it refused, if it names them. Remembers why until then.
    fn later(&self, id: &MessageId, refusal: Option<&Refusal>) -> Option<f64> {
        let later = refusal.filter(|refusal| refusal.retry_after_ms.is_some());
        if later.is_some() || self.held_up.with_untracked(|all| !all.is_empty()) {
            self.held_up.update(|all| {
                all.retain(|(held_up, _)| held_up != id);
                all.extend(later.map(|refusal| (id.clone(), refusal.clone())));
            });
        }
        later?.retry_after_ms.map(|ms| ms as f64)
    }

    pub(super) fn put_off(&self, id: MessageId, until: f64) {
        self.send_again.update_value(|all| all.push((until, id)));
    }

    fn happened(&self, event: ServerEvent, now: f64) {
        let room = self.room();
        match event {
            ServerEvent::Chat(line) if line.room == room => {
                let heard = self.chat.try_update(|chat| chat.heard(line));
                self.mind_gap(heard);
            }
            ServerEvent::DocumentEdited(edited) if edited.room == room => {
                let heard = self.document.try_update(|document| document.heard(edited));
                self.mind_gap(heard);
                self.send_edit();
            }
            ServerEvent::NoteChanged(changed) if changed.room == room => {
                let heard = self.note.try_update(|note| note.heard(changed));
                self.send_notes();
                self.mind_gap(heard);
            }
            ServerEvent::Presence(list) if list.room == room => {
                self.people.update(|people| people.replaced(list.present));
                self.people_changed();
            }
            ServerEvent::PresenceChanged(change) if change.room == room => self.presence_changed(change),
            ServerEvent::CursorsMoved(frame) if frame.room == room => self.framed(&frame, now),
            ServerEvent::CursorMoved(moved) if moved.room == room => self.cursor_moved(&moved, now),
            ServerEvent::CaretMoved(moved) if moved.room == room => self.carets_moved(&[CaretAt {
                peer: moved.peer,
                caret: moved.caret,
            }]),
            ServerEvent::TypingChanged(change) if change.room == room => {
                self.types(&[TypingAt(change.peer, change.typing)], now);
            }
            ServerEvent::Access(told) if told.room == room => self.access_told(told.access),
            ServerEvent::Notification(heard) => self.notification.update(|all| all.heard(heard, &room)),
            ServerEvent::Refused(refused) if matches!(refused.error.code, Code::NotJoined | Code::HistoryGone) => {
                self.join();
            }
            ServerEvent::Refused(refused) if refused.error.code == Code::AccessDenied => self.put_out(refused.error),
            // A farewell is the link's business, and what is about another room came too late.
            _ => {}
        }
    }

    fn framed(&self, frame: &CursorsMoved, now: f64) {
        if self.sky.try_update_value(|sky| sky.framed(frame, now)) == Some(true) {
            self.types(&frame.typing, now);
            self.carets_moved(&frame.carets);
        }
    }

    fn carets_moved(&self, carets: &[CaretAt]) {
        if !carets.is_empty() {
            self.document
                .update(|document| carets.iter().for_each(|caret| document.caret_moved(*caret)));
        }
    }

    fn types(&self, typing: &[TypingAt], now: f64) {
        if !typing.is_empty() {
            self.typing
                .update(|model| typing.iter().for_each(|one| model.heard(*one, now)));
        }
    }

    fn cursor_moved(&self, moved: &CursorMoved, now: f64) {
        self.sky
            .update_value(|sky| sky.moved(CursorAt(moved.peer, moved.x, moved.y), now));
    }

    fn presence_changed(&self, change: PresenceChanged) {
        self.people.update(|people| people.changed(change));
        self.people_changed();
    }

    /// What else depends on who is here: whose cursors stay, who can be typing, and the number on the tape.
    pub(super) fn people_changed(&self) {
        self.forget_typing();
        self.people.with_untracked(|people| {
            let present = |peer| people.of(peer).is_some();
            self.sky.update_value(|sky| sky.retain(present));
            self.document.update(|document| document.retain_carets(present));
            self.tape.update(|tape| tape.people = people.count());
        });
    }

    /// Nobody is shown as typing who is not here, or has not said so for long.
    pub(super) fn forget_typing(&self) {
        let now = self.now.get_value();
        self.people.with_untracked(|people| {
            let present = |peer| people.of(peer).is_some();
            if self.typing.with_untracked(|typing| typing.is_stale(now, present)) {
                self.typing.update(|typing| typing.retain(now, present));
            }
        });
    }

    /// After a gap we join again, saying where we stand: the answer holds what is missing.
    fn mind_gap(&self, heard: Option<Heard>) {
        if heard == Some(Heard::Gap) {
            self.join();
        }
    }
}
