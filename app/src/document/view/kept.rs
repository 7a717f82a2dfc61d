//! The notice of what the server did not take: the text stays here until the person has it, or lets it go.

use crate::{
    changing::{act, part, text},
    clipboard,
    document::model::Kept,
    drawn::{Draw, Drawn},
    session::Session,
};
use leptos::{html, prelude::*};

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
            // Selected, it can be copied by hand where the browser keeps the clipboard to secure pages.
            clipboard::copy(copied, field.value(), |_| {});
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
