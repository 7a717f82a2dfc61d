//! The way to Redis: one connection each for commands, for publishing and for subscribing, so that none waits behind
//! another. Comes back by itself; says what is wrong while it cannot.

use super::ClusterError;
use crate::metrics::Metrics;
use fred::{
    clients::Client,
    error::{Error, ErrorKind},
    interfaces::{ClientLike, EventInterface},
    types::{Builder, InfoKind, config::Config, config::ReconnectPolicy, config::Server},
};
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a command may take; what has then no answer is asked again, since all that we ask may be asked twice.
const COMMAND: Duration = Duration::from_secs(2);

/// How long it may take to be connected.
const CONNECT: Duration = Duration::from_secs(2);

/// Between two attempts to come back, in milliseconds, from the first to the longest. Short: everybody waits for it.
const AGAIN: (u32, u32) = (100, 1000);

/// The longest time between two attempts at start-up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Commands that may wait for one connection; beyond it the caller is told that the store cannot be reached.
const WAITING: usize = 10_000;

/// Messages of the bus that may wait to be taken; beyond it the oldest are lost, and rooms look around. The default of 32
/// loses bursts. There are as many places in memory from the start, a kilobyte or two each.
const MESSAGES: usize = 4096;

/// One server, a cluster, or whichever server a sentinel names; each with TLS and without.
const SCHEMES: [&str; 6] = [
    "redis",
    "rediss",
    "redis-cluster",
    "rediss-cluster",
    "redis-sentinel",
    "rediss-sentinel",
];

/// The oldest that has what the scripts use: `XTRIM MINID` came with it.
const OLDEST: (u32, u32) = (6, 2);

/// The three connections.
#[derive(Clone)]
pub struct Redis {
    /// For scripts.
    pub commands: Client,
    /// For what is published beside scripts.
    pub publish: Client,
    /// For what is heard.
    pub subscribe: Client,
}

impl Redis {
    /// Connects, however long that takes.
    pub async fn connect(url: &str) -> Result<Self, ClusterError> {
        let config = read(url)?;
        let place = place(&config);
        let mut wait = Duration::from_millis(500);
        let redis = loop {
            match Self::attempt(&config).await {
                Ok(redis) => break redis,
                Err(error) => {
                    tracing::warn!(redis = place, "{}; trying again", trouble(&error));
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(PATIENCE);
                }
            }
        };
        redis.check_version().await?;
        tracing::info!(redis = place, "connected");
        Ok(redis)
    }

    async fn attempt(config: &Config) -> Result<Self, Error> {
        let redis = Self {
            commands: client(config)?,
            publish: client(config)?,
            subscribe: client(config)?,
        };
        for client in redis.all() {
            client.init().await?;
        }
        Ok(redis)
    }

    fn all(&self) -> [&Client; 3] {
        [&self.commands, &self.publish, &self.subscribe]
    }

    /// Refuses a server that is too old. One that does not say what it is, is taken at its word.
    async fn check_version(&self) -> Result<(), ClusterError> {
        let info = self.commands.info::<String>(Some(InfoKind::Server)).await;
        match info.as_deref().map(version) {
            Ok(Some((found, version))) if version < OLDEST => Err(ClusterError::TooOld(found.to_owned())),
            Ok(Some(_)) => Ok(()),
            Ok(None) | Err(_) => {
                tracing::warn!("Redis does not say which version it is; 6.2 or later is needed");
                Ok(())
            }
        }
    }

    /// Counts how often each connection came back.
    pub fn count_reconnects(&self, metrics: &Arc<Metrics>, cancel: &CancellationToken, tasks: &TaskTracker) {
        for (client, name) in self.all().into_iter().zip(crate::metrics::CONNECTIONS) {
            let (mut back, mut errors) = (client.reconnect_rx(), client.error_rx());
            let (metrics, cancel) = (Arc::clone(metrics), cancel.clone());
            tasks.spawn(async move {
                loop {
                    tokio::select! {
                        Ok(_) = back.recv() => {
                            metrics.bus_reconnects.inc(name);
                            tracing::info!(connection = name, "connected to Redis again");
                        }
                        Ok((error, _)) = errors.recv() => {
                            tracing::warn!(connection = name, "{}; trying again", trouble(&error));
                        }
                        () = cancel.cancelled() => return,
                        else => return,
                    }
                }
            });
        }
    }
}

/// Reads a URL. The library takes any scheme for Redis' own, and no host for this one.
fn read(url: &str) -> Result<Config, ClusterError> {
    let (scheme, rest) = url
        .split_once("://")
        .ok_or_else(|| ClusterError::Url("it has no scheme".into()))?;
    if !SCHEMES.contains(&scheme) {
        return Err(ClusterError::Url(format!(
            "{scheme}:// is none of {}",
            SCHEMES.join(", ")
        )));
    }
    if rest.is_empty() {
        return Err(ClusterError::Url("it names no host".into()));
    }
    Config::from_url(url).map_err(|error| ClusterError::Url(error.details().to_owned()))
}

fn client(config: &Config) -> Result<Client, Error> {
    let mut builder = Builder::from_config(config.clone());
    let (first, longest) = AGAIN;
    // Attempts without end: 0.
    builder.set_policy(ReconnectPolicy::new_exponential(0, first, longest, 2));
    builder.with_performance_config(|performance| {
        performance.broadcast_channel_capacity = MESSAGES;
        performance.default_command_timeout = COMMAND;
    });
    builder.with_connection_config(|connection| {
        connection.connection_timeout = CONNECT;
        connection.internal_command_timeout = COMMAND;
        connection.max_command_buffer_len = WAITING;
        // A connection that does not answer is taken for lost, and made anew.
        connection.unresponsive.max_timeout = Some(COMMAND + Duration::from_secs(1));
        connection.unresponsive.interval = Duration::from_secs(1);
        connection.reconnect_on_auth_error = true;
        connection.tcp.nodelay = Some(true);
    });
    builder.build()
}

/// The server as it may stand in our log: without a password.
fn place(config: &Config) -> String {
    let hosts: Vec<String> = config.server.hosts().iter().map(Server::to_string).collect();
    hosts.join(", ")
}

/// What is wrong, said to an operator.
fn trouble(error: &Error) -> String {
    let details = error.details();
    match error.kind() {
        ErrorKind::Auth => format!("Redis refuses the user or password of REDIS_URL ({details})"),
        ErrorKind::Tls => format!("no TLS with Redis ({details})"),
        _ => format!("Redis cannot be reached ({details})"),
    }
}

/// The version in what `INFO server` answers. Valkey names the Redis that it stands for in the same field.
fn version(info: &str) -> Option<(&str, (u32, u32))> {
    let found = info
        .lines()
        .find_map(|line| line.strip_prefix("redis_version:"))?
        .trim();
    let mut parts = found.split('.').map(|part| part.parse::<u32>().ok());
    Some((found, (parts.next()??, parts.next()??)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_apart() {
        let info = |version: &str| format!("# Server\r\nredis_version:{version}\r\nos:Linux\r\n");
        for (text, old) in [
            ("6.0.16", true),
            ("6.2.0", false),
            ("7.0.15", false),
            ("10.0.0", false),
            ("5.0.7", true),
        ] {
            let info = info(text);
            assert_eq!(version(&info).map(|(_, version)| version < OLDEST), Some(old), "{text}");
        }
        assert_eq!(version("# Server\r\n"), None);
    }

    #[test]
    fn a_password_is_not_told() {
        let config = Config::from_url("redis://ann:secret@db.example:6380/1").unwrap();
        assert_eq!(place(&config), "db.example:6380");
    }
}
