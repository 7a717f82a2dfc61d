//! The others' carets on the page: a bar in each one's colour, a name for a while after a move, a tint over what is selected.

use super::mirror::{Mirror, Spot};
use crate::{
    clock,
    document::model::Shown,
    drawn::{Draw, Drawn},
    presence::{self, view::hue_style},
    session::Session,
};
use leptos::prelude::*;
use protocol::{Hue, PeerId};
use std::time::Duration;
use web_sys::HtmlTextAreaElement;

/// How long a name stands beside a caret that was moved.
pub(super) const NAMED: Duration = Duration::from_secs(2);

/// Somebody's caret as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    user: String,
    name: String,
    hue: Hue,
    spot: Spot,
    /// Whether the name is shown.
    named: bool,
    /// Whether the name stands to the left, since there is no room at the right.
    left: bool,
    /// What is selected.
    tints: Vec<Spot>,
}

/// The carets on one page. Copies are the same carets.
#[derive(Clone, Copy)]
pub(super) struct Carets {
    /// As they are drawn.
    pub(super) marks: RwSignal<Vec<Mark>>,
    /// How often each had been moved when it was drawn last, and when the last move was seen.
    moves: StoredValue<Vec<(PeerId, u32, f64)>>,
}

impl Carets {
    /// None yet.
    pub(super) fn new() -> Self {
        Self {
            marks: RwSignal::new(Vec::new()),
            moves: StoredValue::new(Vec::new()),
        }
    }

    /// Measures and draws. `true`: a caret was moved, so its name goes after [`NAMED`].
    pub(super) fn draw(self, session: Session, mirror: Mirror, field: &HtmlTextAreaElement) -> bool {
        if field.client_height() == 0 {
            return false;
        }
        let me = session.peer.get_untracked();
        let shown = session.document.with_untracked(|document| {
            mirror.update(document.shown());
            document.carets(me)
        });
        let moved = self.mind_moves(&shown, clock::now());
        let marks = session.people.with_untracked(|people| {
            let marks = shown.iter().filter_map(|caret| self.mark(caret, people, mirror, field));
            marks.collect::<Vec<_>>()
        });
        if self.marks.with_untracked(|before| *before != marks) {
            self.marks.set(marks);
        }
        moved
    }

    fn mark(
        self,
        caret: &Shown,
        people: &presence::model::Model,
        mirror: Mirror,
        field: &HtmlTextAreaElement,
    ) -> Option<Mark> {
        let person = people.of(caret.peer)?;
        let spot = mirror.measure(caret.head)?;
        let (from, to) = (caret.anchor.min(caret.head), caret.anchor.max(caret.head));
        let tints = if from < to {
            mirror.between(field, from, to)
        } else {
            Vec::new()
        };
        Some(Mark {
            user: person.user_id.to_string(),
            name: person.name.to_string(),
            hue: person.hue,
            spot,
            named: self.is_named(caret.peer),
            left: spot.left > field.client_width() / 2,
            tints,
        })
    }

    /// Notes who was moved; `true` if somebody was.
    fn mind_moves(self, shown: &[Shown], now: f64) -> bool {
        let mut moved = false;
        self.moves.update_value(|moves| {
            let before = std::mem::take(moves);
            *moves = shown
                .iter()
                .map(|caret| {
                    let known = before.iter().find(|(peer, ..)| *peer == caret.peer);
                    let since = known.filter(|(_, count, _)| *count == caret.moves);
                    moved |= since.is_none();
                    (caret.peer, caret.moves, since.map_or(now, |(.., since)| *since))
                })
                .collect();
        });
        moved
    }

    fn is_named(self, peer: PeerId) -> bool {
        let until = clock::now() - NAMED.as_secs_f64() * 1000.0;
        self.moves
            .with_value(|moves| moves.iter().any(|(known, _, since)| *known == peer && *since > until))
    }
}

/// One caret, with its tints.
pub(super) fn caret(mark: &Mark) -> Drawn {
    let style = hue_style(mark.hue);
    view! {
        <div style=style>
            {mark.tints.iter().map(|tint| tinted(*tint)).collect::<Vec<_>>()}
            <span class="document-caret" data-testid="document-caret" data-user-id=mark.user.clone() style=at(mark.spot, false)>
                <span class="document-caret-name" data-left=mark.left.then_some("") hidden=!mark.named>
                    {mark.name.clone()}
                </span>
            </span>
        </div>
    }
    .later()
}

fn tinted(spot: Spot) -> Drawn {
    view! { <span class="document-tint" style=at(spot, true)></span> }.later()
}

/// A style that puts something there.
fn at(spot: Spot, wide: bool) -> String {
    let mut style = String::new();
    let mut say = |property: &str, pixels: i32| {
        style.push_str(property);
        style.push_str(&pixels.to_string());
        style.push_str("px;");
    };
    say("left:", spot.left);
    say("top:", spot.top);
    say("height:", spot.height);
    if wide {
        say("width:", spot.width);
    }
    style
}
