//! A person's body, painted once and copied each frame: a soft disc, a pointer, the name.

use super::{palette::Palette, surface::Surface};
use protocol::{Hue, Name, presence::PresenceEntry};
use std::f64::consts::TAU;
use web_sys::{CanvasRenderingContext2d, Document};

/// CSS pixels from the picture's top left corner to the tip of the pointer, in both directions: room for the disc.
pub(super) const TIP: f64 = 26.0;

/// CSS pixels of a name; a longer one is shortened.
const LONGEST: f64 = 150.0;

/// Where the label begins, from the tip.
const LABEL: (f64, f64) = (12.0, 15.0);

/// Height of the label, and the space left and right of the name.
const HEIGHT: f64 = 20.0;
const MARGIN: f64 = 7.0;

const FONT: &str = "500 12px system-ui, sans-serif";

/// The outline of the pointer, from its tip.
const ARROW: [(f64, f64); 4] = [(0.0, 0.0), (4.5, 15.0), (7.4, 8.6), (13.6, 6.2)];

/// A picture of a person.
pub(super) struct Sprite {
    name: Name,
    hue: Hue,
    /// The picture. The tip of the pointer is at ([`TIP`], [`TIP`]).
    pub(super) picture: Surface,
}

impl Sprite {
    /// Paints a person. `None` where the browser gives no canvas.
    pub(super) fn paint(document: &Document, who: &PresenceEntry, palette: &Palette, scale: f64) -> Option<Self> {
        let mut picture = Surface::apart(document)?;
        picture.context.set_font(FONT);
        let (label, width) = shorten(&picture.context, who.name.as_str());
        let size = (TIP + LABEL.0 + width + 2.0 * MARGIN + 2.0, TIP + LABEL.1 + HEIGHT + 2.0);
        picture.resize(size, scale);
        let color = palette.person(who.hue);
        let context = &picture.context;
        disc(context, &color);
        pointer(context, &color, &palette.sky);
        plate(context, &color, width);
        write(context, &label, &palette.sky);
        Some(Self {
            name: who.name.clone(),
            hue: who.hue,
            picture,
        })
    }

    /// Whether it still looks like this person.
    pub(super) fn shows(&self, who: &PresenceEntry) -> bool {
        self.name == who.name && self.hue == who.hue
    }
}

fn disc(context: &CanvasRenderingContext2d, color: &str) {
    context.set_global_alpha(0.3);
    context.set_shadow_color(color);
    context.set_shadow_blur(12.0);
    context.set_fill_style_str(color);
    context.begin_path();
    // Fails only for a negative radius.
    let _ = context.arc(TIP, TIP, 11.0, 0.0, TAU);
    context.fill();
    context.set_shadow_blur(0.0);
    context.set_global_alpha(1.0);
}

fn pointer(context: &CanvasRenderingContext2d, color: &str, outline: &str) {
    context.begin_path();
    for (x, y) in ARROW {
        context.line_to(TIP + x, TIP + y);
    }
    context.close_path();
    context.set_line_join("round");
    context.set_line_width(3.0);
    context.set_stroke_style_str(outline);
    context.stroke();
    context.set_fill_style_str(color);
    context.fill();
}

fn plate(context: &CanvasRenderingContext2d, color: &str, width: f64) {
    let (x, y) = (TIP + LABEL.0, TIP + LABEL.1);
    context.set_fill_style_str(color);
    context.begin_path();
    // Fails only for a negative radius.
    let _ = context.round_rect_with_f64(x, y, width + 2.0 * MARGIN, HEIGHT, HEIGHT / 2.0);
    context.fill();
}

fn write(context: &CanvasRenderingContext2d, label: &str, ink: &str) {
    // Giving a canvas its size forgot the font.
    context.set_font(FONT);
    context.set_text_baseline("middle");
    context.set_fill_style_str(ink);
    // Fails for no text.
    let _ = context.fill_text(label, TIP + LABEL.0 + MARGIN, TIP + LABEL.1 + HEIGHT / 2.0 + 0.5);
}

/// The name, or as much of it as fits, and its width in CSS pixels.
fn shorten(context: &CanvasRenderingContext2d, name: &str) -> (String, f64) {
    let measure = |text: &str| context.measure_text(text).map_or(LONGEST, |metrics| metrics.width());
    let mut label = name.to_owned();
    let mut kept: Vec<char> = name.chars().collect();
    let mut width = measure(&label);
    while width > LONGEST && kept.pop().is_some() {
        label = kept.iter().collect();
        label.push('…');
        width = measure(&label);
    }
    (label, width)
}
