//! The binary `orrery`: reads the configuration, serves, and stops in order when it is told to.

use anyhow::Context;
use clap::Parser;
use server::{Config, Server, web};
use std::io::IsTerminal;
use tokio::{net::TcpListener, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    let filter =
        EnvFilter::try_new(&config.log).context("the log level (--log, ORRERY_LOG) is not of EnvFilter's syntax")?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let (host, port) = (config.host, config.port);
    let server = tokio::select! {
        server = Server::new(config) => server?,
        told = told_to_stop() => return told.context("cannot listen for signals"),
    };
    let listener = TcpListener::bind((host, port))
        .await
        .with_context(|| format!("cannot listen on {host}:{port} (--host, --port, HOST, PORT)"))?;
    let running = server.listen(listener)?;
    if !web::site::is_built() {
        tracing::warn!("built without the browser half, so that pages do not wake: build with `cargo xtask build`");
    }
    tracing::info!("Orrery is at http://{}", running.address);
    told_to_stop().await.context("cannot listen for signals")?;
    tracing::info!("stopping");
    running.shutdown().await;
    tracing::info!("stopped");
    Ok(())
}

/// Waits for Ctrl-C, or for SIGTERM where there is such a thing.
async fn told_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    signal::ctrl_c().await
}
