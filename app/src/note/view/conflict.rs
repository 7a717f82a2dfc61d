//! What was refused and taken back: the person sees it and decides, one after the other. Nothing that was written is lost
//! silently.

use crate::{
    canvas::hand::Hand,
    changing::{act, part},
    drawn::{Draw, Drawn},
    note::{
        card::{HEIGHT, WIDTH},
        drag::inside,
        model::{Matter, Refused},
    },
    session::{Session, expect_session},
};
use leptos::{ev::Event, html, prelude::*};
use protocol::{
    NoteId,
    note::{Change, Note},
};

/// The dialog; it opens by itself while there is something to decide.
pub(super) fn conflict(hand: Hand) -> Drawn {
    let session = expect_session();
    let node = NodeRef::<html::Dialog>::new();
    let oldest = Memo::new(move |_| session.refused.with(|all| all.first().cloned()));
    let show = move || {
        if let Some(dialog) = node.get_untracked() {
            if oldest.with_untracked(Option::is_none) {
                dialog.close();
            } else if !dialog.open() {
                // It fails only where it is open already.
                dialog.show_modal().ok();
            }
        }
    };
    Effect::new(move |_| {
        oldest.track();
        show();
    });
    view! {
        <dialog
            class="conflict"
            data-testid="note-conflict"
            aria-labelledby="conflict-title"
            node_ref=node
            on:cancel=move |event: Event| event.prevent_default()
            on:close=move |_| show()
        >
            {part(move || oldest.get().map(|refused| question(session, hand, refused)))}
        </dialog>
    }
    .painted()
}

fn question(session: Session, hand: Hand, refused: Refused) -> Drawn {
    let why = refused.refusal.message.clone();
    let note = refused.note().clone();
    match refused.matter() {
        Matter::Conflict { theirs, mine } => {
            let mine = RwSignal::new(mine);
            let ends = vec![
                end(session, "Keep theirs", "note-keep-theirs", || None),
                end(session, "Keep mine", "note-keep-mine", keep(&theirs, mine)),
            ];
            asked("Two texts for one note", why, both(theirs.text, mine), ends)
        }
        Matter::Gone { mine } => {
            let mine = RwSignal::new(mine);
            let ends = vec![
                end(session, "Let it go", "note-let-go", || None),
                end(
                    session,
                    "Make a new note of it",
                    "note-make-anew",
                    anew(session, hand, note, mine),
                ),
            ];
            asked("The note is gone", why, field("What you wrote", mine), ends)
        }
        Matter::Other { mine } => other(session, refused, why, mine),
    }
}

/// Neither a conflict nor gone: the server's sentence, what was written, and another try where that may help.
fn other(session: Session, refused: Refused, why: String, mine: Option<String>) -> Drawn {
    let mut ends = vec![end(session, "Close", "note-close", || None)];
    if refused.refusal.retry_after_ms.is_some() {
        let again = refused.change;
        ends.push(end(session, "Try again", "note-try-again", move || Some(again.clone())));
    }
    let kept = mine.map(|mine| field("What you wrote", RwSignal::new(mine)));
    asked("This could not be done", why, kept.later(), ends)
}

fn asked(title: &'static str, why: String, texts: Drawn, ends: Vec<Drawn>) -> Drawn {
    view! {
        <h2 id="conflict-title">{title}</h2>
        <p class="conflict-why">{why}</p>
        <div class="conflict-texts">{texts}</div>
        <div class="conflict-ends">{ends}</div>
    }
    .later()
}

/// A way to decide: what is done, if anything.
fn end(
    session: Session,
    words: &'static str,
    id: &'static str,
    change: impl Fn() -> Option<Change> + Send + 'static,
) -> Drawn {
    let decide = move |_| {
        let change = change();
        session.decided();
        if let Some(change) = change {
            session.change_note_or_ask(change);
        }
    };
    view! {
        <button class="button" r#type="button" data-testid=id on:click=act(decide)>
            {words}
        </button>
    }
    .later()
}

/// My text in place of the one that was shown beside it.
fn keep(theirs: &Note, mine: RwSignal<String>) -> impl Fn() -> Option<Change> + use<> {
    let (note, version) = (theirs.id.clone(), theirs.version);
    move || {
        Some(Change::Edit {
            note: note.clone(),
            version,
            text: mine.get_untracked(),
        })
    }
}

/// A new note with my text, in the middle of what is seen.
fn anew(session: Session, hand: Hand, note: NoteId, mine: RwSignal<String>) -> impl Fn() -> Option<Change> {
    move || {
        let (x, y) = hand.view().center();
        let (x, y) = inside((x - WIDTH / 2.0, y - HEIGHT / 2.0));
        Some(Change::Make {
            note: note.clone(),
            x,
            y,
            hue: session.me.with_untracked(|me| me.hue),
            text: mine.get_untracked(),
        })
    }
}

fn both(theirs: String, mine: RwSignal<String>) -> Drawn {
    view! {
        <section class="conflict-theirs">
            <h3>"Theirs"</h3>
            <p class="note-text" tabindex="0">
                {theirs}
            </p>
        </section>
        {field("Yours", mine)}
    }
    .later()
}

fn field(words: &'static str, mine: RwSignal<String>) -> Drawn {
    view! {
        <label class="conflict-mine">
            <h3>{words}</h3>
            <textarea
                class="field"
                data-testid="note-mine"
                autofocus
                rows="6"
                prop:value=mine
                on:input:target=move |input| mine.set(input.target().value())
            ></textarea>
        </label>
    }
    .later()
}
