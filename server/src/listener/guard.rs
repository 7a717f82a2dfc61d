//! The write-stall guard. A peer that keeps its connection open but stops reading would never be noticed by the layers
//! above: their writer waits, and with it everything that would end the connection. Here the wait has an end.

use super::flow::Flow;
use crate::metrics::Metrics;
use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

/// A connection that ends with `TimedOut` when its peer takes no bytes for a while.
pub struct Guarded<Io> {
    io: Io,
    flow: Arc<Flow>,
    stall: Duration,
    /// Runs while a write waits. Boxed: a `Sleep` must not move once it was polled.
    timer: Option<Pin<Box<Sleep>>>,
    metrics: Arc<Metrics>,
}

impl<Io> Guarded<Io> {
    /// Guards a connection that flows so, and whose peer may not take bytes for `stall`.
    pub fn new(io: Io, flow: Flow, stall: Duration, metrics: Arc<Metrics>) -> Self {
        Self {
            io,
            flow: Arc::new(flow),
            stall,
            timer: None,
            metrics,
        }
    }

    /// See [`Flow`].
    #[must_use]
    pub fn flow(&self) -> Arc<Flow> {
        Arc::clone(&self.flow)
    }

    fn ended(&self) -> io::Result<()> {
        if self.flow.is_ended() {
            return Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "the connection was ended on this side",
            ));
        }
        Ok(())
    }

    /// Counts what was written, and watches.
    fn wrote(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = written {
            self.flow.wrote(bytes);
        }
        self.watch(context, written)
    }

    /// Watches what became of a write: any progress stops the clock, waiting keeps it running, its end is an error.
    fn watch<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.timer = None;
            return written;
        }
        self.flow.register_writer(context.waker());
        self.ended()?;
        let stall = self.stall;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + stall)));
        ready!(timer.as_mut().poll(context));
        self.timer = None;
        self.flow.end();
        self.metrics.evictions.inc("stalled");
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer takes no bytes")))
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for Guarded<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.flow.register_reader(context.waker());
        self.ended()?;
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(context, buffer))?;
        if !self.flow.received(buffer.filled().len() - before) {
            self.flow.end();
            self.metrics.handshakes_refused.inc("size");
            return Poll::Ready(self.ended());
        }
        Poll::Ready(Ok(()))
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Guarded<Io> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.ended()?;
        let written = Pin::new(&mut self.io).poll_write(context, bytes);
        self.wrote(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.ended()?;
        let written = Pin::new(&mut self.io).poll_write_vectored(context, slices);
        self.wrote(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(context);
        let flushed = self.watch(context, flushed);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.flow.drained();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Limits, listener::pending::Pending, memory::Memory};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const STALL: Duration = Duration::from_secs(10);

    /// Bytes that may be waiting.
    const MOST: u32 = 100;

    fn pair(buffer: usize) -> (Guarded<tokio::io::DuplexStream>, tokio::io::DuplexStream, Arc<Metrics>) {
        let (ours, theirs) = tokio::io::duplex(buffer);
        let metrics = Arc::new(Metrics::new().unwrap());
        let memory = Arc::new(Memory::new(&Limits::default(), Arc::clone(&metrics)));
        let guarded = Guarded::new(ours, Flow::new(MOST, memory, None), STALL, Arc::clone(&metrics));
        (guarded, theirs, metrics)
    }

    fn stalled(metrics: &Metrics) -> bool {
        metrics
            .text()
            .unwrap()
            .contains("collab_slow_client_evictions_total{reason=\"stalled\"} 1")
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_stops_reading_is_ended_and_counted() {
        let (mut ours, _theirs, metrics) = pair(8);
        let start = Instant::now();
        let error = ours.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(start.elapsed().as_secs(), STALL.as_secs());
        assert!(stalled(&metrics));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_reads_slowly_is_left_alone() {
        let (mut ours, mut theirs, metrics) = pair(8);
        let reader = tokio::spawn(async move {
            let mut buffer = [0; 8];
            for _ in 0..8 {
                tokio::time::sleep(STALL / 2).await;
                theirs.read_exact(&mut buffer).await.unwrap();
            }
        });
        ours.write_all(&[0; 64]).await.unwrap();
        reader.await.unwrap();
        assert!(!stalled(&metrics));
    }

    #[tokio::test]
    async fn the_switch_ends_reads_and_writes_that_wait() {
        let (ours, _theirs, _metrics) = pair(8);
        let flow = ours.flow();
        let (mut read, mut write) = tokio::io::split(ours);
        let reader = tokio::spawn(async move { read.read_u8().await.unwrap_err().kind() });
        let writer = tokio::spawn(async move { write.write_all(&[0; 64]).await.unwrap_err().kind() });
        tokio::task::yield_now().await;
        flow.end();
        assert_eq!(reader.await.unwrap(), io::ErrorKind::ConnectionAborted);
        assert_eq!(writer.await.unwrap(), io::ErrorKind::ConnectionAborted);
    }

    #[tokio::test]
    async fn who_has_not_said_who_it_is_may_send_little() {
        let (mut ours, mut theirs, metrics) = pair(64);
        let (flow, pending) = (ours.flow(), Pending::new(1));
        flow.unproven(pending.enter().unwrap(), 4);
        theirs.write_all(&[0; 4]).await.unwrap();
        ours.read_exact(&mut [0; 4]).await.unwrap();
        theirs.write_all(&[0]).await.unwrap();
        let error = ours.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
        let counted = "collab_handshakes_refused_total{reason=\"size\"} 1";
        assert!(metrics.text().unwrap().contains(counted));
    }

    #[tokio::test]
    async fn who_has_said_so_may_send_more_and_makes_room() {
        let (mut ours, mut theirs, _metrics) = pair(64);
        let (flow, pending) = (ours.flow(), Pending::new(1));
        flow.unproven(pending.enter().unwrap(), 4);
        assert!(flow.proven());
        assert!(pending.is_empty());
        theirs.write_all(&[0; 32]).await.unwrap();
        ours.read_exact(&mut [0; 32]).await.unwrap();
    }

    #[tokio::test]
    async fn a_flush_says_that_nothing_waits() {
        let (mut ours, _theirs, _metrics) = pair(64);
        let flow = ours.flow();
        assert!(flow.sent(60));
        assert!(flow.sent(60));
        assert_eq!(flow.waiting(), 2);
        ours.flush().await.unwrap();
        assert_eq!(flow.waiting(), 0);
        assert!(!flow.is_behind());
    }

    #[tokio::test]
    async fn more_bytes_may_wait_once_some_are_written() {
        let (mut ours, _theirs, _metrics) = pair(64);
        let flow = ours.flow();
        assert!(flow.sent(40));
        assert!(!flow.is_behind());
        // However large it is: what fits into no queue must go through too.
        assert!(flow.sent(80));
        assert!(flow.is_behind());
        assert!(!flow.sent(1));
        ours.write_all(&[0; 64]).await.unwrap();
        assert!(flow.sent(1), "121 less 64");
        assert!(flow.is_behind());
    }

    #[tokio::test]
    async fn what_nobody_counted_opens_no_place_for_more() {
        let (mut ours, _theirs, _metrics) = pair(64);
        let flow = ours.flow();
        ours.write_all(&[0; 64]).await.unwrap();
        ours.flush().await.unwrap();
        assert!(flow.sent(101));
        assert!(!flow.sent(1));
    }
}
