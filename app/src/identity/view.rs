//! My name and colour: the button in the header, and the dialog in which both are changed.

use crate::{
    changing::{act, flag, part, text},
    drawn::{Draw, Drawn},
    identity::model::{Renaming, hues, read_name},
    presence::view::{avatar, hue_style},
    session::expect_session,
};
use leptos::{ev::SubmitEvent, html, prelude::*};
use protocol::{Hue, limits::NAME};

/// What the 24 colours are called, for those who hear them.
const CALLED: [&str; 24] = [
    "rose", "coral", "rust", "copper", "amber", "ochre", "gold", "citron", "lime", "moss", "leaf", "jade", "teal",
    "lagoon", "cyan", "sky", "azure", "steel", "blue", "indigo", "violet", "plum", "orchid", "pink",
];

/// My avatar; a press opens the dialog.
#[component]
pub fn IdentityButton() -> impl IntoView {
    let me = expect_session().me;
    let dialog = NodeRef::<html::Dialog>::new();
    let name = RwSignal::new(String::new());
    let hue = RwSignal::new(me.with_untracked(|me| me.hue));
    let open = move |_| {
        name.set(me.with_untracked(|me| me.name.to_string()));
        hue.set(me.with_untracked(|me| me.hue));
        if let Some(dialog) = dialog.get_untracked() {
            // It fails only where it is open already.
            dialog.show_modal().ok();
        }
    };
    view! {
        <button class="identity-button" r#type="button" data-testid="identity-button" on:click=act(open)>
            {part(move || me.with(|me| avatar(&me.name, me.hue)))}
            <span class="said">"Change your name and colour. You are " {text(move || me.with(|me| me.name.to_string()))}</span>
        </button>
        <dialog class="identity" aria-labelledby="identity-title" node_ref=dialog>
            <IdentityForm dialog name hue />
        </dialog>
    }
    .painted()
}

#[component]
fn IdentityForm(dialog: NodeRef<html::Dialog>, name: RwSignal<String>, hue: RwSignal<Hue>) -> impl IntoView {
    let session = expect_session();
    let problem = RwSignal::new(String::new());
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let save = move |submit: SubmitEvent| {
        submit.prevent_default();
        match read_name(&name.get_untracked()) {
            Ok(name) => session.rename(name, hue.get_untracked()),
            Err(why) => problem.set(why.to_string()),
        }
    };
    Effect::new(move |was_saving: Option<bool>| {
        let (saving, why) = session.renaming.with(|renaming| match renaming {
            Renaming::Idle => (false, String::new()),
            Renaming::Saving => (true, String::new()),
            Renaming::Failed(why) => (false, why.clone()),
        });
        if was_saving == Some(true) && !saving && why.is_empty() {
            close();
        }
        problem.set(why);
        saving
    });
    view! {
        <form class="identity-form" on:submit=save>
            <h2 id="identity-title">"How others see you"</h2>
            <div>
                <label class="identity-label" for="identity-name">
                    "Name"
                </label>
                <input
                    class="field"
                    id="identity-name"
                    data-testid="identity-name"
                    maxlength=NAME
                    autocomplete="nickname"
                    required
                    prop:value=name
                    on:input:target=move |input| {
                        name.set(input.target().value());
                        problem.set(String::new());
                    }
                />
            </div>
            <fieldset>
                <legend class="identity-label">"Colour"</legend>
                <div class="hues">{hues().zip(CALLED).map(|(one, called)| choice(one, called, hue)).collect::<Vec<_>>()}</div>
            </fieldset>
            <p class="identity-problem" role="alert">
                {problem}
            </p>
            <div class="identity-ends">
                <button class="button" r#type="button" on:click=act(move |_| close())>
                    "Cancel"
                </button>
                <button
                    class="button primary"
                    data-testid="identity-save"
                    disabled=flag(move || session.renaming.with(|renaming| *renaming == Renaming::Saving))
                >
                    "Save"
                </button>
            </div>
        </form>
    }
    .painted()
}

fn choice(one: Hue, called: &'static str, chosen: RwSignal<Hue>) -> Drawn {
    view! {
        <label class="hue">
            <input
                r#type="radio"
                name="hue"
                value=one.degrees()
                aria-label=called
                prop:checked=flag(move || chosen.get() == one)
                on:change=move |_| chosen.set(one)
            />
            <span class="avatar" style=hue_style(one)></span>
        </label>
    }
    .painted()
}
