//! What part of the room is seen: pan and zoom, and the way between screen and canvas units.
//!
//! Pure. Screen coordinates are CSS pixels from the canvas' top left corner; canvas units have the room's centre at (0, 0).

use protocol::limits::COORDINATE;

/// Farthest away and closest by.
pub const ZOOM: std::ops::RangeInclusive<f64> = 0.25..=4.0;

/// CSS pixels from the edge of the view at which a place counts as seen.
const MARGIN: f64 = 96.0;

/// A view of the room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Canvas units in the middle of the view.
    center: (f64, f64),
    /// CSS pixels per canvas unit, within [`ZOOM`].
    zoom: f64,
    /// Width and height of the view in CSS pixels.
    size: (f64, f64),
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            center: (0.0, 0.0),
            zoom: 1.0,
            size: (0.0, 0.0),
        }
    }
}

impl Camera {
    /// CSS pixels per canvas unit, within [`ZOOM`].
    #[must_use]
    pub fn zoom(&self) -> f64 {
        self.zoom
    }

    /// Canvas units in the middle of the view.
    #[must_use]
    pub fn center(&self) -> (f64, f64) {
        self.center
    }

    /// Width and height of the view in CSS pixels.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        self.size
    }

    /// Where a place in the room is on the screen.
    #[must_use]
    pub fn to_screen(&self, world: (f64, f64)) -> (f64, f64) {
        (
            (world.0 - self.center.0) * self.zoom + self.size.0 / 2.0,
            (world.1 - self.center.1) * self.zoom + self.size.1 / 2.0,
        )
    }

    /// Which place in the room is at this point of the screen.
    #[must_use]
    pub fn to_world(&self, screen: (f64, f64)) -> (f64, f64) {
        (
            (screen.0 - self.size.0 / 2.0) / self.zoom + self.center.0,
            (screen.1 - self.size.1 / 2.0) / self.zoom + self.center.1,
        )
    }

    /// The view has another size now. What is in its middle stays there.
    pub fn resize(&mut self, width: f64, height: f64) {
        self.size = (width, height);
    }

    /// Moves the room under the view by CSS pixels, as a hand moves paper.
    pub fn pan(&mut self, dx: f64, dy: f64) {
        let moved = |center: f64, by: f64| (center - by / self.zoom).clamp(-COORDINATE, COORDINATE);
        self.center = (moved(self.center.0, dx), moved(self.center.1, dy));
    }

    /// Magnifies by a factor; what is at `screen` stays there.
    pub fn zoom_by(&mut self, factor: f64, screen: (f64, f64)) {
        let before = self.to_world(screen);
        self.zoom = (self.zoom * factor).clamp(*ZOOM.start(), *ZOOM.end());
        let after = self.to_world(screen);
        self.pan((after.0 - before.0) * self.zoom, (after.1 - before.1) * self.zoom);
    }

    /// Magnifies by a factor around the middle of the view.
    pub fn zoom_middle(&mut self, factor: f64) {
        self.zoom_by(factor, (self.size.0 / 2.0, self.size.1 / 2.0));
    }

    /// Moves the view so far that a place in the room is in it, and not at its very edge. What is in view stays where it is.
    pub fn reveal(&mut self, world: (f64, f64)) {
        let (x, y) = self.to_screen(world);
        let out = |at: f64, length: f64| at - at.clamp(MARGIN, (length - MARGIN).max(MARGIN));
        self.pan(-out(x, self.size.0), -out(y, self.size.1));
    }

    /// Back to where everybody begins.
    pub fn home(&mut self) {
        self.center = (0.0, 0.0);
        self.zoom = 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(one: (f64, f64), other: (f64, f64)) -> bool {
        (one.0 - other.0).abs() < 1e-6 && (one.1 - other.1).abs() < 1e-6
    }

    prop_compose! {
        fn cameras()(x in -5e3..5e3_f64, y in -5e3..5e3_f64, zoom in 0.25..4.0_f64, w in 100.0..3e3_f64, h in 100.0..2e3_f64)
            -> Camera {
            Camera { center: (x, y), zoom, size: (w, h) }
        }
    }

    #[test]
    fn the_rooms_centre_begins_in_the_middle() {
        let mut camera = Camera::default();
        camera.resize(800.0, 600.0);
        assert_eq!(camera.to_screen((0.0, 0.0)), (400.0, 300.0));
        camera.pan(40.0, -20.0);
        assert_eq!(camera.to_screen((0.0, 0.0)), (440.0, 280.0));
        camera.home();
        assert_eq!(camera.to_screen((10.0, 0.0)), (410.0, 300.0));
    }

    #[test]
    fn only_what_is_out_of_view_is_brought_into_it() {
        let mut camera = Camera::default();
        camera.resize(800.0, 600.0);
        camera.reveal((100.0, -200.0));
        assert_eq!(camera.center(), (0.0, 0.0));
        camera.reveal((1000.0, -200.0));
        assert_eq!(camera.to_screen((1000.0, -200.0)), (800.0 - MARGIN, 100.0));
    }

    proptest! {
        #[test]
        fn there_and_back(camera in cameras(), x in -1e4..1e4_f64, y in -1e4..1e4_f64) {
            prop_assert!(near(camera.to_world(camera.to_screen((x, y))), (x, y)));
        }

        #[test]
        fn what_is_under_the_pointer_stays_there(
            camera in cameras(), factor in 0.1..10.0_f64, x in 0.0..3e3_f64, y in 0.0..2e3_f64,
        ) {
            let mut closer = camera;
            closer.zoom_by(factor, (x, y));
            prop_assert!(near(closer.to_world((x, y)), camera.to_world((x, y))));
            prop_assert!(ZOOM.contains(&closer.zoom()));
        }

        #[test]
        fn a_drag_moves_the_room_with_the_hand(camera in cameras(), dx in -500.0..500.0_f64, dy in -500.0..500.0_f64) {
            let mut moved = camera;
            moved.pan(dx, dy);
            prop_assert!(near(moved.to_world((100.0 + dx, 100.0 + dy)), camera.to_world((100.0, 100.0))));
        }
    }
}
