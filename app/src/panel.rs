//! The side panel: Chat, Document and People behind tabs. A column that folds on a desktop, a sheet drawn up by a handle on a phone.
//!
//! Both forms are one markup with one set of tabs. Which form it has, only the style sheet knows; so the two ways of being
//! put away are kept apart in [`Shape`], each with its own beginning.

mod handle;
mod seen;
mod swipe;
mod tabs;

use crate::{
    changing::{act, flag, text},
    chat::view::Chat,
    document::view::Document,
    drawn::Draw,
    icon::icon,
    presence::view::People,
};
use handle::handle;
use leptos::prelude::*;
use tabs::tabs;

/// What of the room's frame is open.
#[derive(Clone, Copy)]
pub struct Shape {
    /// The tab that is in front.
    pub tab: RwSignal<Tab>,
    /// On a desktop: whether the panel is folded to its tabs. It begins open.
    pub folded: RwSignal<bool>,
    /// On a phone: whether the sheet is drawn up. It begins down.
    pub drawn: RwSignal<bool>,
    /// On a phone: whether the tape is shown.
    pub tape: RwSignal<bool>,
}

/// What the panel can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// What was said.
    Chat,
    /// What is written together.
    Document,
    /// Who is here.
    People,
}

impl Tab {
    /// Its name in the ids of its elements.
    fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Document => "document",
            Self::People => "people",
        }
    }

    /// What stands on it.
    fn word(self) -> &'static str {
        match self {
            Self::Chat => "Chat",
            Self::Document => "Document",
            Self::People => "People",
        }
    }
}

impl Shape {
    /// The frame as it is when one comes in.
    pub fn new() -> Self {
        Self {
            tab: RwSignal::new(Tab::Chat),
            folded: RwSignal::new(false),
            drawn: RwSignal::new(false),
            tape: RwSignal::new(false),
        }
    }

    /// Brings a tab to the front, and the panel with it.
    pub fn show(self, tab: Tab) {
        self.tab.set(tab);
        self.folded.set(false);
        self.drawn.set(true);
    }
}

impl Default for Shape {
    fn default() -> Self {
        Self::new()
    }
}

/// The panel of the room whose session is in context.
#[component]
pub fn Panel(
    /// Shared with the frame around it, which carries it as attributes for the style sheet.
    shape: Shape,
) -> impl IntoView {
    let shown = seen::chat_shown(shape);
    view! {
        <aside class="panel" aria-label="Chat, document and people">
            {handle(shape)}
            <div class="panel-bar">
                {tabs(shape)}
                <button
                    class="tab tape-toggle"
                    r#type="button"
                    aria-pressed=text(move || shape.tape.get().to_string())
                    on:click=act(move |_| shape.tape.update(|tape| *tape = !*tape))
                >
                    {icon("M3 12h4l2-6 4 12 3-9 1.5 3H21")}
                    "Tape"
                </button>
                <button
                    class="icon-button fold"
                    r#type="button"
                    aria-label="Fold the panel"
                    aria-pressed=text(move || shape.folded.get().to_string())
                    on:click=act(move |_| shape.folded.update(|folded| *folded = !*folded))
                >
                    {icon("M9 5l7 7-7 7")}
                </button>
            </div>
            <div class="panel-page" id="page-chat" role="tabpanel" aria-labelledby="tab-chat" hidden=flag(move || shape.tab.get() != Tab::Chat)>
                <Chat shown />
            </div>
            <div class="panel-page" id="page-document" role="tabpanel" aria-labelledby="tab-document" hidden=flag(move || shape.tab.get() != Tab::Document)>
                <Document />
            </div>
            <div class="panel-page" id="page-people" role="tabpanel" aria-labelledby="tab-people" hidden=flag(move || shape.tab.get() != Tab::People)>
                <People />
            </div>
        </aside>
    }
    .painted()
}
