//! What notifications this page shows, and how many came while nobody looked.
//!
//! Pure, and without a clock: the view says when a second has passed, and whether anybody could read in it.

use protocol::{MessageId, RoomId, notification::Notification};

/// How many are shown at once. More would cover what one does.
const SHOWN: usize = 3;

/// For how many seconds each is shown.
const STAY: u8 = 8;

/// How many are remembered, so as not to be shown again. They come twice only shortly one after the other.
const REMEMBERED: usize = 32;

/// The notifications of one page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    toasts: Vec<Toast>,
    known: Vec<MessageId>,
    missed: usize,
}

/// A notification that is shown.
#[derive(Clone, Debug, PartialEq)]
struct Toast {
    notification: Notification,
    /// Seconds that it stays.
    left: u8,
}

impl Model {
    /// What is shown, newest first, [`SHOWN`] at most.
    pub fn shown(&self) -> impl Iterator<Item = &Notification> {
        self.toasts.iter().map(|toast| &toast.notification)
    }

    /// Whether nothing is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.toasts.is_empty()
    }

    /// How many came since one last looked, as far as the chat of this page does not count them anyway.
    #[must_use]
    pub fn missed(&self) -> usize {
        self.missed
    }

    /// One came, on a page of the room `here`. One that is known already changes nothing.
    pub fn heard(&mut self, notification: Notification, here: &RoomId) {
        if self.known.contains(&notification.id) {
            return;
        }
        if self.known.len() == REMEMBERED {
            self.known.remove(0);
        }
        self.known.push(notification.id.clone());
        if notification.room.as_ref() != Some(here) {
            self.missed += 1;
        }
        self.toasts.truncate(SHOWN - 1);
        let left = STAY;
        self.toasts.insert(0, Toast { notification, left });
    }

    /// A second has passed in which somebody looked at the page (`seen`) or not, and had the pointer or the focus on what is
    /// shown (`held`) or not. Nothing goes that cannot be seen, or is just being read.
    pub fn passed(&mut self, seen: bool, held: bool) {
        if !seen {
            return;
        }
        self.missed = 0;
        if !held {
            self.toasts.retain_mut(|toast| {
                toast.left -= 1;
                toast.left > 0
            });
        }
    }

    /// The person has read one.
    pub fn dismissed(&mut self, id: &MessageId) {
        self.missed = 0;
        self.toasts.retain(|toast| toast.notification.id != *id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Millis;

    fn note(id: &str, room: &str) -> Notification {
        Notification {
            id: id.parse().unwrap(),
            from: "bob".parse().unwrap(),
            name: "Bob".parse().unwrap(),
            text: "@Ann look".to_owned(),
            room: Some(room.parse().unwrap()),
            at: Millis(0),
        }
    }

    /// The page of a room `sky` that has heard these.
    fn page(ids: &[&str]) -> Model {
        let mut page = Model::default();
        for id in ids {
            page.heard(note(id, "sea"), &"sky".parse().unwrap());
        }
        page
    }

    fn shown(page: &Model) -> Vec<&str> {
        page.shown().map(|notification| notification.id.as_str()).collect()
    }

    fn passes(page: &mut Model, seconds: u8, seen: bool, held: bool) {
        (0..seconds).for_each(|_| page.passed(seen, held));
    }

    #[test]
    fn the_newest_three_are_shown_each_once() {
        assert_eq!(shown(&page(&["a", "b", "b", "a"])), ["b", "a"]);
        assert_eq!(shown(&page(&["a", "b", "c", "d", "a"])), ["d", "c", "b"]);
    }

    #[test]
    fn what_is_known_is_bounded() {
        let ids: Vec<String> = (0..200).map(|id| id.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        assert_eq!(page(&ids).known.len(), REMEMBERED);
    }

    #[test]
    fn each_goes_after_eight_seconds() {
        let mut page = page(&["a"]);
        passes(&mut page, 5, true, false);
        page.heard(note("b", "sea"), &"sky".parse().unwrap());
        passes(&mut page, 2, true, false);
        assert_eq!(shown(&page), ["b", "a"]);
        passes(&mut page, 1, true, false);
        assert_eq!(shown(&page), ["b"]);
        passes(&mut page, 5, true, false);
        assert!(page.is_empty());
    }

    #[test]
    fn what_is_read_or_cannot_be_seen_stays() {
        let mut page = page(&["a"]);
        passes(&mut page, 60, true, true);
        passes(&mut page, 60, false, false);
        assert_eq!(shown(&page), ["a"]);
        passes(&mut page, STAY, true, false);
        assert!(page.is_empty());
    }

    #[test]
    fn what_is_dismissed_is_gone_and_does_not_come_back() {
        let mut page = page(&["a", "b"]);
        page.dismissed(&"b".parse().unwrap());
        page.heard(note("b", "sea"), &"sky".parse().unwrap());
        assert_eq!(shown(&page), ["a"]);
    }

    #[test]
    fn what_was_missed_counts_until_one_looks_and_not_twice() {
        let mut page = page(&["a", "b"]);
        page.heard(note("c", "sky"), &"sky".parse().unwrap());
        assert_eq!(page.missed(), 2, "what was said here the chat counts");
        page.passed(false, false);
        assert_eq!(page.missed(), 2);
        page.passed(true, true);
        assert_eq!(page.missed(), 0);
    }
}
