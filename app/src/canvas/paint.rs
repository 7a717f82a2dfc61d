//! Paints one picture of the room: the ground, and above it and all that lies on it everybody's body where the sky says it is.
//!
//! Two hundred people are two hundred copies of ready pictures; nothing is shaped or measured while they move.

use super::{
    camera::Camera,
    ground,
    palette::Palette,
    sprite::{Sprite, TIP},
    surface::Surface,
};
use crate::{cursor::sky::Body, presence};
use protocol::PeerId;
use web_sys::{Document, HtmlCanvasElement, Window};

/// What paints.
pub(super) struct Painter {
    window: Window,
    document: Document,
    ground: Surface,
    bodies: Surface,
    /// What the ground was painted for.
    seen: Option<Camera>,
    palette: Option<Palette>,
    /// In order of peer, so that one is found by halving.
    sprites: Vec<(PeerId, Sprite)>,
    scale: f64,
}

impl Painter {
    /// Paints on these canvases. `None` where the browser gives no 2D context.
    pub(super) fn new(window: Window, ground: HtmlCanvasElement, bodies: HtmlCanvasElement) -> Option<Self> {
        let document = window.document()?;
        Some(Self {
            ground: Surface::on(ground)?,
            bodies: Surface::on(bodies)?,
            seen: None,
            palette: None,
            sprites: Vec::new(),
            scale: 1.0,
            window,
            document,
        })
    }

    /// The canvas has another size on the page, or pixels have. Returns its size in CSS pixels.
    pub(super) fn resized(&mut self) -> (f64, f64) {
        let element = self.ground.element();
        let size = (f64::from(element.client_width()), f64::from(element.client_height()));
        self.scale = self.window.device_pixel_ratio();
        self.ground.resize(size, self.scale);
        self.bodies.resize(size, self.scale);
        self.forget();
        size
    }

    /// Device pixels of one CSS pixel, as of the last [`Painter::resized`].
    pub(super) fn scale(&self) -> f64 {
        self.scale
    }

    /// The theme changed: every colour is read anew.
    pub(super) fn themed(&mut self) {
        self.palette = Palette::read(&self.window, &self.document, self.ground.element());
        self.forget();
    }

    /// Somebody came, went or looks different.
    pub(super) fn people_changed(&mut self, people: &presence::model::Model) {
        self.sprites
            .retain(|(peer, sprite)| people.of(*peer).is_some_and(|who| sprite.shows(who)));
    }

    /// Paints, and returns how many bodies. One whose name has not come yet is not painted.
    pub(super) fn paint(
        &mut self,
        camera: &Camera,
        bodies: impl Iterator<Item = Body>,
        people: &presence::model::Model,
    ) -> usize {
        if self.seen != Some(*camera) {
            self.paint_ground(camera);
        }
        self.bodies.clear();
        let painted = bodies.filter(|body| self.paint_body(camera, body, people).is_some());
        painted.count()
    }

    fn paint_ground(&mut self, camera: &Camera) {
        if let Some(palette) = &self.palette {
            ground::paint(&self.ground, camera, palette);
            self.seen = Some(*camera);
        }
    }

    fn paint_body(&mut self, camera: &Camera, body: &Body, people: &presence::model::Model) -> Option<()> {
        let sprite = self.sprite(body.peer, people)?;
        let (x, y) = camera.to_screen((body.x, body.y));
        let bodies = &self.bodies;
        bodies.context.set_global_alpha(body.opacity);
        bodies.stamp(&self.sprites[sprite].1.picture, (x - TIP, y - TIP));
        bodies.context.set_global_alpha(1.0);
        Some(())
    }

    /// The place of a person's picture among the sprites, painted now if it is not there.
    fn sprite(&mut self, peer: PeerId, people: &presence::model::Model) -> Option<usize> {
        match self.sprites.binary_search_by_key(&peer, |sprite| sprite.0) {
            Ok(place) => Some(place),
            Err(place) => {
                let palette = self.palette.as_ref()?;
                let sprite = Sprite::paint(&self.document, people.of(peer)?, palette, self.scale)?;
                self.sprites.insert(place, (peer, sprite));
                Some(place)
            }
        }
    }

    /// Nothing painted before can be used again.
    fn forget(&mut self) {
        self.seen = None;
        self.sprites.clear();
    }
}
