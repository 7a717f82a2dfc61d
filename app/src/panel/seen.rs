//! Whether somebody can see the chat now: in front, not put away, and the browser's tab not hidden.

use super::{Shape, Tab};
use crate::session::expect_session;
use leptos::{ev, prelude::*};

/// The width up to which the style sheet makes the panel a sheet.
const PHONE: &str = "(max-width: 720px)";

/// Watches whether the chat can be seen, and tells the session. Begins as not seen, and so is the same on the server.
pub(super) fn chat_shown(shape: Shape) -> RwSignal<bool> {
    let session = expect_session();
    let window = surroundings();
    let shown = RwSignal::new(false);
    Effect::new(move |_| {
        let Surroundings { phone, hidden } = window.get();
        let open = if phone { shape.drawn.get() } else { !shape.folded.get() };
        shown.set(open && shape.tab.get() == Tab::Chat && !hidden);
    });
    Effect::new(move |_| session.see_chat(shown.get()));
    shown
}

/// What around the page decides about the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Surroundings {
    /// The panel is a sheet.
    phone: bool,
    /// The browser shows another tab.
    hidden: bool,
}

/// Follows the window. Before the page runs, and on the server, nothing can be seen.
fn surroundings() -> RwSignal<Surroundings> {
    let now = RwSignal::new(Surroundings {
        phone: false,
        hidden: true,
    });
    Effect::new(move |_| {
        let look = move || {
            let query = window().match_media(PHONE).ok().flatten();
            let phone = query.is_some_and(|query| query.matches());
            let hidden = document().hidden();
            let seen = Surroundings { phone, hidden };
            if now.get_untracked() != seen {
                now.set(seen);
            }
        };
        look();
        let shown = window_event_listener(ev::visibilitychange, move |_| look());
        let resized = window_event_listener(ev::resize, move |_| look());
        on_cleanup(move || {
            shown.remove();
            resized.remove();
        });
    });
    now
}
