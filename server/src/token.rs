//! Tokens: who says so. Signs JWTs with our own secret, and verifies them with each key that was configured; knows neither
//! cookies nor sockets.

mod claims;
mod jwks;
mod key;

use crate::{clock::Now, config::Config, revocation::Revocations};
use claims::{Purpose, Signed, Terms};
use jsonwebtoken::{EncodingKey, Header, decode_header, encode, errors::ErrorKind};
use jwks::Jwks;
use key::Key;
use protocol::{
    Code, Refusal,
    access::Grants,
    auth::{Claims, Identity},
};
use std::{fs, io, path::PathBuf, sync::Arc, time::Duration};

pub use claims::LONGEST;
pub use jwks::JwksError;
pub use key::KeyError;

/// How long a session cookie lasts: a guest who comes back within a year is the same person.
pub const SESSION: Duration = LONGEST;

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

impl Bearer {
    /// Somebody whom nobody has signed in, for as long as a session may last from `now` (seconds since 1970).
    #[must_use]
    pub fn guest(who: Identity, now: u64) -> Self {
        Self {
            who,
            grants: Grants::default(),
            issued: now,
            until: now.saturating_add(SESSION.as_secs()),
        }
    }
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

/// Why the keys that were configured are not taken.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// `JWT_PUBLIC_KEY` names a file that cannot be read.
    #[error("JWT_PUBLIC_KEY: neither PEM nor a file that can be read: {0}")]
    File(io::Error),
    /// `JWT_PUBLIC_KEY` is not such a key.
    #[error("JWT_PUBLIC_KEY: {0}")]
    PublicKey(#[from] KeyError),
    /// `JWT_JWKS` is not such a file.
    #[error("JWT_JWKS: {path}: {error}", path = .0.display(), error = .1)]
    Jwks(PathBuf, JwksError),
}

/// All keys, ready for use.
pub struct Keys {
    sign: EncodingKey,
    /// Our own secret first.
    known: Vec<Key>,
    jwks: Option<Jwks>,
    terms: Terms,
    revocations: Arc<Revocations>,
}

impl Keys {
    /// The keys of a secret and of no one else.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self {
            sign: EncodingKey::from_secret(secret.as_bytes()),
            known: vec![Key::secret(secret)],
            jwks: None,
            terms: Terms::default(),
            revocations: Arc::default(),
        }
    }

    /// The keys of this secret and all others that were configured.
    pub fn of(config: &Config, secret: &str, revocations: Arc<Revocations>) -> Result<Self, KeysError> {
        let auth = &config.auth;
        let mut keys = Self::new(secret);
        keys.known.extend(auth.jwt_secret_previous.as_deref().map(Key::secret));
        keys.known
            .extend(auth.jwt_public_key.as_deref().map(public_key).transpose()?);
        let jwks = auth.jwt_jwks.as_deref().map(|path| {
            let open = Jwks::open(path);
            open.map_err(|error| KeysError::Jwks(path.to_owned(), error))
        });
        keys.jwks = jwks.transpose()?;
        keys.terms = Terms {
            issuer: auth.jwt_issuer.clone(),
            audience: auth.jwt_audience.clone(),
        };
        keys.revocations = revocations;
        Ok(keys)
    }

    /// A token for this person's socket, valid for `span` from `now` (seconds since 1970).
    pub fn sign(&self, who: &Identity, now: u64, span: Duration) -> Result<String, jsonwebtoken::errors::Error> {
        self.lend(&Bearer::guest(who.clone(), now), now, span)
    }

    /// The same out of a session: with its roles, and for no longer than that lasts.
    pub fn lend(&self, session: &Bearer, now: u64, span: Duration) -> Result<String, jsonwebtoken::errors::Error> {
        let until = session.until.min(now.saturating_add(span.as_secs()));
        self.signed(session, now, until, Purpose::Socket)
    }

    /// A token for this person's cookie, which lasts as long as they are signed in; no socket takes it.
    pub fn sign_session(&self, session: &Bearer, now: u64) -> Result<String, jsonwebtoken::errors::Error> {
        self.signed(session, now, session.until, Purpose::Session)
    }

    /// Whose token a socket or a program brings, or why it is not taken: with one of the codes that begin with `token_`.
    pub fn verify(&self, token: &str) -> Result<Bearer, Refusal> {
        self.check(token, Purpose::Socket, Now::read()).map_err(refusal)
    }

    /// Whom somebody else has signed in, likewise. A token of ours is not taken: a socket's could be read by scripts, and is
    /// not to become a session.
    pub fn verify_entry(&self, token: &str) -> Result<Bearer, Refusal> {
        self.check(token, Purpose::Entry, Now::read()).map_err(refusal)
    }

    /// Whose cookie this is, likewise.
    pub fn verify_session(&self, token: &str) -> Result<Bearer, Refusal> {
        self.check(token, Purpose::Session, Now::read()).map_err(refusal)
    }

    /// What was revoked.
    #[must_use]
    pub fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    fn signed(
        &self,
        Bearer { who, grants, .. }: &Bearer,
        now: u64,
        until: u64,
        purpose: Purpose,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            sub: who.user_id.clone(),
            name: Some(who.name.clone()),
            hue: Some(who.hue),
            exp: until,
            iat: Some(now),
            rooms: grants.clone(),
        };
        encode(&Header::default(), &Signed::ours(claims, purpose), &self.sign)
    }

    fn check(&self, token: &str, purpose: Purpose, now: Now) -> Result<Bearer, Code> {
        let (signed, secret) = self.opened(token, now)?;
        let bearer = signed.judged(purpose, secret, &self.terms, now.at.0 / 1000)?;
        if self.revocations.covers(&bearer) {
            return Err(Code::TokenRevoked);
        }
        Ok(bearer)
    }

    /// What stands in a token that one of the keys has signed, and whether that is a secret of ours.
    fn opened(&self, token: &str, now: Now) -> Result<(Signed, bool), Code> {
        if token.len() > TOKEN_BYTES {
            return Err(Code::TokenMalformed);
        }
        // An algorithm that does not exist cannot be read, `none` among them.
        let header = decode_header(token).map_err(|_| Code::TokenMalformed)?;
        let theirs = self
            .jwks
            .as_ref()
            .map(|jwks| jwks.keys(now.instant))
            .unwrap_or_default();
        let fitting = self.known.iter().chain(theirs.iter());
        let fitting = fitting.filter(|key| key.fits(header.alg, header.kid.as_deref()));
        let mut why = Code::TokenBadSignature;
        for key in fitting {
            match key.open(token) {
                Ok(signed) => return Ok((signed, key.is_secret)),
                Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature) => {}
                Err(_) => why = Code::TokenMalformed,
            }
        }
        Err(why)
    }
}

/// The key that stands in `JWT_PUBLIC_KEY`, or in the file that it names.
fn public_key(setting: &str) -> Result<Key, KeysError> {
    if setting.contains("-----BEGIN") {
        // Where a variable holds one line only, line ends are written out.
        return Ok(Key::pem(&setting.replace("\\n", "\n"))?);
    }
    let pem = fs::read_to_string(setting).map_err(KeysError::File)?;
    Ok(Key::pem(&pem)?)
}

/// The sentence that goes with each way of being wrong about a token.
#[must_use]
pub fn refusal(code: Code) -> Refusal {
    let sentence = match code {
        Code::TokenMissing => {
            "You are not signed in: connect with auth { token }, a JWT signed with a key that this server knows."
        }
        Code::TokenExpired => "This session has ended, since its token has expired: take a new one, or sign in again.",
        Code::TokenEarly => "This token's time is yet to come: is a clock wrong?",
        Code::TokenBadSignature => {
            "This token was not signed with a key that this server knows, and that key's algorithm."
        }
        Code::TokenWrongIssuer => "This token is of another issuer than the one whose tokens are taken here.",
        Code::TokenWrongAudience => "This token is not meant for this.",
        Code::TokenWrongPerson => "This token is another person's: connect anew with it.",
        Code::TokenRevoked => "This session was ended by whoever runs this server. Sign in again.",
        _ => "This is no JWT with the claims sub and exp, and a proper name where it has one.",
    };
    Refusal::new(code, sentence)
}

#[cfg(test)]
mod tests;
