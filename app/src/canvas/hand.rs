//! My hand on the canvas: what it does to the view, and where it points. What lies over the canvas is under the same hand.

use super::{camera::Camera, gesture::Gesture, keys};
use crate::session::Session;
use leptos::{ev::MouseEvent, html, prelude::*};
use web_sys::{HtmlCanvasElement, KeyboardEvent, PointerEvent, WheelEvent};

/// How much one CSS pixel of the wheel magnifies, as an exponent.
const WHEEL: f64 = 0.0015;

/// The same for a pinch on a touch pad, which browsers tell as a wheel with Ctrl, in smaller numbers.
const PINCH: f64 = 0.01;

/// CSS pixels of a line, for wheels that count lines.
const LINE: f64 = 16.0;

/// A hand, and the part of the room that it has brought into view. Copies are the same hand.
#[derive(Clone, Copy)]
pub struct Hand {
    /// What lies over the canvas and moves with the view. Its top left corner is the room's centre, and its CSS pixels are
    /// canvas units.
    pub layer: NodeRef<html::Div>,
    pub(super) session: Session,
    pub(super) camera: StoredValue<Camera>,
    gesture: StoredValue<Gesture>,
}

impl Hand {
    /// A hand that does nothing yet; the room's centre is in view.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self {
            layer: NodeRef::new(),
            session,
            camera: StoredValue::new(Camera::default()),
            gesture: StoredValue::new(Gesture::default()),
        }
    }

    /// What is seen of the room.
    #[must_use]
    pub fn view(&self) -> Camera {
        self.camera.get_value()
    }

    /// Which place in the room an event is at, in canvas units.
    #[must_use]
    pub fn world(&self, event: &MouseEvent) -> (f64, f64) {
        self.view().to_world(self.place(event))
    }

    /// Brings a place in the room into view, if it is not.
    pub fn reveal(&self, world: (f64, f64)) {
        self.camera.update_value(|camera| camera.reveal(world));
    }

    /// The others see me point at where this event is.
    pub fn point(&self, event: &MouseEvent) {
        let (x, y) = self.world(event);
        self.session.point(x, y);
    }

    /// Magnifies what is under the pointer.
    pub fn wheeled(&self, event: &WheelEvent) {
        event.prevent_default();
        let pixels = if event.delta_mode() == WheelEvent::DOM_DELTA_PIXEL {
            1.0
        } else {
            LINE
        };
        let pace = if event.ctrl_key() { PINCH } else { WHEEL };
        let (factor, place) = ((-event.delta_y() * pixels * pace).exp(), self.place(event));
        self.camera.update_value(|camera| camera.zoom_by(factor, place));
    }

    pub(super) fn pressed(&self, event: &PointerEvent) {
        if event.button() > 1 {
            return;
        }
        // Without capture a drag only ends at the canvas' edge.
        let _ = canvas(event).map(|canvas| canvas.set_pointer_capture(event.pointer_id()));
        let place = self.place(event);
        self.gesture
            .update_value(|gesture| gesture.pressed(event.pointer_id(), place));
        self.point(event);
    }

    pub(super) fn moved(&self, event: &PointerEvent) {
        let place = self.place(event);
        self.gesture.update_value(|gesture| {
            self.camera
                .update_value(|camera| gesture.moved(event.pointer_id(), place, camera));
        });
        self.point(event);
    }

    pub(super) fn released(&self, event: &PointerEvent) {
        self.gesture
            .update_value(|gesture| gesture.released(event.pointer_id()));
    }

    /// With the keyboard one points at the middle of what one sees.
    pub(super) fn typed(&self, event: &KeyboardEvent) {
        let press = |camera: &mut Camera| keys::press(camera, &event.key());
        if self.camera.try_update_value(press) == Some(true) {
            event.prevent_default();
            let (x, y) = self.view().center();
            self.session.point(x, y);
        }
    }

    /// Where an event is, in CSS pixels from the canvas' top left corner, whatever lies over the canvas there.
    fn place(&self, event: &MouseEvent) -> (f64, f64) {
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        let sky = self.layer.get_untracked().and_then(|layer| layer.parent_element());
        sky.map_or((x, y), |sky| {
            let edges = sky.get_bounding_client_rect();
            (x - edges.left(), y - edges.top())
        })
    }
}

fn canvas(event: &PointerEvent) -> Option<HtmlCanvasElement> {
    use wasm_bindgen::JsCast;
    event.current_target()?.dyn_into().ok()
}
