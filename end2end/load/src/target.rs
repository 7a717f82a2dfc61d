//! Where people go, and how they say who they are.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use protocol::{RoomId, VERSION};
use serde_json::{Value, json};

/// How long a token lasts: longer than any run.
const TOKEN: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The server, or its replicas.
pub(crate) struct Target {
    urls: Vec<String>,
    key: EncodingKey,
    /// Whether batches are asked for.
    pub(crate) batch: bool,
    /// Names this run, so that it meets no room of another.
    run: String,
}

impl Target {
    /// A server at these addresses, who signs with this secret.
    pub(crate) fn new(urls: &[String], secret: &str, batch: bool) -> anyhow::Result<Self> {
        if urls.is_empty() {
            bail!("no --url, and no --server to start");
        }
        let millis = since_1970()?.as_millis();
        Ok(Self {
            urls: urls.to_vec(),
            key: EncodingKey::from_secret(secret.as_bytes()),
            batch,
            run: format!("{millis:x}"),
        })
    }

    /// How many replicas.
    pub(crate) fn replicas(&self) -> usize {
        self.urls.len()
    }

    /// Which replica a person goes to: they take turns.
    pub(crate) fn replica(&self, member: usize) -> usize {
        member % self.urls.len()
    }

    /// Where that is.
    pub(crate) fn url(&self, member: usize) -> &str {
        &self.urls[self.replica(member)]
    }

    /// A room of this run.
    pub(crate) fn room(&self, number: usize) -> anyhow::Result<RoomId> {
        Ok(format!("load-{}-{number}", self.run).parse()?)
    }

    /// What a person says at CONNECT. Everybody is somebody else.
    pub(crate) fn auth(&self, room: &RoomId, member: usize) -> anyhow::Result<Value> {
        let exp = (since_1970()? + TOKEN).as_secs();
        let claims = json!({ "sub": format!("{room}.{member}"), "name": format!("p{member}"), "exp": exp });
        let token = encode(&Header::new(Algorithm::HS256), &claims, &self.key).context("signing a token")?;
        Ok(json!({ "token": token, "version": VERSION }))
    }
}

fn since_1970() -> anyhow::Result<Duration> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock is before 1970")
}
