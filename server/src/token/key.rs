//! A key that signatures are checked with: one algorithm, and never another than its own.

use super::claims::Signed;
use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey, Validation, decode,
    errors::Error,
    jwk::{Jwk, KeyAlgorithm, PublicKeyUse},
};

/// Bytes of a point on the curve of ES256, as keys hold it.
const POINT: usize = 65;

/// Bytes of a key of `EdDSA` on the curve Ed25519.
const ED25519: usize = 32;

/// One key.
pub(super) struct Key {
    /// What tokens call it; a token that names another is not checked with this one.
    name: Option<String>,
    algorithm: Algorithm,
    decoding: DecodingKey,
    validation: Validation,
    /// Whether it is a secret of ours, with which we sign too.
    pub(super) is_secret: bool,
}

/// Why a key is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is to be known to everybody, and this one must not be.
    #[error("it is a private key; the public one is enough, and all that may be here")]
    Private,
    /// It cannot be read, or is of another kind.
    #[error("it is no public key in PEM for RS256, ES256 (P-256) or EdDSA (Ed25519)")]
    Kind,
}

impl Key {
    fn new(name: Option<String>, algorithm: Algorithm, decoding: DecodingKey) -> Self {
        let mut validation = Validation::new(algorithm);
        // Here only the signature is looked at: `claims.rs` judges what it says.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Self {
            name,
            algorithm,
            decoding,
            validation,
            is_secret: false,
        }
    }

    /// The key of a secret of ours: HS256.
    pub(super) fn secret(secret: &str) -> Self {
        let decoding = DecodingKey::from_secret(secret.as_bytes());
        Self {
            is_secret: true,
            ..Self::new(None, Algorithm::HS256, decoding)
        }
    }

    /// A public key in PEM. Its kind says the algorithm.
    pub(super) fn pem(pem: &str) -> Result<Self, KeyError> {
        if pem.contains("PRIVATE KEY") {
            return Err(KeyError::Private);
        }
        let pem = pem.trim().as_bytes();
        let of = |algorithm, key: Result<DecodingKey, Error>| key.ok().and_then(|key| checked(None, algorithm, key));
        of(Algorithm::ES256, DecodingKey::from_ec_pem(pem))
            .or_else(|| of(Algorithm::EdDSA, DecodingKey::from_ed_pem(pem)))
            .or_else(|| of(Algorithm::RS256, DecodingKey::from_rsa_pem(pem)))
            .ok_or(KeyError::Kind)
    }

    /// A key of a JWKS; `None` for one of an algorithm that is not used here, a secret above all.
    pub(super) fn jwk(jwk: &Jwk) -> Option<Self> {
        if jwk.common.public_key_use == Some(PublicKeyUse::Encryption) {
            return None;
        }
        let decoding = DecodingKey::from_jwk(jwk).ok()?;
        let (algorithm, named) = match decoding.family() {
            AlgorithmFamily::Rsa => (Algorithm::RS256, KeyAlgorithm::RS256),
            AlgorithmFamily::Ec => (Algorithm::ES256, KeyAlgorithm::ES256),
            AlgorithmFamily::Ed => (Algorithm::EdDSA, KeyAlgorithm::EdDSA),
            AlgorithmFamily::Hmac => return None,
        };
        if jwk.common.key_algorithm.is_some_and(|said| said != named) {
            return None;
        }
        checked(jwk.common.key_id.clone(), algorithm, decoding)
    }

    /// Whether a token with this in its header may have been signed by it.
    pub(super) fn fits(&self, algorithm: Algorithm, name: Option<&str>) -> bool {
        let named = self.name.as_deref().zip(name);
        self.algorithm == algorithm && named.is_none_or(|(own, asked)| own == asked)
    }

    /// What stands in a token that it has signed.
    pub(super) fn open(&self, token: &str) -> Result<Signed, Error> {
        decode::<Signed>(token, &self.decoding, &self.validation).map(|data| data.claims)
    }
}

/// A key whose size is that of its algorithm's curve.
fn checked(name: Option<String>, algorithm: Algorithm, key: DecodingKey) -> Option<Key> {
    let size = key.try_get_as_bytes().ok().map(<[u8]>::len);
    let fits = match algorithm {
        Algorithm::ES256 => size == Some(POINT),
        Algorithm::EdDSA => size == Some(ED25519),
        _ => true,
    };
    fits.then(|| Key::new(name, algorithm, key))
}
