//! The tabs of the panel: Chat, with the number of unread messages, and People, with how many there are.

use super::{Shape, Tab};
use crate::{
    changing::{part, text},
    chat,
    drawn::Draw,
    icon::icon,
    session::expect_session,
};
use leptos::{ev::KeyboardEvent, html, prelude::*};

/// The two tabs. The arrow keys go from one to the other, as in every list of tabs.
pub(super) fn tabs(shape: Shape) -> impl IntoView {
    let session = expect_session();
    let (chat, people) = (NodeRef::<html::Button>::new(), NodeRef::<html::Button>::new());
    let walk = move |key: KeyboardEvent| {
        if !matches!(key.key().as_str(), "ArrowLeft" | "ArrowRight") {
            return;
        }
        let (tab, button) = match shape.tab.get_untracked() {
            Tab::Chat => (Tab::People, people),
            Tab::People => (Tab::Chat, chat),
        };
        shape.show(tab);
        if let Some(button) = button.get_untracked() {
            // It fails only where the button is not shown.
            button.focus().ok();
        }
    };
    let selected = move |tab| text(move || (shape.tab.get() == tab).to_string());
    let reached = move |tab| text(move || if shape.tab.get() == tab { "0" } else { "-1" }.to_owned());
    view! {
        <div class="tabs" role="tablist" aria-label="Panel" on:keydown=walk>
            <button
                class="tab"
                id="tab-chat"
                r#type="button"
                role="tab"
                aria-controls="page-chat"
                aria-selected=selected(Tab::Chat)
                tabindex=reached(Tab::Chat)
                data-testid="panel-tab-chat"
                node_ref=chat
                on:click=move |_| shape.show(Tab::Chat)
            >
                {icon("M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-8l-5 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1")}
                <span class="tab-word">"Chat"</span>
                <Unread />
            </button>
            <button
                class="tab"
                id="tab-people"
                r#type="button"
                role="tab"
                aria-controls="page-people"
                aria-selected=selected(Tab::People)
                tabindex=reached(Tab::People)
                data-testid="panel-tab-people"
                node_ref=people
                on:click=move |_| shape.show(Tab::People)
            >
                {icon("M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M16 4.4a3.5 3.5 0 0 1 0 6.2M18 14.5a6.5 6.5 0 0 1 3.5 5.5")}
                <span class="tab-word">"People"</span>
                <span class="tab-count">{text(move || session.people.with(|people| count(people.count())))}</span>
            </button>
        </div>
    }
    .drawn()
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
            .drawn()
        })
    })
}

/// A number for a tab; none is no number.
fn count(number: usize) -> String {
    if number > 0 { number.to_string() } else { String::new() }
}
