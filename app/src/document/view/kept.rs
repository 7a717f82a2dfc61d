//! The notice of what the server did not take: the text stays here until the person has it, or lets it go.

use crate::{
    changing::{act, part, text},
    document::model::Kept,
    drawn::{Draw, Drawn},
    session::Session,
};
use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// The notice; nothing where nothing was refused or lost.
pub(super) fn kept(session: Session) -> impl IntoView {
    let kept = Memo::new(move |_| session.document.with(|document| document.kept().cloned()));
    part(move || kept.get().map(|kept| notice(session, kept)))
}

fn notice(session: Session, Kept { text: refused, why }: Kept) -> Drawn {
    let field = NodeRef::<html::Textarea>::new();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        if let Some(field) = field.get_untracked() {
            field.select();
            copy(field.value(), copied);
        }
    };
    view! {
        <div class="document-kept" data-testid="document-kept" role="group" aria-label="What is kept of the document">
            <p role="alert">{why}</p>
            <textarea class="field" rows="3" readonly aria-label="What is kept" prop:value=refused node_ref=field></textarea>
            <button class="button" r#type="button" on:click=act(copy)>
                {text(move || if copied.get() { "Copied" } else { "Copy" }.to_owned())}
            </button>
            <button class="button" r#type="button" on:click=act(move |_| session.let_go())>
                "Let it go"
            </button>
        </div>
    }
    .later()
}

/// Puts a text into the clipboard. Where the browser keeps that to secure pages, the text is selected, to be copied by hand.
fn copy(text: String, copied: RwSignal<bool>) {
    if window().is_secure_context() {
        spawn_local(async move {
            let done = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            copied.try_set(done.is_ok());
        });
    }
}
