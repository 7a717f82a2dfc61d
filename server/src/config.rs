//! Everything that can be set, by flag or environment. Knows no other module.

pub mod auth;
mod limits;

pub use limits::{Limits, Rate};

use auth::AuthConfig;
use clap::{Parser, ValueEnum};
use std::{net::IpAddr, path::PathBuf, time::Duration};

/// Bytes that `JWT_SECRET` must have in production: as long as the hash of HS256 (RFC 7518, section 3.2).
pub const SECRET_BYTES: usize = 32;

/// The secret of development. It is known to everybody, which is why production refuses to start with it.
const DEVELOPMENT_SECRET: &str = "orrery in development: this secret is public and signs nothing of worth";

/// Real-time rooms in one binary: cursors, chat and presence over Socket.IO, the pages, the HTTP API and the metrics.
#[derive(Clone, Debug, Parser)]
#[command(name = "orrery", version, about)]
pub struct Config {
    /// TCP port to listen on; 0 takes a free one.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub port: u16,

    /// Address to listen on. 0.0.0.0 lets in the network.
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,

    /// `production` asks for a real `JWT_SECRET` and has no `/dev/token`.
    #[arg(long = "env", env = "ORRERY_ENV", value_enum, default_value_t = Environment::Development)]
    pub environment: Environment,

    /// Signs session cookies and socket tokens (HS256). At least 32 bytes in production.
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<String>,

    /// Who else may come in, and for how long.
    #[command(flatten)]
    pub auth: AuthConfig,

    /// Name of this replica, as the tape and `/healthz` show it. Made up where absent.
    #[arg(long, env = "INSTANCE_ID", value_parser = instance_id)]
    pub instance_id: Option<String>,

    /// Which transports Socket.IO clients may use. Where absent: both in one process, WebSocket alone with Redis, since
    /// polling would need sticky sessions in front of several replicas.
    #[arg(long, env = "TRANSPORTS", value_enum)]
    pub transports: Option<Transports>,

    /// Directory for the logs of all rooms, made where it is missing; an entry is acknowledged once it is safe there. Without
    /// it rooms live in memory, and end with the process.
    #[arg(long, env = "DATA_DIR", value_hint = clap::ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,

    /// Redis that any number of replicas share, which then are one Orrery: `redis://`, `rediss://` (TLS), `redis-cluster://`
    /// or `redis-sentinel://`, version 6.2 or later, or Valkey. Without it this process is by itself.
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub redis_url: Option<String>,

    /// Days for which Redis keeps the logs of a room after their last entry.
    #[arg(long, env = "KEEP_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub keep_days: u32,

    /// Whether `/readyz` says yes while Redis is away: `on` keeps people here, who can go on among themselves; `off` lets a
    /// load balancer send them elsewhere.
    #[arg(long, env = "READY_DEGRADED", value_enum, default_value_t = Switch::On)]
    pub ready_degraded: Switch,

    /// Chat messages kept per room.
    #[arg(long, env = "CHAT_HISTORY", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub chat_history: u32,

    /// Whether everybody may enter a room that nobody has made private. `off`: only those whose token grants them a role in
    /// it, or to whom one was given there.
    #[arg(long, env = "OPEN_ROOMS", value_enum, default_value_t = Switch::On)]
    pub open_rooms: Switch,

    /// Connections that one room takes; more are refused with `room_full`.
    #[arg(long, env = "ROOM_MEMBERS", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    pub room_members: u32,

    /// Rooms with somebody in them that this process takes; more are refused with `server_full`.
    #[arg(long, env = "ROOMS", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub rooms: u32,

    /// What one person, one address and one connection may do.
    #[command(flatten)]
    pub limits: Limits,

    /// Milliseconds for which a lost connection does not yet count as having left.
    #[arg(long, env = "GRACE_MS", default_value_t = 2000)]
    pub grace_ms: u64,

    /// Milliseconds for which a peer may refuse to take bytes before its connection is ended.
    #[arg(long, env = "STALL_MS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub stall_ms: u64,

    /// Milliseconds between two pings, and for which an answer is waited for: a peer that is gone without a word is known
    /// after twice as long.
    #[arg(long, env = "PING_MS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(10..))]
    pub ping_ms: u64,

    /// Milliseconds over which clients are sent elsewhere, each at a moment of its own, when this process stops.
    #[arg(long, env = "DRAIN_MS", default_value_t = 3000)]
    pub drain_ms: u64,

    /// Milliseconds within which this process ends once it is told to, draining and all.
    #[arg(long, env = "STOP_MS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub stop_ms: u64,

    /// What to log, in the syntax of tracing's `EnvFilter`.
    #[arg(long, env = "ORRERY_LOG", default_value = "info")]
    pub log: String,
}

/// Where the process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Environment {
    /// On somebody's desk.
    Development,
    /// For everybody.
    Production,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// Yes.
    On,
    /// No.
    Off,
}

/// Which transports are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Transports {
    /// WebSocket, and long polling for clients that begin with it.
    Both,
    /// WebSocket alone: no sticky sessions are needed in front of several replicas.
    Websocket,
}

/// Why a configuration is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Production without a secret.
    #[error(
        "JWT_SECRET is not set. Production needs {SECRET_BYTES} bytes or more, for example from `openssl rand -hex 32`"
    )]
    NoSecret,
    /// Production with a secret that can be guessed.
    #[error(
        "JWT_SECRET has {0} bytes. Production needs {SECRET_BYTES} or more, for example from `openssl rand -hex 32`"
    )]
    ShortSecret(usize),
    /// Production with another secret that can be guessed.
    #[error(transparent)]
    ShortOtherSecret(#[from] auth::ShortSecret),
    /// Logs can be kept in one place only.
    #[error("REDIS_URL and DATA_DIR are both set. Logs are kept in Redis or in a directory: choose one")]
    TwoStores,
}

impl Config {
    /// The defaults, untouched by the environment: what tests begin from.
    #[must_use]
    pub fn development() -> Self {
        Self {
            port: 0,
            host: IpAddr::from([127, 0, 0, 1]),
            environment: Environment::Development,
            jwt_secret: None,
            auth: AuthConfig::development(),
            instance_id: None,
            transports: None,
            data_dir: None,
            redis_url: None,
            keep_days: 30,
            ready_degraded: Switch::On,
            chat_history: 1000,
            open_rooms: Switch::On,
            room_members: 500,
            rooms: 10_000,
            limits: Limits::default(),
            grace_ms: 2000,
            stall_ms: 10_000,
            ping_ms: 10_000,
            drain_ms: 3000,
            stop_ms: 10_000,
            log: "info".into(),
        }
    }

    /// The secret to sign with.
    pub fn secret(&self) -> Result<&str, ConfigError> {
        match (
            self.environment,
            self.jwt_secret.as_deref().filter(|secret| !secret.is_empty()),
        ) {
            (Environment::Production, None) => Err(ConfigError::NoSecret),
            (Environment::Production, Some(secret)) if secret.len() < SECRET_BYTES => {
                Err(ConfigError::ShortSecret(secret.len()))
            }
            (_, Some(secret)) => Ok(secret),
            (Environment::Development, None) => Ok(DEVELOPMENT_SECRET),
        }
    }

    /// The Redis to share, if any.
    pub fn redis(&self) -> Result<Option<&str>, ConfigError> {
        match (self.redis_url.as_deref(), &self.data_dir) {
            (Some(_), Some(_)) => Err(ConfigError::TwoStores),
            (url, _) => Ok(url),
        }
    }

    /// See [`Config::transports`].
    #[must_use]
    pub fn transports(&self) -> Transports {
        self.transports.unwrap_or(match self.redis_url {
            Some(_) => Transports::Websocket,
            None => Transports::Both,
        })
    }

    /// See [`Config::keep_days`].
    #[must_use]
    pub fn keep(&self) -> Duration {
        Duration::from_secs(u64::from(self.keep_days) * 24 * 60 * 60)
    }

    /// Whether this is production.
    #[must_use]
    pub fn is_production(&self) -> bool {
        self.environment == Environment::Production
    }

    /// See [`Config::grace_ms`].
    #[must_use]
    pub fn grace(&self) -> Duration {
        Duration::from_millis(self.grace_ms)
    }

    /// See [`Config::stall_ms`].
    #[must_use]
    pub fn stall(&self) -> Duration {
        Duration::from_millis(self.stall_ms)
    }

    /// See [`Config::stop_ms`].
    #[must_use]
    pub fn stop(&self) -> Duration {
        Duration::from_millis(self.stop_ms)
    }

    /// See [`Config::ping_ms`].
    #[must_use]
    pub fn ping(&self) -> Duration {
        Duration::from_millis(self.ping_ms)
    }

    /// See [`Config::drain_ms`].
    #[must_use]
    pub fn drain(&self) -> Duration {
        Duration::from_millis(self.drain_ms)
    }
}

/// The name stands in keys, labels and on the tape: short and plain.
fn instance_id(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if (1..=32).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("1 to 32 letters, digits and . _ -".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn production(secret: Option<&str>) -> Config {
        Config {
            environment: Environment::Production,
            jwt_secret: secret.map(str::to_owned),
            ..Config::development()
        }
    }

    #[test]
    fn production_wants_a_real_secret() {
        assert_eq!(production(None).secret(), Err(ConfigError::NoSecret));
        assert_eq!(production(Some("")).secret(), Err(ConfigError::NoSecret));
        assert_eq!(production(Some("short")).secret(), Err(ConfigError::ShortSecret(5)));
        assert!(production(Some(&"x".repeat(32))).secret().is_ok());
    }

    #[test]
    fn development_runs_without_any_setting() {
        let config = Config::try_parse_from(["orrery"]).unwrap();
        assert!(config.secret().is_ok());
    }

    #[test]
    fn logs_are_kept_in_one_place() {
        let config = |args: &[&str]| Config::try_parse_from([&["orrery"], args].concat()).unwrap();
        let redis = config(&["--redis-url", "redis://db"]);
        assert_eq!(redis.redis(), Ok(Some("redis://db")));
        assert_eq!(redis.transports(), Transports::Websocket);
        assert_eq!(config(&[]).transports(), Transports::Both);
        let both = config(&["--redis-url", "redis://db", "--data-dir", "d"]);
        assert_eq!(both.redis(), Err(ConfigError::TwoStores));
    }

    #[test]
    fn an_instance_is_named_plainly() {
        assert!(Config::try_parse_from(["orrery", "--instance-id", "node-a"]).is_ok());
        assert!(Config::try_parse_from(["orrery", "--instance-id", "node a"]).is_err());
    }
}
