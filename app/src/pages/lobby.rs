//! The lobby: what this is, which rooms are live, and the way into one.
//!
//! The rooms come with the page and are read again every two seconds while somebody looks.

mod dial;

use crate::{backend, changing::part, eager::Eager, header::Header, presence::view::stack};
use dial::dial;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;
use protocol::{RoomId, health::LiveRoom};
use std::time::Duration;

/// How long the list of rooms may be out of date.
const REFRESH: Duration = Duration::from_secs(2);

/// The page at `/`.
#[component]
pub fn Lobby() -> impl IntoView {
    let rooms = Resource::new(|| (), |()| backend::list_rooms());
    refresh_while_seen(rooms);
    view! {
        <Title text="" />
        <Header />
        <main class="lobby page" id="main">
            <Transition>
            <div class="lobby-words">
                <div>
                    <h1>"Rooms in which people see each other live"</h1>
                    <p class="lobby-lead">
                        "Everybody’s cursor, every word and everyone who comes or goes, in the moment it happens. "
                        "Open a room, send its address to somebody, and you are there together."
                    </p>
                </div>
                <Opener />
                <section aria-labelledby="live">
                    <h2 class="lobby-heading" id="live">"Live now"</h2>
                    {part(move || rooms.get().map(list))}
                </section>
                <p class="lobby-foot">
                    "New here? Look into " <a href="/r/observatory">"observatory"</a> ", the room that is always there, or read "
                    <a href="/about">"how it works"</a> "."
                </p>
            </div>
            {part(move || dial(&rooms.get().and_then(Result::ok).unwrap_or_default()))}
            </Transition>
        </main>
    }
    .eager()
}

/// The field that opens a room. A plain form, so that it works before the WASM has come and without it: the server then
/// turns what was typed into a room's path.
#[component]
fn Opener() -> impl IntoView {
    let navigate = use_navigate();
    let typed = RwSignal::new(String::new());
    let open = move |submit: leptos::ev::SubmitEvent| {
        if let Some(room) = RoomId::slug(&typed.get_untracked()) {
            submit.prevent_default();
            navigate(&(String::from("/r/") + room.as_str()), Default::default());
        }
    };
    view! {
        <form class="opener" action="/r" method="get" on:submit=open>
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
                on:input:target=move |input| typed.set(input.target().value())
            />
            <button class="button primary" data-testid="open-room">"Open"</button>
            <p class="opener-hint">"If nobody has opened it yet, you will be the first."</p>
        </form>
    }
    .eager()
}

fn list(answer: Result<Vec<LiveRoom>, ServerFnError>) -> AnyView {
    match answer {
        Err(_) => view! { <p class="lobby-empty">"The list of rooms does not come through. Trying again."</p> }.eager(),
        Ok(rooms) if rooms.is_empty() => {
            view! { <p class="lobby-empty">"No room has anybody in it. Be the first."</p> }.eager()
        }
        Ok(rooms) => view! { <ul>{rooms.iter().map(row).collect::<Vec<_>>()}</ul> }.eager(),
    }
}

fn row(live: &LiveRoom) -> AnyView {
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
    .eager()
}

/// Reads the rooms again and again, but not while the tab is hidden: nobody would see it.
fn refresh_while_seen(rooms: Resource<Result<Vec<LiveRoom>, ServerFnError>>) {
    Effect::new(move |_| {
        let refresh = move || {
            if !document().hidden() {
                rooms.refetch();
            }
        };
        if let Ok(timer) = set_interval_with_handle(refresh, REFRESH) {
            on_cleanup(move || timer.clear());
        }
    });
}
