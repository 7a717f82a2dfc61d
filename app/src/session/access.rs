//! What a session knows of access, and what becomes of it when that changes.

use super::{Connection, Session};
use crate::{
    access::model::{Asking, State},
    chat, document,
    link::Wish,
    note, typing,
};
use leptos::prelude::*;
use protocol::{
    Access, Refusal, Role,
    access::{AccessChange, AccessChanged, ChangeAccess},
};

impl Session {
    /// Whether I may write here. To be read where it is to be followed.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.access.with(State::of).writes()
    }

    /// Changes who may come in, or as what. How it stands is in [`Session::asking`]; once done, [`Session::access`] says so.
    pub fn change_access(&self, change: AccessChange) {
        self.asking.set(Asking::Asked);
        let room = self.room();
        let id = None;
        self.wish(Wish::ChangeAccess(ChangeAccess { room, change, id }));
    }

    pub(super) fn access_changed(&self, answer: Result<AccessChanged, Refusal>) {
        self.asking.set(match answer {
            Ok(_) => Asking::Idle,
            Err(refusal) => Asking::Refused(refusal.message),
        });
    }

    /// The answer went with the connection. What came of the change, the next welcome tells.
    pub(super) fn interrupt_asking(&self) {
        if self.asking.with_untracked(|asking| *asking == Asking::Asked) {
            self.asking.set(Asking::Idle);
        }
    }

    /// I am in, and the invitation that I came with has done what it could.
    pub(super) fn let_in(&self, access: Access) {
        self.invite.set_value(None);
        self.access_told(access);
    }

    pub(super) fn access_told(&self, access: Access) {
        if self.access.with_untracked(|before| *before != access) {
            self.access.set(access);
        }
    }

    /// I have no part in this room, or none any more: nothing of it stays on the page. What I was about to say stays in its
    /// field.
    pub(super) fn put_out(&self, refusal: Refusal) {
        let user = self.me.with_untracked(|me| me.user_id.clone());
        self.chat.set(chat::model::Model::new(user.clone(), Vec::new()));
        self.document.update(document::model::Model::close);
        self.note.set(note::model::Model::new(user));
        self.typing.set(typing::model::Model::default());
        self.people.update(|people| people.replaced(Vec::new()));
        self.people_changed();
        self.access.set(Access {
            private: true,
            role: Role::Viewer,
            ..Access::default()
        });
        self.status.set(Connection::Refused(refusal));
    }
}
