//! Revocations: all sessions of one person end at once, here, and over the bus on every other replica.

use super::{auth, connection::Connections};
use crate::{
    clock::Now,
    cluster::bus::Bus,
    metrics::Metrics,
    revocation::{Register, Revocation},
    store::LogError,
    token::Keys,
};
use protocol::Code;
use std::{sync::Arc, time::Duration};
use tokio::sync::broadcast::error::RecvError;

/// Between two attempts to read what was revoked, after one that failed.
const AGAIN: Duration = Duration::from_millis(500);

/// Who minds them.
pub struct Revoker {
    connections: Arc<Connections>,
    keys: Arc<Keys>,
    register: Arc<dyn Register>,
    bus: Option<Arc<Bus>>,
    metrics: Arc<Metrics>,
}

impl Revoker {
    /// One for these connections; with a bus it hears of what others revoke.
    #[must_use]
    pub fn new(
        connections: Arc<Connections>,
        keys: Arc<Keys>,
        register: Arc<dyn Register>,
        bus: Option<Arc<Bus>>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            connections,
            keys,
            register,
            bus,
            metrics,
        }
    }

    /// Refuses from now on what was signed for a person up to a second, ends whoever is here with that, and has it kept and
    /// told. Returns how many connections were here. An error means that others may not know of it; here it holds.
    pub async fn revoke(&self, revocation: &Revocation) -> Result<usize, LogError> {
        self.keys.revocations().note(revocation);
        let ended = self.end(revocation);
        self.metrics.revocations.inc();
        self.register.keep(revocation).await?;
        Ok(ended)
    }

    /// Reads what was revoked elsewhere or before, and gives back what the register may have lost. Tries until it can.
    ///
    /// # Errors
    /// What is kept cannot be read, however often it is tried.
    pub async fn look(&self) -> Result<(), LogError> {
        let mut said = false;
        loop {
            let now = Now::read().at.0 / 1000;
            let ours = self.keys.revocations().all(now);
            match self.register.exchange(ours, now).await {
                Ok(all) => {
                    all.iter().for_each(|revocation| self.heard(revocation));
                    return Ok(());
                }
                Err(error @ LogError::Damaged(_)) => return Err(error),
                Err(error) => {
                    if !std::mem::replace(&mut said, true) {
                        tracing::warn!(%error, "what was revoked could not be read; trying again");
                    }
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }

    /// Minds what comes over the bus from this call on, for ever.
    pub fn pass_on(self: Arc<Self>) -> impl Future<Output = ()> + Send + 'static {
        // Not when it is first polled: whatever comes after the first look has to be heard.
        let told = self.bus.as_ref().map(|bus| bus.revocations());
        async move {
            let Some(mut told) = told else { return };
            loop {
                match told.recv().await {
                    Ok(Some(revocation)) => self.heard(&revocation),
                    Ok(None) | Err(RecvError::Lagged(_)) => {
                        if let Err(error) = self.look().await {
                            tracing::error!(%error, "what was revoked cannot be read");
                        }
                    }
                    Err(RecvError::Closed) => return,
                }
            }
        }
    }

    fn heard(&self, revocation: &Revocation) {
        if self.keys.revocations().note(revocation) {
            self.end(revocation);
        }
    }

    fn end(&self, revocation: &Revocation) -> usize {
        let here = self.connections.of(&revocation.user);
        let ended = here
            .iter()
            .filter(|connected| revocation.covers(&connected.connection.bearer()));
        ended
            .map(|connected| auth::end_for(connected, Code::TokenRevoked))
            .count()
    }
}
