//! Notices what changes around the canvas: its size on the page, and the theme. It listens until it is dropped.

use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, MediaQueryList, MutationObserver, MutationObserverInit, ResizeObserver, Window};

type Notice = Closure<dyn FnMut()>;

/// What changed around a canvas since it was last asked.
pub(super) struct Surroundings {
    size: Rc<Cell<bool>>,
    theme: Rc<Cell<bool>>,
    resizes: ResizeObserver,
    choices: MutationObserver,
    scheme: MediaQueryList,
    /// Held because the browser calls them.
    _notices: [Notice; 2],
}

impl Surroundings {
    /// Listens. Both count as changed at first. `None` where the browser cannot tell.
    pub(super) fn of(window: &Window, canvas: &Element) -> Option<Self> {
        let (size, theme) = (Rc::new(Cell::new(true)), Rc::new(Cell::new(true)));
        let (resized, themed) = (notice(&size), notice(&theme));
        let resizes = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok()?;
        resizes.observe(canvas);
        let choices = MutationObserver::new(themed.as_ref().unchecked_ref()).ok()?;
        let attributes = MutationObserverInit::new();
        attributes.set_attributes(true);
        let root = window.document()?.document_element()?;
        choices.observe_with_options(&root, &attributes).ok()?;
        let scheme = window.match_media("(prefers-color-scheme: dark)").ok()??;
        scheme.set_onchange(Some(themed.as_ref().unchecked_ref()));
        Some(Self {
            size,
            theme,
            resizes,
            choices,
            scheme,
            _notices: [resized, themed],
        })
    }

    /// Whether the size changed since the last call.
    pub(super) fn resized(&self) -> bool {
        self.size.take()
    }

    /// Whether the theme changed since the last call.
    pub(super) fn themed(&self) -> bool {
        self.theme.take()
    }
}

fn notice(flag: &Rc<Cell<bool>>) -> Notice {
    let flag = Rc::clone(flag);
    Closure::new(move || flag.set(true))
}

impl Drop for Surroundings {
    fn drop(&mut self) {
        self.resizes.disconnect();
        self.choices.disconnect();
        self.scheme.set_onchange(None);
    }
}
