//! The canvas' colours, read from the style sheet, so that `style/tokens.css` stays the only place that says them.

use protocol::Hue;
use wasm_bindgen::JsCast;
use web_sys::{CssStyleDeclaration, Document, Element, HtmlElement, Window};

/// Colours as CSS text, in the theme that is worn now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Palette {
    /// The ground, and the ink of labels.
    pub(super) sky: String,
    /// Dots of the grid.
    pub(super) dot: String,
    /// Rings around the room's centre.
    pub(super) orbit: String,
    /// The body in the room's centre.
    pub(super) sun: String,
    /// Whether the theme is the dark one.
    night: bool,
}

impl Palette {
    /// Reads the colours as they are inside `canvas`. The values of the properties use `light-dark()`, so that only a real
    /// element can say what they come to: one that is a child of the canvas, where nothing is shown.
    pub(super) fn read(window: &Window, document: &Document, canvas: &Element) -> Option<Self> {
        let probe: HtmlElement = document.create_element("i").ok()?.dyn_into().ok()?;
        canvas.append_child(&probe).ok()?;
        let palette = window.get_computed_style(&probe).ok()?.and_then(|computed| {
            let style = probe.style();
            let color = |value: &str| color(&style, &computed, value);
            Some(Self {
                sky: color("var(--sky)")?,
                dot: color("var(--canvas-dot)")?,
                orbit: color("var(--canvas-orbit)")?,
                sun: color("var(--brass)")?,
                night: color("light-dark(#fff,#000)")? == "rgb(0, 0, 0)",
            })
        });
        probe.remove();
        palette
    }

    /// A person's colour.
    pub(super) fn person(&self, hue: Hue) -> String {
        if self.night { hue.night() } else { hue.day() }
    }
}

/// What a colour comes to. `computed` is live: it follows `style`.
fn color(style: &CssStyleDeclaration, computed: &CssStyleDeclaration, value: &str) -> Option<String> {
    style.set_property("color", value).ok()?;
    computed.get_property_value("color").ok()
}
