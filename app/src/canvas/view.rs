//! The `<canvas>` of a room, with its pointer, wheel and keys.

use super::{camera::Camera, frame_loop::FrameLoop, gesture::Gesture, keys, stage::Stage};
use crate::session::{Session, expect_session};
use leptos::{ev, html, prelude::*};
use web_sys::{HtmlCanvasElement, KeyboardEvent, PointerEvent, WheelEvent};

/// How much one CSS pixel of the wheel magnifies, as an exponent.
const WHEEL: f64 = 0.0015;

/// The same for a pinch on a touch pad, which browsers tell as a wheel with Ctrl, in smaller numbers.
const PINCH: f64 = 0.01;

/// CSS pixels of a line, for wheels that count lines.
const LINE: f64 = 16.0;

/// The room's sky. It must stand under a [`Session`].
#[component]
pub fn Canvas() -> impl IntoView {
    let hand = Hand::new(expect_session());
    let node = NodeRef::<html::Canvas>::new();
    let painted = RwSignal::new(0);
    Effect::new(move |_| {
        if let Some(canvas) = node.get() {
            begin(canvas, hand, painted);
        }
    });
    view! {
        <canvas
            node_ref=node
            data-testid="canvas"
            data-cursors=move || painted.get()
            role="img"
            tabindex="0"
            aria-label=move || label(painted.get())
            on:pointerdown=move |event| hand.pressed(&event)
            on:pointermove=move |event| hand.moved(&event)
            on:pointerup=move |event| hand.released(&event)
            on:pointercancel=move |event| hand.released(&event)
            on:wheel=move |event| hand.wheeled(&event)
            on:keydown=move |event| hand.typed(&event)
        ></canvas>
    }
}

/// Starts the loop. It belongs to the effect that calls this, and so ends with the component.
fn begin(canvas: HtmlCanvasElement, hand: Hand, painted: RwSignal<usize>) {
    let stage = web_sys::window().and_then(|window| {
        let stage = Stage::new(&window, canvas, hand.session, hand.camera, painted)?;
        Some((window, stage))
    });
    if let Some((window, mut stage)) = stage {
        StoredValue::new_local(FrameLoop::start(window, move |now| stage.frame(now)));
    }
}

/// What a screen reader says of the canvas.
fn label(cursors: usize) -> String {
    let others = match cursors {
        0 => "Nobody else points here.".to_owned(),
        1 => "One other cursor.".to_owned(),
        many => format!("{many} other cursors."),
    };
    others + " Arrow keys move the view, plus and minus zoom, 0 returns to the centre."
}

/// My hand on the canvas: what it does to the view, and where it points.
#[derive(Clone, Copy)]
struct Hand {
    session: Session,
    camera: StoredValue<Camera>,
    gesture: StoredValue<Gesture>,
}

impl Hand {
    fn new(session: Session) -> Self {
        Self {
            session,
            camera: StoredValue::new(Camera::default()),
            gesture: StoredValue::new(Gesture::default()),
        }
    }

    fn pressed(&self, event: &PointerEvent) {
        if event.button() > 1 {
            return;
        }
        // Without capture a drag only ends at the canvas' edge.
        let _ = canvas(event).map(|canvas| canvas.set_pointer_capture(event.pointer_id()));
        self.gesture
            .update_value(|gesture| gesture.pressed(event.pointer_id(), place(event)));
        self.point(place(event));
    }

    fn moved(&self, event: &PointerEvent) {
        let at = place(event);
        self.gesture.update_value(|gesture| {
            self.camera
                .update_value(|camera| gesture.moved(event.pointer_id(), at, camera));
        });
        self.point(at);
    }

    fn released(&self, event: &PointerEvent) {
        self.gesture
            .update_value(|gesture| gesture.released(event.pointer_id()));
    }

    fn wheeled(&self, event: &WheelEvent) {
        event.prevent_default();
        let pixels = if event.delta_mode() == WheelEvent::DOM_DELTA_PIXEL {
            1.0
        } else {
            LINE
        };
        let pace = if event.ctrl_key() { PINCH } else { WHEEL };
        let factor = (-event.delta_y() * pixels * pace).exp();
        self.camera.update_value(|camera| camera.zoom_by(factor, place(event)));
    }

    /// With the keyboard one points at the middle of what one sees.
    fn typed(&self, event: &KeyboardEvent) {
        let other = event.ctrl_key() || event.meta_key() || event.alt_key();
        let press = |camera: &mut Camera| keys::press(camera, &event.key());
        if !other && self.camera.try_update_value(press) == Some(true) {
            event.prevent_default();
            let (x, y) = self.camera.with_value(Camera::center);
            self.session.point(x, y);
        }
    }

    fn point(&self, at: (f64, f64)) {
        let (x, y) = self.camera.with_value(|camera| camera.to_world(at));
        self.session.point(x, y);
    }
}

/// Where an event is, in CSS pixels from the canvas' top left corner.
fn place(event: &ev::MouseEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

fn canvas(event: &PointerEvent) -> Option<HtmlCanvasElement> {
    use wasm_bindgen::JsCast;
    event.current_target()?.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_reader_hears_how_many_point() {
        assert!(label(0).starts_with("Nobody else"));
        assert!(label(1).starts_with("One other cursor."));
        assert!(label(7).starts_with("7 other cursors."));
    }
}
