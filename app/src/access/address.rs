//! The invitation in a room's address: `/r/{room}?invite={id}`. Pure.

use protocol::InviteId;

const NAME: &str = "invite=";

/// The invitation that a query brings, with or without the `?` before it.
#[must_use]
pub fn invite(query: &str) -> Option<InviteId> {
    parameters(query).find_map(|parameter| parameter.strip_prefix(NAME)?.parse().ok())
}

/// The query without an invitation, to be shown in its place: empty, or with a `?` before it.
#[must_use]
pub fn without_invite(query: &str) -> String {
    let others = parameters(query).filter(|parameter| !parameter.is_empty() && !parameter.starts_with(NAME));
    let mut kept = String::new();
    for other in others {
        kept.push(if kept.is_empty() { '?' } else { '&' });
        kept.push_str(other);
    }
    kept
}

/// The address by which somebody comes in: that of the room, and the invitation.
#[must_use]
pub fn with_invite(room: &str, invite: &InviteId) -> String {
    [room, "?", NAME, invite.as_str()].concat()
}

fn parameters(query: &str) -> impl Iterator<Item = &str> {
    query.strip_prefix('?').unwrap_or(query).split('&')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdefghij-_";

    #[test]
    fn an_invitation_goes_into_an_address_and_out_again() {
        let id: InviteId = ID.parse().unwrap();
        let address = with_invite("https://orrery.example/r/sky", &id);
        let (_, query) = address.split_once('?').unwrap();
        assert_eq!(invite(query), Some(id.clone()));
        assert_eq!(invite(&format!("?a=1&{query}&b")), Some(id));
        assert_eq!(without_invite(&format!("?{query}")), "");
        assert_eq!(without_invite(&format!("?a=1&{query}&b")), "?a=1&b");
    }

    #[test]
    fn what_is_no_invitation_is_none() {
        for query in ["", "?", "?invite=", "?invite=short", "?reinvite=0123456789abcdefghij-_"] {
            assert_eq!(invite(query), None, "{query}");
        }
    }
}
