//! One loop of animation frames, which ends when it is dropped.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Window;

type Tick = Rc<RefCell<Option<Closure<dyn FnMut(f64)>>>>;

/// A running loop.
pub(super) struct FrameLoop {
    window: Window,
    /// The frame that was asked for last.
    asked: Rc<Cell<i32>>,
    /// The closure holds itself, to be asked for again; dropping the loop breaks the circle.
    tick: Tick,
}

impl FrameLoop {
    /// Calls `frame` before each repaint, with the time in milliseconds of [`crate::clock::now`].
    pub(super) fn start(window: Window, mut frame: impl FnMut(f64) + 'static) -> Self {
        let (asked, tick) = (Rc::new(Cell::new(0)), Tick::default());
        let again = (window.clone(), Rc::clone(&asked), Rc::clone(&tick));
        *tick.borrow_mut() = Some(Closure::new(move |now| {
            frame(now);
            let (window, asked, tick) = &again;
            asked.set(ask(window, tick));
        }));
        asked.set(ask(&window, &tick));
        Self { window, asked, tick }
    }
}

/// Asks for the next frame.
fn ask(window: &Window, tick: &Tick) -> i32 {
    let tick = tick.borrow();
    let tick = tick.as_ref().map(|closure| closure.as_ref().unchecked_ref());
    tick.and_then(|tick| window.request_animation_frame(tick).ok())
        .unwrap_or_default()
}

impl Drop for FrameLoop {
    fn drop(&mut self) {
        // A window that is gone has no frames to cancel.
        let _ = self.window.cancel_animation_frame(self.asked.get());
        self.tick.borrow_mut().take();
    }
}
