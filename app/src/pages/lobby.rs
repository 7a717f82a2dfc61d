//! The lobby: what this is, which rooms are live, and the way into one.
//!
//! The rooms come with the page and are read again every two seconds while somebody looks.

mod dial;

use crate::{
    backend,
    changing::part,
    drawn::{Draw, Drawn},
    header::Header,
    presence::view::stack,
};
use dial::dial;
use leptos::{prelude::*, task::spawn_local};
use protocol::health::LiveRoom;
use std::time::Duration;

/// How long the list of rooms may be out of date.
const REFRESH: Duration = Duration::from_secs(2);

/// The page at `/`, with the rooms that are live as it is painted.
pub fn lobby(first: Vec<LiveRoom>) -> Drawn {
    let rooms = RwSignal::new(first);
    refresh_while_seen(rooms);
    view! {
        <Header />
        <main class="lobby page" id="main">
            <div class="lobby-words">
                <div>
                    <h1>"Rooms in which people see each other live"</h1>
                    <p class="lobby-lead">
                        "Everybody’s cursor, every word and everyone who comes or goes, in the moment it happens. "
                        "Open a room, send its address to somebody, and you are there together."
                    </p>
                </div>
                {opener()}
                <section aria-labelledby="live">
                    <h2 class="lobby-heading" id="live">"Live now"</h2>
                    {part(move || rooms.with(|rooms| list(rooms)))}
                </section>
                <p class="lobby-foot">
                    "New here? Look into " <a href="/r/observatory">"observatory"</a> ", the room that is always there, or read "
                    <a href="/about">"how it works"</a> "."
                </p>
            </div>
            {part(move || rooms.with(|rooms| dial(rooms)))}
        </main>
    }
    .drawn()
}

/// The field that opens a room. A plain form: the server turns what was typed into a room's path.
fn opener() -> impl IntoView {
    view! {
        <form class="opener" action="/r" method="get">
            <label for="room">"Room name"</label>
            <input
                class="field"
                id="room"
                name="room"
                required
                maxlength="64"
                placeholder="design review"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                data-testid="room-field"
            />
            <button class="button primary" data-testid="open-room">"Open"</button>
            <p class="opener-hint">"If nobody has opened it yet, you will be the first."</p>
        </form>
    }
    .drawn()
}

fn list(rooms: &[LiveRoom]) -> Drawn {
    if rooms.is_empty() {
        return view! { <p class="lobby-empty">"No room has anybody in it. Be the first."</p> }.drawn();
    }
    view! { <ul>{rooms.iter().map(row).collect::<Vec<_>>()}</ul> }.drawn()
}

fn row(live: &LiveRoom) -> Drawn {
    let room = live.room.as_str().to_owned();
    let here = live.present.len();
    view! {
        <li>
            <a class="lobby-room" data-testid="lobby-room" data-room=room.clone() href=String::from("/r/") + &room>
                <span class="lobby-room-name">{room.clone()}</span>
                {stack(&live.present, 5)}
                <span class="lobby-count">{here.to_string()} " here"</span>
            </a>
        </li>
    }
    .drawn()
}

/// Reads the rooms again and again, but not while the tab is hidden: nobody would see it. A list that does not come
/// leaves the one before, and only another list is painted anew.
fn refresh_while_seen(rooms: RwSignal<Vec<LiveRoom>>) {
    let refresh = move || {
        if document().hidden() {
            return;
        }
        spawn_local(async move {
            match backend::list_rooms().await {
                Ok(now) if rooms.with_untracked(|before| *before != now) => rooms.set(now),
                _ => {}
            }
        });
    };
    // The page is there until its document is gone, and so is the timer.
    Effect::new(move |_| drop(set_interval_with_handle(refresh, REFRESH)));
}
