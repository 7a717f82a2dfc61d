//! The document in the panel: what was refused, the bar, and the page one writes on.

mod bar;
mod carets;
mod field;
mod kept;
mod mirror;
mod stretches;

use crate::{
    changing::{flag, part, text},
    document::model::Model,
    drawn::Draw,
    session::{Session, expect_session},
};
use bar::bar;
use carets::caret;
use field::Field;
use kept::kept;
use leptos::prelude::*;

/// The document of the session in context.
#[component]
pub fn Document() -> impl IntoView {
    let session = expect_session();
    let field = Field::new(session);
    field.begin();
    let marks = field.carets.marks;
    view! {
        <section class="document" aria-label="Shared document">
            {bar(session, field)}
            {kept(session)}
            <p class="document-refusal" role="alert" hidden=flag(move || field.refusal.with(String::is_empty))>
                {field.refusal}
            </p>
            <div class="document-page">
                <textarea
                    class="document-text document-input"
                    data-testid="document-input"
                    aria-label="Document"
                    placeholder=placeholder(session)
                    autocomplete="off"
                    autocapitalize="sentences"
                    spellcheck="false"
                    readonly=flag(move || !session.writes() || !session.document.with(Model::is_open))
                    node_ref=field.node
                    on:input=move |_| field.typed()
                    on:beforeinput=move |input| field.offered(&input)
                    on:keydown=move |key| field.pressed(&key)
                    on:compositionstart=move |_| field.compose(true)
                    on:compositionend=move |_| field.compose(false)
                    on:selectionchange=move |_| field.place()
                    on:focus=move |_| field.place()
                    on:blur=move |_| field.place()
                    on:keyup=move |_| field.place()
                    on:pointerup=move |_| field.place()
                    on:scroll=move |_| field.scrolled()
                ></textarea>
                <div class="document-text document-mirror" aria-hidden="true">
                    <div class="document-paper" node_ref=field.paper>
                        <div node_ref=field.mirror.node></div>
                        {part(move || marks.with(|marks| marks.iter().map(caret).collect::<Vec<_>>()))}
                    </div>
                </div>
            </div>
        </section>
    }
    .painted()
}

/// What the page says while nothing is on it.
fn placeholder(session: Session) -> Signal<String> {
    text(move || {
        let words = match (session.document.with(Model::is_open), session.writes()) {
            (false, _) => "",
            (true, true) => "Nothing is written here yet. What you write, everybody sees.",
            (true, false) => "Nothing is written here yet.",
        };
        words.to_owned()
    })
}
