//! A room: header, sky, panel, tape. The page takes what the server painted, opens the session and sets up the frame; what
//! stands in the frame is each feature's own view.

use crate::{
    access::view::AccessButton,
    canvas::{hand::Hand, view::Canvas},
    changing::{act, part},
    connection::ConnectionState,
    drawn::{Draw, Drawn},
    header::Wordmark,
    identity::view::IdentityButton,
    note::view::{Desk, Notes},
    notification::view::Notifications,
    panel::{Panel, Shape, Tab},
    presence::view::HereStack,
    session::{Session, expect_session},
    tape::view::Tape,
    theme::ThemeToggle,
    unsent::Unsent,
};
use leptos::prelude::*;
use protocol::{Access, RoomId, auth::Identity, chat::ChatMessage};

/// The page at `/r/{room}`, as it is painted first.
pub fn room(room: RoomId, identity: Identity, chat: Vec<ChatMessage>, access: Access) -> Drawn {
    Session::provide(room, chat, identity, access);
    frame()
}

/// What a room says where nothing runs. Given as text, since a running browser does not parse what is in `<noscript>`, so that
/// hydration would look for elements that are not there.
const WITHOUT_SCRIPT: &str = r#"<div class="without-script"><h2>A room needs JavaScript</h2><p>People here see each other live, and that takes a page that runs. The lobby and <a href="/about">how it works</a> read without it.</p></div>"#;

/// The frame itself. Its attributes tell the style sheet what is folded away.
fn frame() -> Drawn {
    let shape = Shape::new();
    view! {
        <a class="skip" href="#chat-input" on:click=act(move |_| shape.show(Tab::Chat))>
            "Skip to chat"
        </a>
        <div
            class="room"
            data-folded=shape.folded
            data-drawn=shape.drawn
            data-tape=shape.tape
        >
            <RoomHeader />
            <Sky />
            <Panel shape />
            <Tape />
        </div>
    }
    .painted()
}

/// The canvas, and what lies over it.
#[component]
fn Sky() -> impl IntoView {
    let session = expect_session();
    let hand = Hand::new(session);
    let desk = Desk::new(session, hand);
    view! {
        <main class="sky" id="main">
            <Canvas hand desk />
            <Notes desk />
            <Alone />
            <Notifications />
            <noscript inner_html=WITHOUT_SCRIPT />
        </main>
    }
    .painted()
}

#[component]
fn RoomHeader() -> impl IntoView {
    view! {
        <header class="header">
            <Wordmark />
            <h1 class="header-room">{expect_session().room().to_string()}</h1>
            <ConnectionState />
            <Unsent />
            <div class="header-end">
                <HereStack />
                <AccessButton />
                <ThemeToggle />
                <IdentityButton />
            </div>
        </header>
    }
    .painted()
}

/// What the sky says to somebody who is the only one under it.
#[component]
fn Alone() -> impl IntoView {
    let session = expect_session();
    let alone = Memo::new(move |_| session.people.with(|people| people.count() == 1));
    let private = Memo::new(move |_| session.access.with(|access| access.private));
    let words = move || match private.get() {
        true => "Nobody else is here yet. Send somebody a link.",
        false => "Nobody else is here yet. Send somebody the address.",
    };
    part(move || {
        alone
            .get()
            .then(|| view! { <p class="sky-alone">{words()}</p> }.later())
    })
}
