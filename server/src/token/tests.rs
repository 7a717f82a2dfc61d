//! Keys of each kind, and tokens that they must and must not take.

use super::*;
use jsonwebtoken::Algorithm;
use protocol::Hue;
use serde_json::{Value, json};
use std::{path::Path, time::Instant};

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

/// Keys that were made for these tests and sign nothing else.
fn fixture(name: &str) -> String {
    fs::read_to_string(fixture_path(name)).unwrap()
}

fn fixture_path(name: &str) -> String {
    format!("{}/src/token/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

const KINDS: [(Algorithm, &str); 3] = [
    (Algorithm::RS256, "rsa"),
    (Algorithm::ES256, "ec"),
    (Algorithm::EdDSA, "ed"),
];

/// A token that one of those keys has signed, with this `kid`.
fn foreign(algorithm: Algorithm, key: &str, kid: Option<&str>) -> String {
    let pem = fixture(&format!("{key}.pem"));
    let key = match algorithm {
        Algorithm::RS256 => EncodingKey::from_rsa_pem(pem.as_bytes()),
        Algorithm::ES256 => EncodingKey::from_ec_pem(pem.as_bytes()),
        _ => EncodingKey::from_ed_pem(pem.as_bytes()),
    };
    let mut header = Header::new(algorithm);
    header.kid = kid.map(str::to_owned);
    let claims = json!({ "sub": "ann", "exp": seconds() + 60 });
    encode(&header, &claims, &key.unwrap()).unwrap()
}

fn forged(claims: &Value, algorithm: Algorithm, secret: &[u8]) -> String {
    encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret)).unwrap()
}

fn with(change: impl FnOnce(&mut crate::config::auth::AuthConfig)) -> Result<Keys, KeysError> {
    let mut config = Config::development();
    change(&mut config.auth);
    Keys::of(&config, "secret", Arc::default())
}

fn code(keys: &Keys, token: &str) -> Code {
    keys.verify(token).unwrap_err().code
}

fn verdict(token: &str) -> Code {
    code(&Keys::new("secret"), token)
}

#[test]
fn a_token_names_its_bearer() {
    let keys = Keys::new("secret");
    let token = keys.sign(&ann(), seconds(), Duration::from_secs(60)).unwrap();
    assert_eq!(keys.verify(&token).map(|bearer| bearer.who), Ok(ann()));
}

#[test]
fn what_a_token_leaves_open_is_filled_in() {
    let token = forged(
        &json!({ "sub": "bob", "exp": seconds() + 60 }),
        Algorithm::HS256,
        b"secret",
    );
    let bearer = Keys::new("secret").verify(&token).unwrap();
    assert_eq!((bearer.who.name.as_str(), bearer.issued), ("bob", 0));
}

#[test]
fn each_wrong_token_is_told_why() {
    let later = seconds() + 60;
    let other = Keys::new("another").sign(&ann(), seconds(), Duration::from_secs(60));
    assert_eq!(verdict(&other.unwrap()), Code::TokenBadSignature);
    let claims = json!({ "sub": "ann", "exp": later });
    assert_eq!(
        verdict(&forged(&claims, Algorithm::HS512, b"secret")),
        Code::TokenBadSignature
    );
    let expired = Keys::new("secret").sign(&ann(), seconds() - 10, Duration::from_secs(5));
    assert_eq!(verdict(&expired.unwrap()), Code::TokenExpired);
    for claims in [
        json!({ "exp": later }),
        json!({ "sub": "ann" }),
        json!({ "sub": "a b", "exp": later }),
        json!({ "sub": "ann", "name": "a\u{0}", "exp": later }),
        json!({ "sub": "ann", "exp": later, "rooms": { "a b": "owner" } }),
    ] {
        let token = forged(&claims, Algorithm::HS256, b"secret");
        assert_eq!(verdict(&token), Code::TokenMalformed, "{claims}");
    }
    // {"alg":"none"}
    let unsigned = format!(
        "eyJhbGciOiJub25lIn0.{}.",
        verdict_body(&forged(&claims, Algorithm::HS256, b"secret"))
    );
    for garbage in ["", "a", "a.b.c", "....", &unsigned, &"x".repeat(TOKEN_BYTES + 1)] {
        assert_eq!(verdict(garbage), Code::TokenMalformed, "{garbage}");
    }
}

fn verdict_body(token: &str) -> &str {
    token.split('.').nth(1).unwrap()
}

#[test]
fn a_session_is_no_token_and_a_token_no_session() {
    let keys = Keys::new("secret");
    let session = keys.sign_session(&Bearer::guest(ann(), seconds()), seconds()).unwrap();
    let socket = keys.sign(&ann(), seconds(), Duration::from_secs(60)).unwrap();
    assert_eq!(keys.verify_session(&session).map(|bearer| bearer.who), Ok(ann()));
    assert_eq!(code(&keys, &session), Code::TokenWrongAudience);
    assert_eq!(keys.verify_session(&socket).unwrap_err().code, Code::TokenWrongAudience);
    // One that knows the secret and says nothing of what its token is for.
    let plain = forged(
        &json!({ "sub": "ann", "exp": seconds() + 60 }),
        Algorithm::HS256,
        b"secret",
    );
    assert!(keys.verify(&plain).is_ok() && keys.verify_session(&plain).is_err());
}

#[test]
fn the_secret_before_still_verifies_and_signs_no_more() {
    let (before, after) = (Keys::new("before"), "after");
    let mut config = Config::development();
    config.auth.jwt_secret_previous = Some("before".into());
    let keys = Keys::of(&config, after, Arc::default()).unwrap();
    let old = before
        .sign_session(&Bearer::guest(ann(), seconds()), seconds())
        .unwrap();
    assert!(keys.verify_session(&old).is_ok());
    let new = keys.sign_session(&Bearer::guest(ann(), seconds()), seconds()).unwrap();
    assert!(before.verify_session(&new).is_err());
    assert!(Keys::new(after).verify_session(&new).is_ok());
}

#[test]
fn each_kind_of_public_key_verifies_its_own_algorithm_and_no_other() {
    for (kind, name) in KINDS {
        let file = fixture_path(&format!("{name}.pub.pem"));
        let inline = fixture(&format!("{name}.pub.pem")).replace('\n', "\\n");
        for setting in [file, inline] {
            let keys = with(|auth| auth.jwt_public_key = Some(setting)).unwrap();
            for (algorithm, signer) in KINDS {
                let verified = keys.verify(&foreign(algorithm, signer, None));
                match kind == algorithm {
                    true => assert_eq!(verified.unwrap().who.user_id.as_str(), "ann"),
                    false => assert_eq!(verified.unwrap_err().code, Code::TokenBadSignature),
                }
            }
        }
    }
}

/// The classic: the public key, which everybody has, taken for a secret of HS256.
#[test]
fn a_public_key_is_no_secret() {
    for (_, name) in KINDS {
        let pem = fixture(&format!("{name}.pub.pem"));
        let keys = with(|auth| auth.jwt_public_key = Some(pem.clone())).unwrap();
        let claims = json!({ "sub": "ann", "exp": seconds() + 60 });
        for secret in [pem.as_bytes(), pem.trim().as_bytes()] {
            assert_eq!(
                code(&keys, &forged(&claims, Algorithm::HS256, secret)),
                Code::TokenBadSignature
            );
        }
    }
}

#[test]
fn a_key_that_is_no_such_key_is_told_at_the_start() {
    let error = |setting: String| with(|auth| auth.jwt_public_key = Some(setting)).err().unwrap();
    assert!(matches!(error("/nowhere.pem".into()), KeysError::File(_)));
    assert!(matches!(
        error(fixture("ec384.pub.pem")),
        KeysError::PublicKey(KeyError::Kind)
    ));
    for (_, name) in KINDS {
        let private = error(fixture(&format!("{name}.pem")));
        assert!(matches!(private, KeysError::PublicKey(KeyError::Private)), "{private}");
    }
}

/// The public half as a JWKS has it.
fn jwk(algorithm: Algorithm, key: &str, kid: &str) -> Value {
    let pem = fixture(&format!("{key}.pem"));
    let key = match algorithm {
        Algorithm::RS256 => EncodingKey::from_rsa_pem(pem.as_bytes()),
        Algorithm::ES256 => EncodingKey::from_ec_pem(pem.as_bytes()),
        _ => EncodingKey::from_ed_pem(pem.as_bytes()),
    };
    let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&key.unwrap(), algorithm).unwrap();
    let mut jwk = serde_json::to_value(jwk).unwrap();
    jwk["kid"] = kid.into();
    jwk
}

fn write(path: &Path, keys: &[Value]) {
    fs::write(path, json!({ "keys": keys }).to_string()).unwrap();
}

#[test]
fn a_jwks_is_read_anew_when_it_changes_and_a_broken_one_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("jwks.json");
    let (rsa, ec) = (jwk(Algorithm::RS256, "rsa", "one"), jwk(Algorithm::ES256, "ec", "two"));
    let unknown = json!({ "kty": "new", "kid": "three", "x": 5 });
    let secret = json!({ "kty": "oct", "kid": "four", "k": "c2VjcmV0", "alg": "HS256" });
    write(&path, &[rsa.clone(), unknown, secret]);
    let keys = with(|auth| auth.jwt_jwks = Some(path.clone())).unwrap();
    let (by_rsa, by_ec) = (
        foreign(Algorithm::RS256, "rsa", Some("one")),
        foreign(Algorithm::ES256, "ec", Some("two")),
    );
    let start = Instant::now();
    let takes = |token: &str, after: u64| {
        let instant = start + Duration::from_secs(after);
        keys.check(token, Purpose::Socket, Now { instant, ..Now::read() })
    };
    assert!(takes(&by_rsa, 0).is_ok());
    assert!(
        takes(&foreign(Algorithm::RS256, "rsa", None), 0).is_ok(),
        "no name fits all"
    );
    assert_eq!(
        takes(&foreign(Algorithm::RS256, "rsa", Some("two")), 0),
        Err(Code::TokenBadSignature)
    );
    assert_eq!(takes(&by_ec, 0), Err(Code::TokenBadSignature));
    write(&path, &[rsa, ec]);
    assert_eq!(takes(&by_ec, 0), Err(Code::TokenBadSignature), "not looked at so soon");
    assert!(takes(&by_ec, 10).is_ok() && takes(&by_rsa, 10).is_ok());
    fs::write(&path, "{ broken").unwrap();
    assert!(takes(&by_ec, 20).is_ok(), "broken");
    fs::remove_file(&path).unwrap();
    assert!(takes(&by_ec, 30).is_ok(), "gone");
    write(&path, &[jwk(Algorithm::EdDSA, "ed", "five")]);
    assert!(takes(&foreign(Algorithm::EdDSA, "ed", Some("five")), 40).is_ok());
    assert_eq!(takes(&by_ec, 40), Err(Code::TokenBadSignature), "taken out");
}

#[test]
fn a_jwks_that_holds_no_key_is_told_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("jwks.json");
    let mut odd = jwk(Algorithm::RS256, "rsa", "one");
    odd["alg"] = "RS512".into();
    let mut other = jwk(Algorithm::RS256, "rsa", "one");
    other["use"] = "enc".into();
    write(&path, &[odd, other]);
    let error = with(|auth| auth.jwt_jwks = Some(path)).err().unwrap();
    assert!(matches!(error, KeysError::Jwks(_, JwksError::Empty)), "{error}");
}

#[test]
fn what_was_revoked_is_refused() {
    let keys = Keys::new("secret");
    let (now, span) = (seconds(), Duration::from_secs(60));
    let before = keys.sign(&ann(), now, span).unwrap();
    let session = keys.sign_session(&Bearer::guest(ann(), now), now).unwrap();
    let revocation = crate::revocation::Revocation {
        user: ann().user_id,
        at: now,
    };
    keys.revocations().note(&revocation);
    assert_eq!(code(&keys, &before), Code::TokenRevoked);
    assert_eq!(keys.verify_session(&session).unwrap_err().code, Code::TokenRevoked);
    assert!(keys.verify(&keys.sign(&ann(), now + 1, span).unwrap()).is_ok());
}
