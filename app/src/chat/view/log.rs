//! The log: rows that follow the newest while one is at the end, stay put while one reads above, and grow upwards when one
//! comes to the top.

use super::{message::message, row, row::Row, time};
use crate::{
    changing::{self, list, part},
    chat::model::{Model, State},
    drawn::{Draw, Drawn},
    session::expect_session,
};
use leptos::{html, prelude::*};
use protocol::MessageId;

/// Pixels from the end within which one counts as being at it.
const NEAR_END: i32 = 48;

/// Pixels from the top at which older lines are asked for: early enough that one seldom waits.
const NEAR_TOP: i32 = 160;

/// Where one reads.
#[derive(Clone, Copy)]
struct Place {
    at_end: bool,
    /// Pixels between the top of what is seen and the end of the log; they stay the same when older lines come.
    from_end: i32,
}

/// What the log began and ended with. Which end has changed tells where to look next.
#[derive(Clone, PartialEq)]
struct Ends {
    first: Option<MessageId>,
    last: Option<MessageId>,
    /// Whether the last row is something I just said: then I want to see it, wherever I was.
    saying: bool,
}

impl Ends {
    fn of(rows: &[Row]) -> Self {
        let id = |row: &Row| row.entry.id.clone();
        Self {
            first: rows.first().map(id),
            last: rows.last().map(id),
            saying: rows.last().is_some_and(|row| row.entry.state == State::Sending),
        }
    }
}

/// The log of the session's chat. `text` is where a message goes that is taken back.
pub(super) fn log(shown: RwSignal<bool>, text: RwSignal<String>) -> impl IntoView {
    let session = expect_session();
    let node = NodeRef::<html::Div>::new();
    let running = time::running();
    let rows = Memo::new(move |_| {
        session.chat.with(|chat| {
            session
                .people
                .with(|people| session.me.with(|me| row::rows(chat, people, me)))
        })
    });
    let scrolled = follow(node, rows, shown);
    let read = move |_| {
        if scrolled() < NEAR_TOP {
            session.read_older();
        }
    };
    view! {
        <div class="chat-log" data-testid="chat-log" role="log" aria-label="Chat" tabindex="0" node_ref=node on:scroll=read>
            {part(move || above(rows.with(Vec::is_empty), session.chat.with(Model::paging)))}
            {list(move || rows.get().into_iter().map(|row| shown_row(row, running, text)).collect())}
        </div>
    }
    .painted()
}

fn shown_row(row: Row, running: RwSignal<bool>, text: RwSignal<String>) -> changing::Row {
    changing::Row {
        key: row.key(),
        draw: Box::new(move || message(row, running, text).drawn()),
    }
}

/// What stands above the first row.
fn above(empty: bool, paging: bool) -> Option<Drawn> {
    let (class, words) = match (empty, paging) {
        (true, _) => ("chat-empty", "Nothing was said here yet."),
        (_, true) => ("chat-more", "Reading on …"),
        _ => return None,
    };
    Some(view! { <p class=class>{words}</p> }.drawn())
}

/// Keeps the log where it should be when rows come. Returns what to call when it was scrolled; that tells how many pixels
/// are above what is seen.
fn follow(log: NodeRef<html::Div>, rows: Memo<Vec<Row>>, shown: RwSignal<bool>) -> impl Fn() -> i32 + Copy {
    let place = StoredValue::new(Place {
        at_end: true,
        from_end: 0,
    });
    Effect::new(move |before: Option<Ends>| {
        let ends = rows.with(|rows| Ends::of(rows));
        shown.track();
        if let Some(log) = log.get() {
            let Place { at_end, from_end } = place.get_value();
            let before = before.unwrap_or_else(|| ends.clone());
            if at_end || (ends.saying && ends.last != before.last) {
                log.set_scroll_top(log.scroll_height());
            } else if ends.first != before.first {
                log.set_scroll_top(log.scroll_height() - from_end);
            }
        }
        ends
    });
    move || {
        let Some(log) = log.get_untracked() else {
            return i32::MAX;
        };
        // Out of sight it has no height, and what the browser says of its place then means nothing.
        if log.client_height() == 0 {
            return i32::MAX;
        }
        let from_end = log.scroll_height() - log.scroll_top();
        place.set_value(Place {
            at_end: from_end - log.client_height() < NEAR_END,
            from_end,
        });
        log.scroll_top()
    }
}
