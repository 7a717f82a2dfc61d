//! Accepted connections: without Nagle's delay, and guarded against peers that stop reading.

pub mod address;
pub mod flow;
pub mod guard;
pub mod pending;

use crate::metrics::Metrics;
use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use flow::Flow;
use guard::Guarded;
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};

/// A TCP listener whose connections are [`Guarded`].
pub struct GuardedListener {
    listener: TcpListener,
    stall: Duration,
    metrics: Arc<Metrics>,
}

impl GuardedListener {
    /// Ends connections whose peer takes no bytes for `stall`.
    #[must_use]
    pub fn new(listener: TcpListener, stall: Duration, metrics: Arc<Metrics>) -> Self {
        Self {
            listener,
            stall,
            metrics,
        }
    }
}

impl Listener for GuardedListener {
    type Io = Guarded<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, addr) = Listener::accept(&mut self.listener).await;
        // Small packets at once, or a cursor waits for the acknowledgement of the one before.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%addr, %error, "no TCP_NODELAY");
        }
        (Guarded::new(stream, self.stall, Arc::clone(&self.metrics)), addr)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// What a request knows of its connection.
#[derive(Clone)]
pub struct Remote {
    /// Who is at its other end: a client, or a proxy.
    pub peer: IpAddr,
    /// How its bytes flow.
    pub flow: Arc<Flow>,
}

impl Connected<IncomingStream<'_, GuardedListener>> for Remote {
    fn connect_info(stream: IncomingStream<'_, GuardedListener>) -> Self {
        Self {
            peer: stream.remote_addr().ip(),
            flow: stream.io().flow(),
        }
    }
}
