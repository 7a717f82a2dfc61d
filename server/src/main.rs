//! The binary `orrery`: reads the configuration, serves, and stops in order when it is told to.

use anyhow::Context;
use clap::Parser;
use server::{Config, Server, web};
use std::{io::IsTerminal, num::NonZero, pin::pin, thread};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    signal,
};
use tracing_subscriber::EnvFilter;

fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    runtime()
        .context("cannot start the threads that serve")?
        .block_on(run(config))
}

/// On one core everything is served by this thread: a second one would only take turns with it. And what the first thread of
/// a process allocates is its heap, which glibc lets grow in larger steps than those of other threads.
fn runtime() -> std::io::Result<Runtime> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut builder = if cores == 1 {
        Builder::new_current_thread()
    } else {
        Builder::new_multi_thread()
    };
    builder.enable_all().build()
}

async fn run(config: Config) -> anyhow::Result<()> {
    let filter =
        EnvFilter::try_new(&config.log).context("the log level (--log, ORRERY_LOG) is not of EnvFilter's syntax")?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let (host, port) = (config.host, config.port);
    let mut told_to_stop = pin!(told_to_stop().context("cannot listen for signals")?);
    let server = tokio::select! {
        server = Server::new(config) => server?,
        () = &mut told_to_stop => return Ok(()),
    };
    let listener = TcpListener::bind((host, port))
        .await
        .with_context(|| format!("cannot listen on {host}:{port} (--host, --port, HOST, PORT)"))?;
    let running = server.listen(listener)?;
    if !web::site::is_built() {
        tracing::warn!("built without the browser half, so that pages do not wake: build with `cargo xtask build`");
    }
    tracing::info!("Orrery is at http://{}", running.address);
    told_to_stop.await;
    tracing::info!("stopping");
    running.shutdown().await;
    tracing::info!("stopped");
    Ok(())
}

/// Waits for Ctrl-C, or for SIGTERM where there is such a thing. Listens from this call on, so that a signal that comes
/// while the server starts is not lost.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        signal::ctrl_c().await.ok();
    })
}
