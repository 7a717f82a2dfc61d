//! The scripts that run inside Redis, each as one step that nothing comes between; and what its errors mean to a store.

use crate::store::LogError;
use fred::{
    clients::Client,
    error::{Error, ErrorKind},
    types::{FromValue, MultipleKeys, MultipleValues, scripts::Script},
};
use std::sync::LazyLock;

/// A script, known to Redis by its hash from its first use on.
pub struct Lua(LazyLock<Script>);

/// A script of a log, which begins with what they all share.
macro_rules! log_script {
    ($file:literal) => {
        Lua(LazyLock::new(|| {
            Script::from_lua(concat!(
                include_str!("lua/log.lua"),
                include_str!(concat!("lua/", $file))
            ))
        }))
    };
}

macro_rules! script {
    ($file:literal) => {
        Lua(LazyLock::new(|| Script::from_lua(include_str!(concat!("lua/", $file)))))
    };
}

/// Checks, drops what is known, appends and publishes.
pub static APPEND: Lua = log_script!("append.lua");
/// Reads a stretch.
pub static READ: Lua = log_script!("read.lua");
/// Reads the newest snapshot and what follows.
pub static LOAD: Lua = log_script!("load.lua");
/// Finds an entry by its id.
pub static FIND: Lua = log_script!("find.lua");
/// Takes a snapshot.
pub static COMPACT: Lua = log_script!("compact.lua");
/// Says what stood where, and reads on.
pub static WITNESS: Lua = log_script!("witness.lua");
/// Changes who is in a room.
pub static PRESENT: Lua = script!("present.lua");
/// Takes out what a dead replica left.
pub static SWEEP: Lua = script!("sweep.lua");
/// Gives a sign of life.
pub static LIVE: Lua = script!("live.lua");
/// Keeps revocations, and tells one or says all.
pub static REVOKE: Lua = script!("revoke.lua");
/// Says in which rooms somebody is.
pub static ROOMS: Lua = script!("rooms.lua");

impl Lua {
    /// Runs it.
    pub async fn run<T: FromValue>(
        &self,
        client: &Client,
        keys: impl Into<MultipleKeys> + Send,
        arguments: MultipleValues,
    ) -> Result<T, Error> {
        self.0.evalsha_with_reload(client, keys, arguments).await
    }
}

/// What an error means: that Redis is away and may be asked again, that it refuses, or that it holds what is not ours.
#[must_use]
pub fn log_error(error: &Error) -> LogError {
    let details = error.details().to_owned();
    match error.kind() {
        ErrorKind::IO
        | ErrorKind::Timeout
        | ErrorKind::Canceled
        | ErrorKind::Routing
        | ErrorKind::Backpressure
        | ErrorKind::Cluster
        | ErrorKind::Sentinel
        | ErrorKind::Auth
        | ErrorKind::Tls => LogError::Away(details),
        _ => match cause(&details).split(' ').next() {
            Some("DAMAGED" | "WRONGTYPE") => LogError::Damaged(details),
            Some("LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN") => LogError::Away(details),
            _ => LogError::Unavailable(details),
        },
    }
}

/// What went wrong in a script. Before version 7 Redis says first where.
fn cause(details: &str) -> &str {
    let behind_place = details
        .rsplit_once("@user_script:")
        .and_then(|(_, rest)| rest.split_once(": "));
    behind_place.map_or(details, |(_, cause)| cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_data_is_told_from_a_redis_that_takes_nothing_by_every_version() {
        let error = |details: &'static str| log_error(&Error::new(ErrorKind::Unknown, details)).label();
        let wrong_type = "WRONGTYPE Operation against a key holding the wrong kind of value";
        assert_eq!(error(wrong_type), "damaged");
        assert_eq!(error("WRONGTYPE Operation script: 5f1c, on @user_script:9."), "damaged");
        let old = "ERR Error running script (call to f_5f1c): @user_script:9: WRONGTYPE Operation";
        assert_eq!(error(old), "damaged");
        assert_eq!(error("DAMAGED orrery:{a}:chat is no log of this version"), "damaged");
        assert_eq!(
            error("OOM command not allowed when used memory > 'maxmemory'."),
            "refused"
        );
        assert_eq!(error("LOADING Redis is loading the dataset in memory"), "away");
    }
}
