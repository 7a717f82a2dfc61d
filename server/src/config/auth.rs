//! What can be set of who may come in: keys, tokens, guests, origins, the operator.

use super::{Environment, SECRET_BYTES, Switch};
use clap::builder::NonEmptyStringValueParser;
use std::{path::PathBuf, str::FromStr, time::Duration};

/// Who may come in. `JWT_SECRET` stands in [`super::Config`].
#[derive(Clone, Debug, clap::Args)]
pub struct AuthConfig {
    /// The `JWT_SECRET` before this one: what it has signed is still taken, until it is left out.
    #[arg(long, env = "JWT_SECRET_PREVIOUS", hide_env_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub jwt_secret_previous: Option<String>,

    /// Public key of whoever else signs tokens, or the path of a file with it: PEM, for RS256, ES256 or `EdDSA`.
    #[arg(long, env = "JWT_PUBLIC_KEY", value_parser = NonEmptyStringValueParser::new())]
    pub jwt_public_key: Option<String>,

    /// File with such keys, a JWKS. It is read again when it has changed.
    #[arg(long, env = "JWT_JWKS", value_hint = clap::ValueHint::FilePath)]
    pub jwt_jwks: Option<PathBuf>,

    /// The `iss` that tokens must have which this server has not made itself.
    #[arg(long, env = "JWT_ISSUER", value_parser = NonEmptyStringValueParser::new())]
    pub jwt_issuer: Option<String>,

    /// What must be in the `aud` of tokens that this server has not made itself.
    #[arg(long, env = "JWT_AUDIENCE", value_parser = NonEmptyStringValueParser::new())]
    pub jwt_audience: Option<String>,

    /// Seconds for which a token is good that this server makes for a page's socket; the page takes another in time.
    #[arg(long, env = "TOKEN_SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub token_seconds: u64,

    /// Milliseconds before the end of its token that a connection is told to hand in another; half of what is left where
    /// that is less.
    #[arg(long, env = "TOKEN_EXPIRING_MS", default_value_t = 60_000, value_parser = clap::value_parser!(u64).range(..=86_400_000))]
    pub token_expiring_ms: u64,

    /// Milliseconds for which a connection goes on after the end of its token.
    #[arg(long, env = "TOKEN_GRACE_MS", default_value_t = 30_000, value_parser = clap::value_parser!(u64).range(..=86_400_000))]
    pub token_grace_ms: u64,

    /// Whether browsers that come without a session are let in as guests.
    #[arg(long, env = "GUESTS", value_enum, default_value_t = Switch::On)]
    pub guests: Switch,

    /// Lets whoever knows it revoke people's tokens over HTTP. At least 32 bytes in production. Without it nobody can.
    #[arg(long, env = "OPERATOR_SECRET", hide_env_values = true)]
    pub operator_secret: Option<String>,

    /// Origins of other pages that may open a socket here, such as `https://app.example`, with commas between; `*` for all.
    #[arg(long, env = "ALLOWED_ORIGINS", value_delimiter = ',')]
    pub allowed_origins: Vec<Origin>,
}

/// Where a page comes from, as browsers write it: `https://app.example`, or with a port where it is not the scheme's own. `*`
/// is any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Whether this one is meant.
    #[must_use]
    pub fn is(&self, origin: &str) -> bool {
        self.is_any() || self.0.eq_ignore_ascii_case(origin)
    }

    /// Whether every one is meant.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.0 == "*"
    }
}

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_ascii_lowercase();
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let plain = |host: &str| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ', '*']);
        if text == "*" || host.is_some_and(plain) {
            Ok(Self(text))
        } else {
            Err("an origin is a scheme, a host and perhaps a port: https://app.example; * stands for all")
        }
    }
}

/// Why a secret is not taken: its variable, and how many bytes it has.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} has {1} bytes. Production needs {SECRET_BYTES} or more, for example from `openssl rand -hex 32`")]
pub struct ShortSecret(pub &'static str, pub usize);

impl AuthConfig {
    /// The defaults.
    #[must_use]
    pub fn development() -> Self {
        Self {
            jwt_secret_previous: None,
            jwt_public_key: None,
            jwt_jwks: None,
            jwt_issuer: None,
            jwt_audience: None,
            token_seconds: 3600,
            token_expiring_ms: 60_000,
            token_grace_ms: 30_000,
            guests: Switch::On,
            operator_secret: None,
            allowed_origins: Vec::new(),
        }
    }

    /// Whether its secrets cannot be guessed, where that is asked for.
    pub fn check(&self, environment: Environment) -> Result<(), ShortSecret> {
        let secrets = [
            ("JWT_SECRET_PREVIOUS", self.jwt_secret_previous.as_deref()),
            ("OPERATOR_SECRET", self.operator()),
        ];
        let short = secrets.into_iter().find_map(|(name, secret)| {
            let bytes = secret?.len();
            (bytes < SECRET_BYTES).then_some(ShortSecret(name, bytes))
        });
        match short {
            Some(short) if environment == Environment::Production => Err(short),
            _ => Ok(()),
        }
    }

    /// The operator's secret, where there is one.
    #[must_use]
    pub fn operator(&self) -> Option<&str> {
        self.operator_secret.as_deref().filter(|secret| !secret.is_empty())
    }

    /// Whether pages of every origin may open a socket here.
    #[must_use]
    pub fn allows_all_origins(&self) -> bool {
        self.allowed_origins.iter().any(Origin::is_any)
    }

    /// See [`AuthConfig::token_seconds`].
    #[must_use]
    pub fn token(&self) -> Duration {
        Duration::from_secs(self.token_seconds)
    }

    /// See [`AuthConfig::token_expiring_ms`].
    #[must_use]
    pub fn expiring(&self) -> Duration {
        Duration::from_millis(self.token_expiring_ms)
    }

    /// See [`AuthConfig::token_grace_ms`].
    #[must_use]
    pub fn grace(&self) -> Duration {
        Duration::from_millis(self.token_grace_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_told_from_addresses() {
        for good in [
            "https://app.example",
            "http://localhost:5173",
            "https://[::1]:8080",
            "*",
        ] {
            assert!(good.parse::<Origin>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "app.example",
            "https://",
            "https://app.example/",
            "https://*.example",
            "null",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
        let origin: Origin = " HTTPS://App.example".parse().unwrap();
        assert!(origin.is("https://app.EXAMPLE"));
        assert!(!origin.is("http://app.example") && !origin.is("https://app.example:8443"));
    }

    #[test]
    fn production_wants_real_secrets() {
        let operator = |secret: &str| AuthConfig {
            operator_secret: Some(secret.to_owned()),
            ..AuthConfig::development()
        };
        let previous = AuthConfig {
            jwt_secret_previous: Some("short".to_owned()),
            ..AuthConfig::development()
        };
        for (short, name) in [
            (operator("short"), "OPERATOR_SECRET"),
            (previous, "JWT_SECRET_PREVIOUS"),
        ] {
            assert_eq!(short.check(Environment::Development), Ok(()));
            assert_eq!(short.check(Environment::Production), Err(ShortSecret(name, 5)));
        }
        assert_eq!(operator(&"x".repeat(32)).check(Environment::Production), Ok(()));
        let none = operator("");
        assert_eq!((none.check(Environment::Production), none.operator()), (Ok(()), None));
    }
}
