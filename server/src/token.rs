//! Tokens: who says so. Signs and verifies JWTs with HS256; knows neither cookies nor sockets.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode, errors::ErrorKind};
use protocol::{
    Code, Refusal,
    access::Grants,
    auth::{Claims, Identity},
};
use std::time::Duration;

/// How long a socket's token lasts. Only its beginning is checked, so that it need not be longer than a slow connect.
pub const SOCKET_TOKEN: Duration = Duration::from_secs(5 * 60);

/// How long a session cookie lasts: a guest who comes back within a year is the same person.
pub const SESSION: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Longest token that is looked at; real ones have some 200 bytes.
const TOKEN_BYTES: usize = 4096;

/// What a token that was taken says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Whose it is.
    pub who: Identity,
    /// Roles in rooms that come with it.
    pub grants: Grants,
    /// When it was signed, in seconds since 1970; 0 where it does not say.
    pub issued: u64,
    /// When it ends, in seconds since 1970.
    pub until: u64,
}

impl From<Claims> for Bearer {
    fn from(claims: Claims) -> Self {
        Self {
            who: claims.identity(),
            grants: claims.rooms,
            issued: claims.iat.unwrap_or_default(),
            until: claims.exp,
        }
    }
}

/// The key, ready for use.
pub struct Keys {
    sign: EncodingKey,
    verify: DecodingKey,
    validation: Validation,
}

impl Keys {
    /// The key of a secret.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // Clocks of one system agree; a leeway would let tokens live longer than they say.
        validation.leeway = 0;
        validation.validate_aud = false;
        Self {
            sign: EncodingKey::from_secret(secret.as_bytes()),
            verify: DecodingKey::from_secret(secret.as_bytes()),
            validation,
        }
    }

    /// A token for this person, valid for `span` from `now` (seconds since 1970).
    pub fn sign(&self, who: &Identity, now: u64, span: Duration) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            sub: who.user_id.clone(),
            name: Some(who.name.clone()),
            hue: Some(who.hue),
            exp: now + span.as_secs(),
            iat: Some(now),
            rooms: Grants::default(),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.sign)
    }

    /// Whose token this is, or why it is not taken: `token_malformed`, `token_bad_signature` or `token_expired`.
    pub fn verify(&self, token: &str) -> Result<Bearer, Refusal> {
        if token.len() > TOKEN_BYTES {
            return Err(refusal(Code::TokenMalformed));
        }
        match decode::<Claims>(token, &self.verify, &self.validation) {
            Ok(data) => Ok(data.claims.into()),
            Err(error) => Err(refusal(code(error.kind()))),
        }
    }
}

fn code(error: &ErrorKind) -> Code {
    match error {
        ErrorKind::ExpiredSignature => Code::TokenExpired,
        // Another algorithm than ours is a signature that we cannot accept, `none` above all.
        ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => Code::TokenBadSignature,
        _ => Code::TokenMalformed,
    }
}

/// The sentence that goes with each way of being wrong about a token.
#[must_use]
pub fn refusal(code: Code) -> Refusal {
    let sentence = match code {
        Code::TokenMissing => "Connect with auth { token }, a JWT signed by this server's key.",
        Code::TokenExpired => "This token has expired: get a new one.",
        Code::TokenBadSignature => "This token was not signed with this server's key and HS256.",
        _ => "This is no JWT with the claims sub and exp, and a proper name where it has one.",
    };
    Refusal::new(code, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Now;
    use protocol::Hue;
    use serde_json::json;

    fn ann() -> Identity {
        let user_id: protocol::UserId = "ann".parse().unwrap();
        Identity {
            hue: Hue::of(&user_id),
            user_id,
            name: "Ann".parse().unwrap(),
        }
    }

    fn seconds() -> u64 {
        Now::read().at.0 / 1000
    }

    fn forged(claims: &serde_json::Value, algorithm: Algorithm) -> String {
        encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(b"secret")).unwrap()
    }

    fn verdict(token: &str) -> Code {
        Keys::new("secret").verify(token).unwrap_err().code
    }

    #[test]
    fn a_token_names_its_bearer() {
        let keys = Keys::new("secret");
        let token = keys.sign(&ann(), seconds(), SOCKET_TOKEN).unwrap();
        assert_eq!(keys.verify(&token).map(|bearer| bearer.who), Ok(ann()));
    }

    #[test]
    fn what_a_token_leaves_open_is_filled_in() {
        let token = forged(&json!({ "sub": "bob", "exp": seconds() + 60 }), Algorithm::HS256);
        assert_eq!(Keys::new("secret").verify(&token).unwrap().who.name.as_str(), "bob");
    }

    #[test]
    fn each_wrong_token_is_told_why() {
        let later = seconds() + 60;
        let other = Keys::new("another").sign(&ann(), seconds(), SOCKET_TOKEN).unwrap();
        assert_eq!(verdict(&other), Code::TokenBadSignature);
        assert_eq!(
            verdict(&forged(&json!({ "sub": "ann", "exp": later }), Algorithm::HS512)),
            Code::TokenBadSignature
        );
        let expired = Keys::new("secret")
            .sign(&ann(), seconds() - 10, Duration::from_secs(5))
            .unwrap();
        assert_eq!(verdict(&expired), Code::TokenExpired);
        for claims in [
            json!({ "exp": later }),
            json!({ "sub": "ann" }),
            json!({ "sub": "a b", "exp": later }),
        ] {
            assert_eq!(
                verdict(&forged(&claims, Algorithm::HS256)),
                Code::TokenMalformed,
                "{claims}"
            );
        }
        let disguised = json!({ "sub": "ann", "name": "a\u{0}", "exp": later });
        assert_eq!(verdict(&forged(&disguised, Algorithm::HS256)), Code::TokenMalformed);
        for garbage in ["", "a", "a.b.c", "....", &"x".repeat(TOKEN_BYTES + 1)] {
            assert_eq!(verdict(garbage), Code::TokenMalformed, "{garbage}");
        }
    }
}
