//! How a session lives in the browser: it begins once the page is there, ticks each second and leaves with the page.

use super::{Connection, Session};
use crate::{
    access::address,
    clock,
    cursor::pointer::Pointer,
    link::{News, Wish},
};
use leptos::prelude::*;
use protocol::{
    Access, RoomId, auth::Identity, chat::ChatMessage, cursor::MoveCursor, document::MoveCaret, tape::ReadTape,
};
use std::{sync::Arc, time::Duration};
use wasm_bindgen::JsValue;

/// How often the tape takes its figures and measures the round trip.
const PULSE: Duration = Duration::from_secs(1);

impl Session {
    /// Opens a session for the room page that calls this, and provides it as context to the views below. In the browser it
    /// joins the room once the page is there, and leaves it when the page goes. On the server it does nothing.
    pub fn provide(room: RoomId, first_chat: Vec<ChatMessage>, identity: Identity, access: Access) -> Self {
        let session = Self::new(room, first_chat, identity, access);
        provide_context(session);
        Effect::new(move |_| session.begin());
        on_cleanup(move || session.leave());
        session
    }

    fn begin(self) {
        if let Some(link) = self.link.get_value() {
            link.listen(Arc::new(move |news| self.hear(news)));
        }
        self.invite
            .set_value(address::invite(&location().search().unwrap_or_default()));
        Effect::new(move |_| {
            if self.status.with(|status| *status == Connection::Live) {
                hide_invite();
            }
        });
        self.join();
        if let Ok(pulse) = set_interval_with_handle(move || self.pulse(clock::now()), PULSE) {
            on_cleanup(move || pulse.clear());
        }
    }

    /// A link may still have news when the page is gone already; then there is nothing left to change.
    fn hear(self, news: News) {
        if self.room.try_get_value().is_some() {
            self.apply(news, clock::now());
        }
    }

    /// Leaves the room with the page.
    fn leave(self) {
        self.wish(Wish::Leave(self.room()));
    }

    /// Once a second: measures, counts, and asks again for what was refused for a time.
    pub(super) fn pulse(self, now: f64) {
        self.now.set_value(now);
        self.tape.update(|tape| tape.refreshed(now));
        self.forget_typing();
        if self.is_live() {
            self.wish(Wish::ReadTape(ReadTape {}));
        }
        if self.edit_again.get_value().is_some_and(|then| now >= then) {
            self.send_edit_again();
        }
        self.send_refused(now);
        if self.join_again.get_value().is_some_and(|then| now >= then) {
            self.join();
        }
    }

    /// Once a frame: sends my pointer and my caret, if they moved and the room's tick has passed.
    pub fn frame(&self, now: f64) {
        self.now.set_value(now);
        if !self.is_live() {
            return;
        }
        let due = self.pointer.try_update_value(|pointer| pointer.due(now)).flatten();
        if let Some((x, y)) = due {
            let room = self.room();
            self.wish(Wish::MoveCursor(MoveCursor { room, x, y }));
        }
        if !untrack(|| self.writes()) {
            return;
        }
        let every = self.pointer.with_value(Pointer::every);
        let caret = self
            .document
            .try_update_untracked(|document| document.caret_due(now, every));
        if let Some(caret) = caret.flatten() {
            let room = self.room();
            self.wish(Wish::MoveCaret(MoveCaret { room, caret }));
        }
    }

    pub(super) fn is_live(&self) -> bool {
        self.status.with_untracked(|status| *status == Connection::Live)
    }
}

/// An invitation that was taken has no business in the address, which is copied, shown and kept in the history.
fn hide_invite() {
    let query = location().search().unwrap_or_default();
    if address::invite(&query).is_some() {
        let address = location().pathname().unwrap_or_default() + &address::without_invite(&query);
        // It fails for another origin only, which this is not.
        let _ = window()
            .history()
            .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&address)));
    }
}
