//! Tells a swipe from a tap on the handle of the sheet. Pure.

/// Pixels after which a move is a swipe and no longer an unsteady tap.
const FAR: i32 = 16;

/// One touch of the handle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Swipe {
    /// Where it began, until it has become a swipe.
    from: Option<i32>,
    swiped: bool,
}

impl Swipe {
    /// A finger came down at this height, in pixels from the top.
    pub(super) fn began(&mut self, y: i32) {
        *self = Self {
            from: Some(y),
            swiped: false,
        };
    }

    /// It moved. Once, when it has moved far enough: whether upwards.
    pub(super) fn moved(&mut self, y: i32) -> Option<bool> {
        let way = self.from? - y;
        if way.abs() < FAR {
            return None;
        }
        self.from = None;
        self.swiped = true;
        Some(way > 0)
    }

    /// A click came. Whether it stands for itself: the one at the end of a swipe does not, one by key or tap does.
    pub(super) fn was_tap(&mut self) -> bool {
        let tap = !self.swiped;
        *self = Self::default();
        tap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swipe_says_its_way_once_and_eats_its_click() {
        let mut swipe = Swipe::default();
        swipe.began(700);
        assert_eq!(swipe.moved(690), None);
        assert_eq!(swipe.moved(680), Some(true));
        assert_eq!(swipe.moved(600), None);
        assert!(!swipe.was_tap());
        assert!(swipe.was_tap(), "the next click is a new one");
    }

    #[test]
    fn downwards_is_not_upwards() {
        let mut swipe = Swipe::default();
        swipe.began(300);
        assert_eq!(swipe.moved(340), Some(false));
    }

    #[test]
    fn an_unsteady_tap_is_a_tap() {
        let mut swipe = Swipe::default();
        swipe.began(700);
        assert_eq!(swipe.moved(705), None);
        assert!(swipe.was_tap());
    }
}
