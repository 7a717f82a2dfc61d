//! The ground of the canvas: a fine grid of dots, rings around the room's centre. Painted when the view changes, and else
//! left as it is.

use super::{camera::Camera, palette::Palette, surface::Surface};
use std::f64::consts::TAU;

/// Canvas units between two dots at zoom 1.
const GRID: f64 = 32.0;

/// CSS pixels that dots are apart at least; below, every second one is left out.
const CLOSEST: f64 = 24.0;

/// Canvas units from the centre to the first ring.
const FIRST_RING: f64 = 160.0;

/// How much wider each ring is than the one before: the wider, the rarer, as in the sky.
const WIDER: f64 = 1.5;

/// How many rings; the last is farther out than people go.
const RINGS: u32 = 16;

/// Paints the ground as `camera` sees it.
pub(super) fn paint(surface: &Surface, camera: &Camera, palette: &Palette) {
    surface.clear();
    dots(surface, camera, &palette.dot);
    rings(surface, camera, &palette.orbit);
    sun(surface, camera, &palette.sun);
}

fn dots(surface: &Surface, camera: &Camera, color: &str) {
    let step = spacing(camera.zoom());
    let (width, height) = camera.size();
    let origin = camera.to_screen((0.0, 0.0));
    surface.context.set_fill_style_str(color);
    let mut y = origin.1.rem_euclid(step);
    while y < height {
        let mut x = origin.0.rem_euclid(step);
        while x < width {
            surface.context.fill_rect(x - 0.75, y - 0.75, 1.5, 1.5);
            x += step;
        }
        y += step;
    }
}

/// CSS pixels between two dots.
fn spacing(zoom: f64) -> f64 {
    let mut step = GRID * zoom;
    while step < CLOSEST {
        step *= 2.0;
    }
    while step >= CLOSEST * 2.0 {
        step /= 2.0;
    }
    step
}

fn rings(surface: &Surface, camera: &Camera, color: &str) {
    let center = camera.to_screen((0.0, 0.0));
    surface.context.set_stroke_style_str(color);
    surface.context.set_line_width(1.0);
    let mut radius = FIRST_RING * camera.zoom();
    for _ in 0..RINGS {
        if crosses(center, radius, camera.size()) {
            circle(surface, center, radius);
            surface.context.stroke();
        }
        radius *= WIDER;
    }
}

/// Whether a circle's line passes through the view. Most rings do not, and painting those is what would cost.
fn crosses(center: (f64, f64), radius: f64, size: (f64, f64)) -> bool {
    let nearest = |at: f64, length: f64| at - at.clamp(0.0, length);
    let farthest = |at: f64, length: f64| at.abs().max((at - length).abs());
    let near = nearest(center.0, size.0).hypot(nearest(center.1, size.1));
    let far = farthest(center.0, size.0).hypot(farthest(center.1, size.1));
    (near..=far).contains(&radius)
}

fn sun(surface: &Surface, camera: &Camera, color: &str) {
    surface.context.set_fill_style_str(color);
    circle(surface, camera.to_screen((0.0, 0.0)), 3.0);
    surface.context.fill();
}

fn circle(surface: &Surface, center: (f64, f64), radius: f64) {
    surface.context.begin_path();
    // Fails only for a negative radius.
    let _ = surface.context.arc(center.0, center.1, radius, 0.0, TAU);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_ring_is_painted_only_where_it_is_seen() {
        let view = (800.0, 600.0);
        assert!(crosses((400.0, 300.0), 160.0, view));
        assert!(!crosses((400.0, 300.0), 501.0, view));
        assert!(!crosses((-1000.0, 300.0), 900.0, view));
        assert!(crosses((-1000.0, 300.0), 1100.0, view));
    }

    proptest! {
        #[test]
        fn dots_are_never_crowded(zoom in 0.25..=4.0_f64) {
            prop_assert!((CLOSEST..CLOSEST * 2.0).contains(&spacing(zoom)));
        }
    }
}
