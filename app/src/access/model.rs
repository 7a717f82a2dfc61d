//! What a person is told of access: how it stands with the room, what each role is called, what can be chosen. Pure.

use protocol::{Access, Role};

/// How it stands with a change that I have asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Asking {
    /// Nothing is under way.
    #[default]
    Idle,
    /// The server was asked.
    Asked,
    /// It said no, and why, as a sentence.
    Refused(String),
}

/// How it stands with the room, as the dialog tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Everybody may come in. Whether I may make it private.
    Open(bool),
    /// I decide who may come in.
    Mine,
    /// Others do; what I may do here.
    Theirs(Role),
}

/// The roles that can be given, the highest first.
pub const ROLES: [Role; 3] = [Role::Owner, Role::Editor, Role::Viewer];

/// For how long an invitation can be made, as the dialog offers it; without end where it says no seconds.
pub const SPANS: [(&str, Option<u32>); 4] = [
    ("for an hour", Some(60 * 60)),
    ("for a day", Some(24 * 60 * 60)),
    ("for a week", Some(7 * 24 * 60 * 60)),
    ("without end", None),
];

impl State {
    /// What this access is to whom it was told.
    #[must_use]
    pub fn of(access: &Access) -> Self {
        match (access.private, access.role) {
            (false, role) => Self::Open(role >= Role::Editor),
            (true, Role::Owner) => Self::Mine,
            (true, role) => Self::Theirs(role),
        }
    }

    /// Whether I write here, or only look.
    #[must_use]
    pub fn writes(self) -> bool {
        !matches!(self, Self::Open(false) | Self::Theirs(Role::Viewer))
    }

    /// A word for a `data-access` attribute: `open`, `private` or `view`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            _ if !self.writes() => "view",
            Self::Open(_) => "open",
            Self::Mine | Self::Theirs(_) => "private",
        }
    }

    /// What stands on the button in the header.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            _ if !self.writes() => "View only",
            Self::Open(_) => "Invite",
            Self::Mine | Self::Theirs(_) => "Private",
        }
    }

    /// What the dialog says first.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Open(true) => "Whoever has the address comes in, and writes.",
            Self::Open(false) => "Whoever has the address comes in. You can look and point, but not write.",
            Self::Mine => "Nobody comes in but those named here, and whoever has a link that you made.",
            Self::Theirs(Role::Viewer) => {
                "Nobody comes in whom its owners have not let in. You can look and point, but not write."
            }
            Self::Theirs(_) => "Nobody comes in whom its owners have not let in.",
        }
    }
}

/// What somebody with this role does, as the dialog calls it.
#[must_use]
pub fn called(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Editor => "Can write",
        Role::Viewer => "Can look",
    }
}

/// The role with this word on the wire; `None` for any other.
#[must_use]
pub fn role_called(word: &str) -> Option<Role> {
    ROLES.into_iter().find(|role| role.as_str() == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::limits::INVITE_SECONDS;

    fn state(private: bool, role: Role) -> State {
        State::of(&Access {
            private,
            role,
            ..Access::default()
        })
    }

    #[test]
    fn whoever_only_looks_is_told_so_first() {
        assert_eq!(state(false, Role::Editor).as_str(), "open");
        assert_eq!(state(false, Role::Owner).as_str(), "open");
        assert_eq!(state(true, Role::Owner).as_str(), "private");
        assert_eq!(state(true, Role::Editor).as_str(), "private");
        for private in [false, true] {
            assert_eq!(state(private, Role::Viewer).as_str(), "view");
            assert!(!state(private, Role::Viewer).writes());
            assert!(state(private, Role::Editor).writes());
        }
    }

    #[test]
    fn only_an_owner_of_a_private_room_decides() {
        assert_eq!(state(true, Role::Owner), State::Mine);
        assert_eq!(state(true, Role::Editor), State::Theirs(Role::Editor));
        assert_eq!(state(false, Role::Viewer), State::Open(false), "nor makes it private");
    }

    #[test]
    fn what_the_dialog_offers_the_server_takes() {
        for role in ROLES {
            assert_eq!(role_called(role.as_str()), Some(role));
        }
        assert_eq!(role_called("none"), None);
        let seconds = SPANS.iter().filter_map(|(_, seconds)| *seconds);
        assert!(
            seconds
                .into_iter()
                .all(|seconds| (60..=INVITE_SECONDS).contains(&seconds))
        );
    }
}
