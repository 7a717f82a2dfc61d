//! TLS for `wss://`: which crypto, and which roots. Named outright, because rustls panics when it has to guess the crypto and
//! finds none, or two.

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, Error, RootCertStore, crypto::ring};
use tokio_tungstenite::Connector;

/// What every client shares: the roots are read once, not once a connection.
static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();

/// Trusts the roots of webpki.
pub(super) fn connector() -> Result<Connector, String> {
    if let Some(config) = CONFIG.get() {
        return Ok(Connector::Rustls(Arc::clone(config)));
    }
    let config = Arc::new(config().map_err(|error| error.to_string())?);
    Ok(Connector::Rustls(Arc::clone(CONFIG.get_or_init(|| config))))
}

fn config() -> Result<ClientConfig, Error> {
    let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    Ok(builder
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
