//! The canvas by keyboard: arrows move the view, + and - magnify, 0 returns to the centre. Pure.

use super::camera::Camera;

/// CSS pixels that one press moves the view.
const STEP: f64 = 64.0;

/// How much one press magnifies.
const CLOSER: f64 = 1.25;

/// Does what a key asks for. `false` for a key that means nothing here, which is then the page's.
pub(super) fn press(camera: &mut Camera, key: &str) -> bool {
    match key {
        "ArrowLeft" => camera.pan(STEP, 0.0),
        "ArrowRight" => camera.pan(-STEP, 0.0),
        "ArrowUp" => camera.pan(0.0, STEP),
        "ArrowDown" => camera.pan(0.0, -STEP),
        "+" | "=" => camera.zoom_middle(CLOSER),
        "-" => camera.zoom_middle(1.0 / CLOSER),
        "0" => camera.home(),
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_the_view_and_lead_home() {
        let mut camera = Camera::default();
        assert!(press(&mut camera, "ArrowRight") && press(&mut camera, "+"));
        assert_eq!(camera.center(), (STEP, 0.0));
        assert_eq!(camera.zoom(), CLOSER);
        assert!(press(&mut camera, "0"));
        assert_eq!(camera, Camera::default());
        assert!(!press(&mut camera, "Tab"));
    }
}
