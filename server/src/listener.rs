//! Accepted connections: without Nagle's delay, and guarded against peers that stop reading.

pub mod address;
pub mod flow;
pub mod guard;
pub mod line;
pub mod pending;
pub mod serve;

use crate::{memory::Memory, metrics::Metrics};
use axum::serve::Listener;
use flow::Flow;
use guard::Guarded;
use line::Line;
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::net::TcpListener;

/// A TCP listener whose connections are [`Guarded`].
pub struct GuardedListener {
    listener: TcpListener,
    stall: Duration,
    most: u32,
    memory: Arc<Memory>,
    metrics: Arc<Metrics>,
}

impl GuardedListener {
    /// Ends connections whose peer takes no bytes for `stall`, and knows those for which over `most` bytes are waiting.
    #[must_use]
    pub fn new(listener: TcpListener, stall: Duration, most: u32, memory: Arc<Memory>, metrics: Arc<Metrics>) -> Self {
        Self {
            listener,
            stall,
            most,
            memory,
            metrics,
        }
    }
}

impl GuardedListener {
    /// The next connection. What goes wrong with one is no reason not to accept the next.
    pub async fn accept(&mut self) -> (Guarded<Line>, SocketAddr) {
        let (stream, addr) = Listener::accept(&mut self.listener).await;
        // Small packets at once, or a cursor waits for the acknowledgement of the one before.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%addr, %error, "no TCP_NODELAY");
        }
        let line = Line::new(stream);
        let flow = Flow::new(self.most, Arc::clone(&self.memory), Some(line.aside()));
        (Guarded::new(line, flow, self.stall, Arc::clone(&self.metrics)), addr)
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
