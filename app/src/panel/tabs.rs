//! The tabs of the panel: Chat, with the number of unread messages, Document, and People, with how many there are.

use super::{Shape, Tab};
use crate::{
    changing::{act, part, text},
    chat,
    drawn::{Draw, Drawn},
    icon::icon,
    session::expect_session,
};
use leptos::{ev::KeyboardEvent, html, prelude::*};

/// The tabs in their order.
const TABS: [Tab; 3] = [Tab::Chat, Tab::Document, Tab::People];

/// The three tabs. The arrow keys go from one to the next and from the last to the first, as in every list of tabs.
pub(super) fn tabs(shape: Shape) -> impl IntoView {
    let session = expect_session();
    let nodes = TABS.map(|_| NodeRef::<html::Button>::new());
    let walk = move |key: KeyboardEvent| {
        let steps = match key.key().as_str() {
            "ArrowLeft" => TABS.len() - 1,
            "ArrowRight" => 1,
            _ => return,
        };
        let now = shape.tab.get_untracked();
        let place = TABS.iter().position(|tab| *tab == now).unwrap_or_default();
        let next = (place + steps) % TABS.len();
        shape.show(TABS[next]);
        if let Some(button) = nodes[next].get_untracked() {
            // It fails only where the button is not shown.
            button.focus().ok();
        }
    };
    let [chat, document, people] = nodes;
    let present = move || session.people.with(|people| count(people.count()));
    view! {
        <div class="tabs" role="tablist" aria-label="Panel" on:keydown=walk>
            {tab(shape, Tab::Chat, chat, CHAT, Some(view! { <Unread /> }.painted()))}
            {tab(shape, Tab::Document, document, DOCUMENT, None)}
            {tab(shape, Tab::People, people, PEOPLE, Some(view! { <span class="tab-count">{text(present)}</span> }.painted()))}
        </div>
    }
    .painted()
}

/// A bubble of speech.
const CHAT: &str = "M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-8l-5 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1";

/// A page with a corner turned down.
const DOCUMENT: &str = "M7 3.5h7l4 4v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1M14 3.5v4h4M9 12h6M9 16h4";

/// Two heads.
const PEOPLE: &str = "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M16 4.4a3.5 3.5 0 0 1 0 6.2M18 14.5a6.5 6.5 0 0 1 3.5 5.5";

/// One tab, with its picture, its word, and what is counted behind that.
fn tab(shape: Shape, tab: Tab, node: NodeRef<html::Button>, picture: &'static str, number: Option<Drawn>) -> Drawn {
    let named = move |prefix: &str| String::from(prefix) + tab.name();
    view! {
        <button
            class="tab"
            id=named("tab-")
            r#type="button"
            role="tab"
            aria-controls=named("page-")
            aria-selected=text(move || (shape.tab.get() == tab).to_string())
            tabindex=text(move || if shape.tab.get() == tab { "0" } else { "-1" }.to_owned())
            data-testid=named("panel-tab-")
            node_ref=node
            on:click=act(move |_| shape.show(tab))
        >
            {icon(picture)}
            <span class="tab-word">{tab.word()}</span>
            {number}
        </button>
    }
    .painted()
}

/// How many messages one has not seen; nothing when it is none.
#[component]
fn Unread() -> impl IntoView {
    let session = expect_session();
    let unread = Memo::new(move |_| session.chat.with(chat::model::Model::unread));
    part(move || {
        let unread = unread.get();
        (unread > 0).then(|| {
            view! {
                <span class="unread" data-testid="chat-unread">
                    {if unread > 99 { "99+".to_owned() } else { unread.to_string() }} <span class="said">" unread"</span>
                </span>
            }
            .later()
        })
    })
}

/// A number for a tab; none is no number.
fn count(number: usize) -> String {
    if number > 0 { number.to_string() } else { String::new() }
}
