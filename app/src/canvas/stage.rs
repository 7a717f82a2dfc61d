//! What happens before each repaint: my pointer is sent, and the room painted, if anything in it changed. What lies over the
//! canvas follows the view.

use super::{camera::Camera, hand::Hand, layer, paint::Painter, surroundings::Surroundings};
use crate::{cursor::sky::Sky, presence};
use leptos::prelude::*;
use web_sys::{HtmlCanvasElement, Window};

/// The canvas of a session at work.
pub(super) struct Stage {
    hand: Hand,
    /// How many cursors were painted last.
    painted: RwSignal<usize>,
    window: Window,
    painter: Painter,
    around: Surroundings,
    last: Last,
}

/// What the last picture was painted from.
#[derive(Default)]
struct Last {
    camera: Camera,
    sky: u64,
    people: Option<presence::model::Model>,
    moving: bool,
}

impl Stage {
    /// Sets up on these canvases. `None` where the browser lacks what it takes.
    pub(super) fn new(
        window: &Window,
        ground: HtmlCanvasElement,
        bodies: HtmlCanvasElement,
        hand: Hand,
        painted: RwSignal<usize>,
    ) -> Option<Self> {
        Some(Self {
            around: Surroundings::of(window, &ground)?,
            painter: Painter::new(window.clone(), ground, bodies)?,
            window: window.clone(),
            hand,
            painted,
            last: Last::default(),
        })
    }

    /// One frame, at `now` (milliseconds).
    pub(super) fn frame(&mut self, now: f64) {
        self.hand.session.frame(now);
        let around = self.look_around();
        let (people, camera) = (self.meet_people(), self.move_camera());
        let sky = self.hand.session.sky;
        let (version, moving) = sky.with_value(|sky| (sky.version(), sky.moving(now)));
        let news = around || people || camera || version != self.last.sky;
        // The frame after the last move paints where it came to rest.
        if news || moving || self.last.moving {
            sky.with_value(|sky| self.paint(sky, now));
        }
        self.last.sky = version;
        self.last.moving = moving;
    }

    /// Minds size and theme; `true` if one changed.
    fn look_around(&mut self) -> bool {
        let scaled = self.window.device_pixel_ratio() != self.painter.scale();
        let (resized, themed) = (self.around.resized() || scaled, self.around.themed());
        if resized {
            let (width, height) = self.painter.resized();
            self.hand.camera.update_value(|camera| camera.resize(width, height));
        }
        if themed {
            self.painter.themed();
        }
        resized || themed
    }

    /// Minds who is here; `true` if that changed.
    fn meet_people(&mut self) -> bool {
        self.hand.session.people.with_untracked(|people| {
            let changed = self.last.people.as_ref() != Some(people);
            if changed {
                self.painter.people_changed(people);
                self.last.people = Some(people.clone());
            }
            changed
        })
    }

    /// Takes the view as it is now; `true` if it changed.
    fn move_camera(&mut self) -> bool {
        let camera = self.hand.view();
        let changed = camera != self.last.camera;
        if let Some(layer) = self.hand.layer.get_untracked().filter(|_| changed) {
            layer::lay(&layer, &camera, camera.zoom() != self.last.camera.zoom());
        }
        self.last.camera = camera;
        changed
    }

    fn paint(&mut self, sky: &Sky, now: f64) {
        let people = self.hand.session.people;
        let camera = &self.last.camera;
        let count = people.with_untracked(|people| self.painter.paint(camera, sky.positions(now), people));
        if self.painted.get_untracked() != count {
            self.painted.set(count);
        }
    }
}
