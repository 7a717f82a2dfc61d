//! A room: header, sky, panel, tape. The page takes what the server painted, opens the session and sets up the frame; what
//! stands in the frame is each feature's own view.

use crate::{
    backend,
    canvas::view::Canvas,
    changing::part,
    connection::ConnectionState,
    eager::Eager,
    header::Wordmark,
    identity::view::IdentityButton,
    invite::Invite,
    pages::missing::missing,
    panel::{Panel, Shape},
    presence::view::HereStack,
    session::{Session, expect_session},
    tape::view::Tape,
    theme::ThemeToggle,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use protocol::{RoomId, auth::Identity, chat::ChatMessage};

/// The page at `/r/{room}`. A path that cannot be a room is answered as a missing page; another room is another session.
#[component]
pub fn Room() -> impl IntoView {
    let params = use_params_map();
    let room = Memo::new(move |_| params.with(|params| params.get_str("room").unwrap_or_default().parse::<RoomId>()));
    part(move || match room.get() {
        Ok(room) => view! { <Entrance room /> }.eager(),
        Err(why) => missing("No room can be called that", format!("Sorry: {why}.")).eager(),
    })
}

/// What the first paint of a room is made of.
type First = (Result<Identity, ServerFnError>, Result<Vec<ChatMessage>, ServerFnError>);

/// Waits for who one is and what was said last, then shows the room.
#[component]
fn Entrance(room: RoomId) -> impl IntoView {
    let title = room.to_string();
    let asked = room.clone();
    let first = Resource::new(
        || (),
        move |()| {
            let room = asked.clone();
            async move { (backend::read_identity().await, backend::read_chat(room).await) }
        },
    );
    view! {
        <Title text=title />
        <Suspense fallback=waiting>{part(move || first.get().map(|first| enter(room.clone(), first)))}</Suspense>
    }
}

fn enter(room: RoomId, (identity, chat): First) -> AnyView {
    match identity {
        // Lines that do not come now come with the welcome.
        Ok(identity) => {
            Session::provide(room, chat.unwrap_or_default(), identity);
            view! { <Frame /> }.eager()
        }
        Err(_) => missing(
            "The room does not answer",
            "The server could not be asked who you are. Load the page again in a moment.".to_owned(),
        )
        .eager(),
    }
}

fn waiting() -> impl IntoView {
    view! {
        <div class="room">
            <header class="header">
                <Wordmark />
            </header>
        </div>
    }
}

/// What a room says where nothing runs. Given as text, since a running browser does not parse what is in `<noscript>`, so that
/// hydration would look for elements that are not there.
const WITHOUT_SCRIPT: &str = r#"<div class="without-script"><h2>A room needs JavaScript</h2><p>People here see each other live, and that takes a page that runs. The lobby and <a href="/about">how it works</a> read without it.</p></div>"#;

/// The frame itself. Its attributes tell the style sheet what is folded away.
#[component]
fn Frame() -> impl IntoView {
    let shape = Shape::new();
    view! {
        <a class="skip" href="#chat-input">
            "Skip to chat"
        </a>
        <div
            class="room"
            data-folded=shape.folded
            data-drawn=shape.drawn
            data-tape=shape.tape
        >
            <RoomHeader />
            <main class="sky" id="main">
                <Canvas />
                <Alone />
                <noscript inner_html=WITHOUT_SCRIPT />
            </main>
            <Panel shape />
            <Tape />
        </div>
    }
    .eager()
}

#[component]
fn RoomHeader() -> impl IntoView {
    view! {
        <header class="header">
            <Wordmark />
            <h1 class="header-room">{expect_session().room().to_string()}</h1>
            <ConnectionState />
            <div class="header-end">
                <HereStack />
                <Invite />
                <ThemeToggle />
                <IdentityButton />
            </div>
        </header>
    }
    .eager()
}

/// What the sky says to somebody who is the only one under it.
#[component]
fn Alone() -> impl IntoView {
    let session = expect_session();
    let alone = Memo::new(move |_| session.people.with(|people| people.count() == 1));
    let words = "Nobody else is here yet. Send somebody the address.";
    part(move || alone.get().then(|| view! { <p class="sky-alone">{words}</p> }.eager()))
}
