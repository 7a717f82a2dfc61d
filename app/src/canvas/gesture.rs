//! Fingers and mouse on the canvas: one drags, two pinch. Pure; the camera is moved, nothing else.

use super::camera::Camera;

/// The pointers that are pressed now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gesture {
    /// Id of each and where it is, in CSS pixels of the canvas. Never more than two: a third finger changes nothing.
    held: Vec<(i32, (f64, f64))>,
}

impl Gesture {
    /// A pointer was pressed.
    pub fn pressed(&mut self, id: i32, at: (f64, f64)) {
        if self.held.len() < 2 && self.held.iter().all(|held| held.0 != id) {
            self.held.push((id, at));
        }
    }

    /// A pointer moved; while it is pressed, the view moves with it.
    pub fn moved(&mut self, id: i32, to: (f64, f64), camera: &mut Camera) {
        let Some(place) = self.held.iter().position(|held| held.0 == id) else {
            return;
        };
        let from = std::mem::replace(&mut self.held[place].1, to);
        match self.held.iter().find(|held| held.0 != id) {
            None => camera.pan(to.0 - from.0, to.1 - from.1),
            Some(&(_, other)) => pinch(camera, other, from, to),
        }
    }

    /// A pointer was let go, or the browser took it for itself.
    pub fn released(&mut self, id: i32) {
        self.held.retain(|held| held.0 != id);
    }
}

/// Two fingers, of which one moved: the view follows their middle and magnifies with their distance.
fn pinch(camera: &mut Camera, still: (f64, f64), from: (f64, f64), to: (f64, f64)) {
    let middle = |at: (f64, f64)| ((still.0 + at.0) / 2.0, (still.1 + at.1) / 2.0);
    let apart = |at: (f64, f64)| (still.0 - at.0).hypot(still.1 - at.1).max(1.0);
    let (before, after) = (middle(from), middle(to));
    camera.pan(after.0 - before.0, after.1 - before.1);
    camera.zoom_by(apart(to) / apart(from), after);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera() -> Camera {
        let mut camera = Camera::default();
        camera.resize(400.0, 400.0);
        camera
    }

    #[test]
    fn one_finger_drags_only_while_pressed() {
        let (mut gesture, mut camera) = (Gesture::default(), camera());
        gesture.moved(1, (50.0, 50.0), &mut camera);
        assert_eq!(camera.center(), (0.0, 0.0));
        gesture.pressed(1, (50.0, 50.0));
        gesture.moved(1, (60.0, 40.0), &mut camera);
        gesture.released(1);
        gesture.moved(1, (0.0, 0.0), &mut camera);
        assert_eq!(camera.center(), (-10.0, 10.0));
    }

    #[test]
    fn two_fingers_pinch_what_is_between_them() {
        let (mut gesture, mut camera) = (Gesture::default(), camera());
        gesture.pressed(1, (100.0, 200.0));
        gesture.pressed(2, (300.0, 200.0));
        gesture.moved(1, (50.0, 200.0), &mut camera);
        gesture.moved(2, (350.0, 200.0), &mut camera);
        assert!((camera.zoom() - 1.5).abs() < 1e-9);
        let middle = camera.to_world((200.0, 200.0));
        assert!(middle.0.abs() < 1e-9 && middle.1.abs() < 1e-9);
    }

    #[test]
    fn a_third_finger_changes_nothing() {
        let (mut gesture, mut camera) = (Gesture::default(), camera());
        [1, 2, 3]
            .into_iter()
            .for_each(|id| gesture.pressed(id, (f64::from(id), 0.0)));
        gesture.moved(3, (300.0, 300.0), &mut camera);
        assert_eq!(camera, self::camera());
    }
}
