//! What stands in a signed token, and what it is worth at a moment. Pure: the signature has been checked, the time comes in.

use super::Bearer;
use protocol::{Code, auth::Claims};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The issuer of our own tokens. Only one that our own secret has signed is taken for one of ours.
const OURS: &str = "urn:orrery";

/// No token is good for longer after it was signed: for so long a revocation is remembered, and a token that outlived it
/// would be good again.
pub const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How far ahead the clock of an issuer may be. How far it is behind does not matter: a token ends when it says.
const AHEAD: Duration = Duration::from_secs(60);

/// What one of our own tokens is for. A token of the one is none of the other: who gets hold of a socket's token, which
/// scripts can read, has no session with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The cookie of a browser.
    Session,
    /// A connection, or a request of a program.
    Socket,
    /// To become a session. None of ours is for that, only those that others have signed.
    Entry,
}

impl Purpose {
    fn audience(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Socket => "socket",
            Self::Entry => "entry",
        }
    }
}

/// What is asked of tokens that others have signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Terms {
    /// The `iss` that they must have.
    pub(super) issuer: Option<String>,
    /// What must be in their `aud`.
    pub(super) audience: Option<String>,
}

/// All claims that are looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Signed {
    #[serde(flatten)]
    pub(super) claims: Claims,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aud: Option<Audience>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<u64>,
}

/// For whom a token is: one, or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn has(&self, name: &str) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::Many(many) => many.iter().any(|one| one == name),
        }
    }
}

impl Signed {
    /// Claims of ours.
    pub(super) fn ours(claims: Claims, purpose: Purpose) -> Self {
        Self {
            claims,
            iss: Some(OURS.to_owned()),
            aud: Some(Audience::One(purpose.audience().to_owned())),
            nbf: None,
        }
    }

    /// Whose token this is, as of `now` (seconds since 1970), or why it is not taken. `secret`: our own secret has signed it.
    pub(super) fn judged(self, purpose: Purpose, secret: bool, terms: &Terms, now: u64) -> Result<Bearer, Code> {
        let is_ours = secret && self.iss.as_deref() == Some(OURS);
        let is_for = |name: &str| self.aud.as_ref().is_some_and(|aud| aud.has(name));
        if is_ours && !is_for(purpose.audience()) || !is_ours && purpose == Purpose::Session {
            return Err(Code::TokenWrongAudience);
        }
        if !is_ours && terms.issuer.is_some() && self.iss != terms.issuer {
            return Err(Code::TokenWrongIssuer);
        }
        if !is_ours && terms.audience.as_deref().is_some_and(|name| !is_for(name)) {
            return Err(Code::TokenWrongAudience);
        }
        let early = |at: u64| at > now.saturating_add(AHEAD.as_secs());
        if self.nbf.is_some_and(early) || self.claims.iat.is_some_and(early) {
            return Err(Code::TokenEarly);
        }
        let mut bearer = Bearer::from(self.claims);
        match bearer.issued {
            // One that does not say when it was signed could be of any age.
            0 if bearer.until > now.saturating_add(LONGEST.as_secs()) => return Err(Code::TokenMalformed),
            0 => {}
            issued => bearer.until = bearer.until.min(issued.saturating_add(LONGEST.as_secs())),
        }
        if bearer.until <= now {
            return Err(Code::TokenExpired);
        }
        Ok(bearer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// What the world's clock says.
    const NOW: u64 = 1_795_341_600;

    fn judged(claims: &Value, secret: bool, terms: &Terms) -> Result<u64, Code> {
        let signed: Signed = serde_json::from_value(claims.clone()).unwrap();
        let bearer = signed.judged(Purpose::Socket, secret, terms, NOW);
        bearer.map(|bearer| bearer.until)
    }

    #[test]
    fn a_token_is_good_from_its_beginning_to_its_end() {
        let terms = Terms::default();
        let when = |from: i64, to: i64| {
            let at = |after: i64| NOW.saturating_add_signed(after);
            let claims = json!({ "sub": "ann", "iat": at(from), "nbf": at(from), "exp": at(to) });
            judged(&claims, false, &terms)
        };
        assert_eq!(when(-10, 1), Ok(NOW + 1));
        assert_eq!(when(-10, 0), Err(Code::TokenExpired), "its last moment is over");
        assert_eq!(when(60, 100), Ok(NOW + 100), "an issuer's clock may be ahead");
        assert_eq!(when(61, 100), Err(Code::TokenEarly));
        let day = 24 * 60 * 60;
        let left = 365 * day - 10;
        assert_eq!(when(-10, 1000 * day), Ok(NOW.saturating_add_signed(left)));
        assert_eq!(when(-366 * day, 1000 * day), Err(Code::TokenExpired));
        let ageless = |exp: u64| judged(&json!({ "sub": "ann", "exp": exp }), false, &terms);
        assert_eq!(ageless(NOW + 60), Ok(NOW + 60));
        assert_eq!(ageless(u64::MAX), Err(Code::TokenMalformed));
    }

    #[test]
    fn issuer_and_audience_are_asked_of_tokens_that_others_signed() {
        let terms = Terms {
            issuer: Some("https://login.example".into()),
            audience: Some("rooms".into()),
        };
        let judge = |iss: &str, aud: Value, secret: bool| {
            let claims = json!({ "sub": "ann", "exp": NOW + 60, "iss": iss, "aud": aud });
            judged(&claims, secret, &terms).map(drop)
        };
        let login = "https://login.example";
        for secret in [false, true] {
            assert_eq!(judge(login, json!("rooms"), secret), Ok(()));
            assert_eq!(judge(login, json!(["mail", "rooms"]), secret), Ok(()));
            assert_eq!(judge(login, json!(["mail"]), secret), Err(Code::TokenWrongAudience));
            assert_eq!(judge(login, json!("session"), secret), Err(Code::TokenWrongAudience));
            assert_eq!(judge("else", json!("rooms"), secret), Err(Code::TokenWrongIssuer));
        }
        assert_eq!(judge(OURS, json!("socket"), true), Ok(()), "ours have their own");
        assert_eq!(judge(OURS, json!("session"), true), Err(Code::TokenWrongAudience));
        let forged = judge(OURS, json!("socket"), false);
        assert_eq!(forged, Err(Code::TokenWrongIssuer), "only our secret makes it ours");
    }

    #[test]
    fn only_a_session_of_ours_is_a_session() {
        let judge = |iss: &str, aud: &str, secret: bool| {
            let claims = json!({ "sub": "ann", "exp": NOW + 60, "iss": iss, "aud": aud });
            let signed: Signed = serde_json::from_value(claims).unwrap();
            signed.judged(Purpose::Session, secret, &Terms::default(), NOW)
        };
        assert!(judge(OURS, "session", true).is_ok());
        for (iss, aud, secret) in [
            (OURS, "socket", true),
            (OURS, "session", false),
            ("else", "session", true),
        ] {
            assert_eq!(
                judge(iss, aud, secret),
                Err(Code::TokenWrongAudience),
                "{iss} {aud} {secret}"
            );
        }
    }
}
