//! Whose tokens were revoked, and when: a mirror in memory that every token is held against, and where it is kept.
//!
//! A revocation is about all that was signed for a person up to a second. It is forgotten when no such token could be good any
//! more.

use crate::{
    store::LogError,
    token::{Bearer, LONGEST},
};
use async_trait::async_trait;
use protocol::UserId;
use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

/// All tokens of a person that were signed at this second (since 1970) or before are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Whose.
    pub user: UserId,
    /// Up to when they were signed.
    pub at: u64,
}

impl Revocation {
    /// Whether it is about this token.
    #[must_use]
    pub fn covers(&self, bearer: &Bearer) -> bool {
        bearer.who.user_id == self.user && bearer.issued <= self.at
    }
}

/// All that are known here.
#[derive(Default)]
pub struct Revocations(RwLock<HashMap<UserId, u64>>);

impl Revocations {
    /// Notes one. Says whether it is news.
    pub fn note(&self, revocation: &Revocation) -> bool {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let at = all.entry(revocation.user.clone()).or_default();
        let is_news = revocation.at > *at;
        *at = revocation.at.max(*at);
        is_news
    }

    /// Whether this token was revoked.
    #[must_use]
    pub fn covers(&self, bearer: &Bearer) -> bool {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(&bearer.who.user_id).is_some_and(|at| bearer.issued <= *at)
    }

    /// All of them, without those that no token can be about any more at `now` (seconds since 1970).
    #[must_use]
    pub fn all(&self, now: u64) -> Vec<Revocation> {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, at| *at >= oldest(now));
        let all = all.iter().map(|(user, at)| Revocation {
            user: user.clone(),
            at: *at,
        });
        all.collect()
    }
}

/// Revocations before this second are about nothing any more.
#[must_use]
pub fn oldest(now: u64) -> u64 {
    now.saturating_sub(LONGEST.as_secs())
}

/// Where revocations outlive the process.
#[async_trait]
pub trait Register: Send + Sync + 'static {
    /// Keeps one. Other replicas hear of it.
    async fn keep(&self, revocation: &Revocation) -> Result<(), LogError>;

    /// Keeps these too, in case it has lost them, and returns all that it has, as of `now` (seconds since 1970).
    async fn exchange(&self, ours: Vec<Revocation>, now: u64) -> Result<Vec<Revocation>, LogError>;
}

/// Where there is no place to keep anything: they last as long as the process, as all else does.
pub struct Nowhere;

#[async_trait]
impl Register for Nowhere {
    async fn keep(&self, _: &Revocation) -> Result<(), LogError> {
        Ok(())
    }

    async fn exchange(&self, ours: Vec<Revocation>, _: u64) -> Result<Vec<Revocation>, LogError> {
        Ok(ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::auth::Claims;

    fn revocation(user: &str, at: u64) -> Revocation {
        Revocation {
            user: user.parse().unwrap(),
            at,
        }
    }

    fn signed(user: &str, iat: Option<u64>) -> Bearer {
        let claims = serde_json::json!({ "sub": user, "exp": 2000, "iat": iat });
        serde_json::from_value::<Claims>(claims).unwrap().into()
    }

    #[test]
    fn what_was_signed_up_to_a_second_is_refused() {
        let all = Revocations::default();
        assert!(all.note(&revocation("ann", 1000)));
        for (iat, covered) in [(None, true), (Some(999), true), (Some(1000), true), (Some(1001), false)] {
            assert_eq!(all.covers(&signed("ann", iat)), covered, "{iat:?}");
            assert_eq!(revocation("ann", 1000).covers(&signed("ann", iat)), covered);
        }
        assert!(!all.covers(&signed("bob", Some(1))));
    }

    #[test]
    fn an_older_one_changes_nothing() {
        let all = Revocations::default();
        all.note(&revocation("ann", 1000));
        assert!(!all.note(&revocation("ann", 1000)) && !all.note(&revocation("ann", 900)));
        assert!(all.covers(&signed("ann", Some(1000))));
    }

    #[test]
    fn one_is_forgotten_when_no_token_can_be_that_old() {
        let all = Revocations::default();
        all.note(&revocation("ann", 1000));
        let year = LONGEST.as_secs();
        assert_eq!(all.all(1000 + year), [revocation("ann", 1000)]);
        assert_eq!(all.all(1001 + year), []);
    }
}
