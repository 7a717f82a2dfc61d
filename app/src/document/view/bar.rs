//! The bar above the page: whether all is saved, undo, redo, export.

use super::field::Field;
use crate::{
    changing::{act, flag, text},
    document::model::Model,
    drawn::Draw,
    icon::icon,
    session::{Connection, Session},
};
use leptos::prelude::*;

/// The bar. A press on a button of it leaves the caret in the text.
pub(super) fn bar(session: Session, field: Field) -> impl IntoView {
    let document = session.document;
    let export = String::from("/api/rooms/") + session.room().as_str() + "/document";
    let state = move || {
        let (open, pending) = document.with(|document| (document.is_open(), document.is_pending()));
        session
            .status
            .with(|status| State::of(open, status, session.writes(), pending))
    };
    view! {
        <div class="document-bar" on:mousedown=move |press| press.prevent_default()>
            <p class="document-state" data-testid="document-state" data-state=text(move || state().name().to_owned())>
                {text(move || state().words().to_owned())}
            </p>
            <button
                class="icon-button"
                r#type="button"
                data-testid="document-undo"
                aria-label="Undo"
                title="Undo what you did"
                disabled=flag(move || !session.writes() || !document.with(Model::can_undo))
                on:click=act(move |_| field.undo())
            >
                {icon("M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4")}
            </button>
            <button
                class="icon-button"
                r#type="button"
                data-testid="document-redo"
                aria-label="Redo"
                title="Do it again"
                disabled=flag(move || !session.writes() || !document.with(Model::can_redo))
                on:click=act(move |_| field.redo())
            >
                {icon("m16 5 4 4-4 4M20 9H10a5 5 0 0 0 0 10h4")}
            </button>
            <a class="icon-button" href=export download data-testid="document-export" aria-label="Export as text" title="Export as text">
                {icon("M12 4v11M7 10.5l5 5 5-5M5 20h14")}
            </a>
        </div>
    }
    .painted()
}

/// How it stands with what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The text is not known yet.
    Opening,
    /// It is not mine to read.
    Closed,
    /// The server has everything.
    Saved,
    /// Something is on its way.
    Saving,
    /// There is no way at the moment.
    Offline,
    /// It is not mine to write.
    Reading,
}

impl State {
    fn of(open: bool, connection: &Connection, writes: bool, pending: bool) -> Self {
        match connection {
            Connection::Refused(_) if !open => Self::Closed,
            _ if !open => Self::Opening,
            Connection::Live if pending => Self::Saving,
            Connection::Live if !writes => Self::Reading,
            Connection::Live => Self::Saved,
            _ => Self::Offline,
        }
    }

    /// For the style sheet.
    fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Closed => "closed",
            Self::Saved => "saved",
            Self::Saving => "saving",
            Self::Offline => "offline",
            Self::Reading => "reading",
        }
    }

    /// For the person.
    fn words(self) -> &'static str {
        match self {
            Self::Opening => "Opening …",
            Self::Closed => "Not open to you",
            Self::Saved => "All changes saved",
            Self::Saving => "Saving …",
            Self::Offline => "Offline: what you write is kept",
            Self::Reading => "You can read it, not write",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Code, Refusal};

    #[test]
    fn only_what_the_server_has_is_called_saved() {
        let (live, away) = (Connection::Live, Connection::Connecting);
        assert_eq!(State::of(false, &live, true, false), State::Opening);
        assert_eq!(State::of(true, &live, true, false), State::Saved);
        assert_eq!(State::of(true, &live, true, true), State::Saving);
        assert_eq!(State::of(true, &away, true, false), State::Offline);
        assert_eq!(State::of(true, &away, true, true), State::Offline);
        assert_eq!(State::of(true, &live, false, false), State::Reading);
        assert_eq!(
            State::of(true, &live, false, true),
            State::Saving,
            "written before that"
        );
        let denied = Connection::Refused(Refusal::new(Code::AccessDenied, "No."));
        assert_eq!(State::of(false, &denied, false, false), State::Closed);
    }
}
