//! How Orrery works, told and drawn. Static: what is read here does not change while one reads.

mod lanes;

use crate::header::Header;
use lanes::lanes;
use leptos::prelude::*;

/// The page at `/about`.
pub fn about() -> impl IntoView {
    view! {
        <Header />
        <main class="about page" id="main">
            <h1>"How it works"</h1>
            <p>
                "An orrery is a machine of brass that shows where the planets are. This one shows where people are: one program "
                "that serves the pages, keeps the rooms, and tells everybody in a room what the others do, as they do it."
            </p>
            <h2>"Three lanes"</h2>
            <p>
                "Everything that happens in a room travels in one of three lanes. The lane decides what keeps its order, what may "
                "be lost, and what becomes of somebody whose line is slow."
            </p>
            {lanes()}
            <h2>"When the line breaks"</h2>
            <p>
                "The page says so, counts down to the next attempt, and keeps what you write. When it is back it names the last "
                "entry it has of each log. If the log still reaches that far, it gets exactly what it missed. If not, it is told so, and "
                "takes a fresh copy rather than believing that nothing happened."
            </p>
            <h2>"When two write at once"</h2>
            <p>
                "The document has one order for all edits, that of its log. An edit that was made without knowing of another is moved "
                "to where it belongs behind it, on the server and in every page by the same code, so that all end with the same text. "
                "What you undo is only ever your own. Two texts for one note are shown to you side by side."
            </p>
            <h2>"When a line is slow"</h2>
            <p>
                "It never holds up the room. Of cursors it gets only the newest. Chat and edits it reads at its own pace. Should it stop "
                "reading altogether, it is let go after a while and may come back to where it was."
            </p>
            <h2>"What is under the hood"</h2>
            <ul class="facts">
                <li>"One binary, written in Rust. It needs nothing beside it."</li>
                <li>"The page is drawn by the server first, and then comes alive as WebAssembly compiled from the same code."</li>
                <li>"The wire is Socket.IO, so that any of its clients can come into a room."</li>
                <li>
                    "The line at the foot of a room is the tape: which server you are on, how long a word takes there and back, and "
                    "how much is being said. It is measured, not made up."
                </li>
            </ul>
            <p>
                <a class="button primary" href="/r/observatory">"See it in the observatory"</a>
            </p>
        </main>
    }
}
