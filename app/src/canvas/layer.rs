//! What lies over the canvas, kept where the view is: moved as a whole, by its style, so that nothing in it is drawn anew.

use super::camera::Camera;
use web_sys::HtmlElement;

/// The zoom is told in whole millionths: so exact that what lies at the edge of the world is where it should be, and without
/// writing out floats, which would cost kilobytes of WASM.
const PARTS: f64 = 1_000_000.0;

/// Lays a layer so that its top left corner is the room's centre and its CSS pixels are canvas units. What is to keep its size
/// at any zoom finds the zoom, in millionths, in `--zoom`; since everything in the layer inherits that, it is told only where
/// it changed.
pub(super) fn lay(layer: &HtmlElement, camera: &Camera, zoomed: bool) {
    let style = layer.style();
    // Neither fails: both are properties that can be written.
    style.set_property("transform", &transform(camera)).ok();
    if zoomed {
        style.set_property("--zoom", &parts(camera).to_string()).ok();
    }
}

fn transform(camera: &Camera) -> String {
    let (x, y) = camera.to_screen((0.0, 0.0));
    let (x, y, zoom) = (x.round() as i32, y.round() as i32, parts(camera));
    format!("translate({x}px,{y}px) scale(calc({zoom}/1000000))")
}

fn parts(camera: &Camera) -> i32 {
    (camera.zoom() * PARTS).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layers_corner_is_the_rooms_centre() {
        let mut camera = Camera::default();
        camera.resize(801.0, 600.0);
        assert_eq!(
            transform(&camera),
            "translate(401px,300px) scale(calc(1000000/1000000))"
        );
        camera.zoom_middle(1.25);
        camera.pan(-500.4, 0.0);
        assert_eq!(
            transform(&camera),
            "translate(-100px,300px) scale(calc(1250000/1000000))"
        );
    }
}
