//! A canvas element with its 2D context and its scale: CSS pixels outside, device pixels inside.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Document, HtmlCanvasElement};

/// Something to paint on, in CSS pixels.
pub(super) struct Surface {
    element: HtmlCanvasElement,
    /// What paints on it.
    pub(super) context: CanvasRenderingContext2d,
    size: (f64, f64),
}

impl Surface {
    /// Paints on a canvas of the page. `None` where the browser has no 2D context to give.
    pub(super) fn on(element: HtmlCanvasElement) -> Option<Self> {
        let context = element.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self {
            element,
            context,
            size: (0.0, 0.0),
        })
    }

    /// A canvas that is on no page, to paint once and copy often.
    pub(super) fn apart(document: &Document) -> Option<Self> {
        Self::on(document.create_element("canvas").ok()?.dyn_into().ok()?)
    }

    /// Gives it a size in CSS pixels, at `scale` device pixels each. It is empty after that.
    pub(super) fn resize(&mut self, size: (f64, f64), scale: f64) {
        let pixels = |length: f64| (length * scale).round().max(1.0) as u32;
        self.element.set_width(pixels(size.0));
        self.element.set_height(pixels(size.1));
        self.size = size;
        // Cannot fail: the matrix is made of finite numbers.
        let _ = self.context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
    }

    /// Makes it empty.
    pub(super) fn clear(&self) {
        self.context.clear_rect(0.0, 0.0, self.size.0, self.size.1);
    }

    /// Copies all of another onto this, its top left corner at `at`.
    pub(super) fn stamp(&self, other: &Self, at: (f64, f64)) {
        let (width, height) = other.size;
        // Fails only for an image without pixels, of which there is nothing to see.
        let _ =
            self.context
                .draw_image_with_html_canvas_element_and_dw_and_dh(&other.element, at.0, at.1, width, height);
    }

    /// The canvas element itself.
    pub(super) fn element(&self) -> &HtmlCanvasElement {
        &self.element
    }
}
