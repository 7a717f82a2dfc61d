//! The number of unread messages in the title, where one sees it from another tab. What came from elsewhere meanwhile counts
//! too.

use crate::{chat, notification, session::Session};
use leptos::prelude::*;

/// Keeps the title of a room's page up to date.
pub(super) fn count_in_title(session: Session) {
    Effect::new(move |_| {
        let unread = session.chat.with(chat::model::Model::unread);
        let missed = session.notification.with(notification::model::Model::missed);
        let missed = if document().hidden() { missed } else { 0 };
        document().set_title(&title(session.room().as_str(), unread + missed));
    });
}

/// `(3) observatory · Orrery`: the number first, since a tab shows but the beginning.
fn title(room: &str, unread: usize) -> String {
    let name = String::from(room) + " · Orrery";
    if unread == 0 {
        name
    } else {
        format!("({unread}) {name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_stands_first_and_only_where_there_is_one() {
        assert_eq!(title("sky", 0), "sky · Orrery");
        assert_eq!(title("sky", 12), "(12) sky · Orrery");
    }
}
