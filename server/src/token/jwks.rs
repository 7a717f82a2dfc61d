//! Keys in a file that somebody else keeps (RFC 7517). It is read again when it has changed; one that cannot be read then
//! leaves the keys as they were.

use super::key::Key;
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

/// How often it is asked whether the file has changed, at most. Whoever comes with a new key is let in after so long.
const LOOK: Duration = Duration::from_secs(1);

/// The file, and what was last read from it.
pub(super) struct Jwks {
    path: PathBuf,
    held: Mutex<Held>,
}

struct Held {
    keys: Arc<Vec<Key>>,
    /// What the file looked like when it was last read, whatever came of that.
    stamp: Option<Stamp>,
    looked: Instant,
}

/// When a file was changed, and how long it is.
type Stamp = (SystemTime, u64);

/// Why a file of keys is not taken.
#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    /// It cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is no JWKS.
    #[error("it is no JWKS: {0}")]
    Json(#[from] serde_json::Error),
    /// There is nothing in it to check a signature with.
    #[error("none of its keys is for RS256, ES256 or EdDSA")]
    Empty,
}

/// A JWKS, in which there may be keys that are not known here.
#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

impl Jwks {
    /// Reads the file.
    pub(super) fn open(path: &Path) -> Result<Self, JwksError> {
        let stamp = stamp(path).ok();
        let held = Held {
            keys: Arc::new(read(path)?),
            stamp,
            looked: Instant::now(),
        };
        Ok(Self {
            path: path.to_owned(),
            held: Mutex::new(held),
        })
    }

    /// The keys as of `now`.
    pub(super) fn keys(&self, now: Instant) -> Arc<Vec<Key>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(held.looked) >= LOOK {
            held.looked = now;
            let stamp = stamp(&self.path).ok();
            if stamp != held.stamp {
                held.stamp = stamp;
                self.reload(&mut held);
            }
        }
        Arc::clone(&held.keys)
    }

    fn reload(&self, held: &mut Held) {
        let path = self.path.display();
        match read(&self.path) {
            Ok(keys) => {
                tracing::info!(%path, keys = keys.len(), "keys were read anew (JWT_JWKS)");
                held.keys = Arc::new(keys);
            }
            Err(error) => tracing::warn!(%path, %error, "keys stay as they were (JWT_JWKS)"),
        }
    }
}

fn stamp(path: &Path) -> io::Result<Stamp> {
    let file = fs::metadata(path)?;
    Ok((file.modified()?, file.len()))
}

fn read(path: &Path) -> Result<Vec<Key>, JwksError> {
    let set: Set = serde_json::from_str(&fs::read_to_string(path)?)?;
    let known = set
        .keys
        .into_iter()
        .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    let keys: Vec<Key> = known.filter_map(|key| Key::jwk(&key)).collect();
    if keys.is_empty() {
        Err(JwksError::Empty)
    } else {
        Ok(keys)
    }
}
