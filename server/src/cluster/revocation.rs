//! Revocations in Redis, where all replicas read and hear them.

use super::{
    keys,
    script::{self, log_error},
};
use crate::{
    metrics::Metrics,
    revocation::{Register, Revocation, oldest},
    store::LogError,
    token::LONGEST,
};
use async_trait::async_trait;
use fred::{clients::Client, types::Value};
use std::sync::Arc;

/// The register of all replicas.
pub struct RedisRegister {
    client: Client,
    metrics: Arc<Metrics>,
}

impl RedisRegister {
    /// The one in this Redis.
    #[must_use]
    pub fn new(client: Client, metrics: Arc<Metrics>) -> Self {
        Self { client, metrics }
    }

    /// Keeps these, tells those that are news, and says `all` where that is asked.
    async fn run(&self, kept: &[Revocation], now: u64, asked: &str) -> Result<Vec<String>, LogError> {
        let before = [
            oldest(now).to_string(),
            LONGEST.as_secs().to_string(),
            keys::BUS.to_owned(),
            asked.to_owned(),
        ];
        let pairs = kept
            .iter()
            .flat_map(|revocation| [revocation.at.to_string(), revocation.user.as_str().to_owned()]);
        let arguments = before.into_iter().chain(pairs).map(Value::from).collect();
        let answer = script::REVOKE.run(&self.client, keys::REVOKED, Value::Array(arguments));
        answer.await.map_err(|error| {
            let error = log_error(&error);
            self.metrics.store_errors.inc(error.label());
            error
        })
    }
}

#[async_trait]
impl Register for RedisRegister {
    async fn keep(&self, revocation: &Revocation) -> Result<(), LogError> {
        self.run(std::slice::from_ref(revocation), revocation.at, "").await?;
        self.metrics.bus_out.inc("revocation");
        Ok(())
    }

    async fn exchange(&self, ours: Vec<Revocation>, now: u64) -> Result<Vec<Revocation>, LogError> {
        let said = self.run(&ours, now, "all").await?;
        let read = |pair: &[String]| {
            let [user, at] = pair else { return None };
            let (user, at) = (user.parse().ok()?, at.parse().ok()?);
            Some(Revocation { user, at })
        };
        let all: Option<Vec<Revocation>> = said.chunks(2).map(read).collect();
        all.ok_or_else(|| LogError::Damaged(format!("{} holds what is no revocation", keys::REVOKED)))
    }
}
