//! The two canvases of a room: the ground, with its pointer, wheel and keys, and the cursors above all that lies on it.

use super::{frame_loop::FrameLoop, hand::Hand, stage::Stage};
use crate::{changing::act, note::view::Desk};
use leptos::{ev::KeyboardEvent, html, prelude::*};
use web_sys::HtmlCanvasElement;

/// The room's sky.
#[component]
pub fn Canvas(
    /// Shared with what lies over the canvas.
    hand: Hand,
    /// Where a note is made, when one is wished for here.
    desk: Desk,
) -> impl IntoView {
    let (ground, bodies) = (NodeRef::<html::Canvas>::new(), NodeRef::<html::Canvas>::new());
    let painted = RwSignal::new(0);
    Effect::new(move |_| {
        if let (Some(ground), Some(bodies)) = (ground.get(), bodies.get()) {
            begin(ground, bodies, hand, painted);
        }
    });
    view! {
        <canvas
            node_ref=ground
            data-testid="canvas"
            data-cursors=move || painted.get()
            role="img"
            tabindex="0"
            aria-label=move || label(painted.get(), hand.session.writes())
            on:pointerdown=act(move |event| hand.pressed(&event))
            on:pointermove=act(move |event| hand.moved(&event))
            on:pointerup=act(move |event| hand.released(&event))
            on:pointercancel=act(move |event| hand.released(&event))
            on:wheel=act(move |event| hand.wheeled(&event))
            on:dblclick=act(move |event| desk.make_at(hand.world(&event)))
            on:keydown=act(move |event| typed(&event, hand, desk))
        ></canvas>
        <canvas class="sky-bodies" data-testid="bodies" aria-hidden="true" node_ref=bodies></canvas>
    }
}

/// A key with Ctrl, Alt or the like is the browser's.
fn typed(event: &KeyboardEvent, hand: Hand, desk: Desk) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    if event.key() == "n" {
        // Else the letter would be the first on the note.
        event.prevent_default();
        desk.make();
    } else {
        hand.typed(event);
    }
}

/// Starts the loop. It belongs to the effect that calls this, and so ends with the component.
fn begin(ground: HtmlCanvasElement, bodies: HtmlCanvasElement, hand: Hand, painted: RwSignal<usize>) {
    let stage = web_sys::window().and_then(|window| {
        let stage = Stage::new(&window, ground, bodies, hand, painted)?;
        Some((window, stage))
    });
    if let Some((window, mut stage)) = stage {
        StoredValue::new_local(FrameLoop::start(window, move |now| stage.frame(now)));
    }
}

/// What a screen reader says of the canvas.
fn label(cursors: usize, writes: bool) -> String {
    let others = match cursors {
        0 => "Nobody else points here.".to_owned(),
        1 => "One other cursor.".to_owned(),
        many => format!("{many} other cursors."),
    };
    let notes = if writes {
        " N or a double click makes a note."
    } else {
        ""
    };
    others + " Arrow keys move the view, plus and minus zoom, 0 returns to the centre." + notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_reader_hears_how_many_point() {
        assert!(label(0, true).starts_with("Nobody else"));
        assert!(label(1, true).starts_with("One other cursor."));
        assert!(label(7, true).starts_with("7 other cursors."));
        assert!(!label(0, false).contains("makes a note"));
    }
}
