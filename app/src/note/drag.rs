//! A note that I hold and move. Pure: places are canvas units.

use protocol::{NoteId, limits::COORDINATE, note::Change};

/// CSS pixels that a pointer moves before it drags: a press is seldom perfectly still.
const STILL: f64 = 4.0;

/// A note in my hand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drag {
    /// Which.
    pub(super) note: NoteId,
    /// By which pointer.
    pub(super) pointer: i32,
    /// Whether it was chosen before I took it, so that a mere tap means more.
    pub(super) again: bool,
    /// Where the pointer took it.
    from: (f64, f64),
    /// From its corner to where the pointer took it.
    grip: (f64, f64),
    /// Where its corner is now; `None` until the pointer has moved far enough.
    at: Option<(f64, f64)>,
    unsent: bool,
}

impl Drag {
    /// Takes a note whose corner is at `corner` by the point `from`.
    pub(super) fn taken(note: NoteId, pointer: i32, again: bool, from: (f64, f64), corner: (f64, f64)) -> Self {
        Self {
            note,
            pointer,
            again,
            from,
            grip: (from.0 - corner.0, from.1 - corner.1),
            at: None,
            unsent: false,
        }
    }

    /// Where its corner is now; `None` where it was not moved.
    pub(super) fn at(&self) -> Option<(f64, f64)> {
        self.at
    }

    /// The pointer is here now, at a zoom of so many CSS pixels per canvas unit.
    pub(super) fn moved(&mut self, to: (f64, f64), zoom: f64) {
        let way = (to.0 - self.from.0).hypot(to.1 - self.from.1) * zoom;
        let at = inside((to.0 - self.grip.0, to.1 - self.grip.1));
        if (self.at.is_some() || way >= STILL) && self.at != Some(at) {
            self.at = Some(at);
            self.unsent = true;
        }
    }

    /// The move to send, if there is one that was not sent yet.
    pub(super) fn due(&mut self) -> Option<Change> {
        let (x, y) = self.at.filter(|_| std::mem::take(&mut self.unsent))?;
        let note = self.note.clone();
        Some(Change::Move { note, x, y })
    }
}

/// A place as notes have them: whole canvas units, within the world.
pub(super) fn inside((x, y): (f64, f64)) -> (f64, f64) {
    let inside = |at: f64| at.round().clamp(-COORDINATE, COORDINATE);
    (inside(x), inside(y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn taken() -> Drag {
        Drag::taken("n".parse().unwrap(), 1, false, (110.0, 220.0), (100.0, 200.0))
    }

    #[test]
    fn an_unsteady_press_is_no_drag() {
        let mut drag = taken();
        drag.moved((112.0, 221.0), 1.0);
        assert_eq!((drag.at(), drag.due()), (None, None));
        drag.moved((112.0, 221.0), 2.0);
        assert!(
            drag.at().is_some(),
            "closer by it is the same way on the room but a longer one on the screen"
        );
    }

    #[test]
    fn it_hangs_where_it_was_taken_and_is_told_once() {
        let mut drag = taken();
        drag.moved((150.4, 230.0), 1.0);
        assert_eq!(drag.at(), Some((140.0, 210.0)));
        assert!(matches!(drag.due(), Some(Change::Move { x: 140.0, y: 210.0, .. })));
        assert_eq!(drag.due(), None);
        drag.moved((110.0, 220.0), 1.0);
        assert_eq!(drag.at(), Some((100.0, 200.0)), "back to where it was is a move too");
        assert!(drag.due().is_some());
    }

    proptest! {
        #[test]
        fn wherever_it_goes_the_server_takes_it(x in -1e7..1e7_f64, y in -1e7..1e7_f64) {
            let mut drag = taken();
            drag.moved((x, y), 1.0);
            prop_assert!(drag.due().is_none_or(|change| change.check().is_ok()));
        }
    }
}
