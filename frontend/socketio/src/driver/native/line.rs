//! One WebSocket, and what waits to be written to it. It reads and writes at once, so a peer that does not read cannot keep
//! us from hearing it.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_core::Stream;
use futures_util::Sink;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        handshake::client::Request,
        http::{HeaderName, HeaderValue},
        protocol::WebSocketConfig,
    },
};

use crate::{client::shared::Shared, packet::encode::Frame};

/// How long a clean goodbye may take. It holds up only this client.
const FAREWELL: Duration = Duration::from_secs(1);
/// The read buffer of a socket: small, since a load generator holds thousands.
const READ_BUFFER: usize = 4 * 1024;
/// Up to so much is gathered before a write.
const WRITE_BUFFER: usize = 16 * 1024;
/// The largest message taken from a server: 16 MiB.
const MAX_MESSAGE: usize = 16 * 1024 * 1024;

/// The socket.
pub(super) struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    outbox: VecDeque<Message>,
    /// Bytes pushed since everything had left the last time.
    unsent: usize,
    shared: Arc<Shared>,
}

impl Line {
    /// Opens a socket, with `TCP_NODELAY`: our messages are small and wanted now.
    pub(super) async fn open(
        endpoint: String,
        headers: Vec<(String, String)>,
        shared: Arc<Shared>,
    ) -> Result<Self, String> {
        let request = request(&endpoint, headers)?;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        #[cfg(not(feature = "tls"))]
        let opened = tokio_tungstenite::connect_async_with_config(request, Some(config), true).await;
        #[cfg(feature = "tls")]
        let opened = {
            let tls = Some(super::tls::connector()?);
            tokio_tungstenite::connect_async_tls_with_config(request, Some(config), true, tls).await
        };
        let (socket, _) = opened.map_err(|error| error.to_string())?;
        Ok(Self {
            socket,
            outbox: VecDeque::new(),
            unsent: 0,
            shared,
        })
    }

    /// Takes a frame; it leaves during [`Self::turn`].
    pub(super) fn push(&mut self, frame: Frame) {
        self.unsent += frame.len();
        self.shared.set_unsent(self.unsent);
        self.outbox.push_back(Message::text(frame.text));
        self.outbox.extend(frame.attachments.into_iter().map(Message::Binary));
    }

    /// Writes what waits, and hears the next message if `reading`. `None` is the end of the stream. Safe to cancel.
    pub(super) async fn turn(line: &mut Option<Box<Self>>, reading: bool) -> Option<Result<Message, Error>> {
        match line {
            Some(line) => poll_fn(|context| line.poll_turn(context, reading)).await,
            None => std::future::pending().await,
        }
    }

    /// Writes what waits, then closes: as far as this goes within a second. It hears the other side out, because a socket
    /// that is dropped with unread bytes is reset, and a reset can overtake the goodbye.
    pub(super) async fn farewell(mut self) {
        let goodbye = async {
            poll_fn(|context| self.poll_write(context)).await?;
            self.socket.close(None).await?;
            while let Some(heard) = poll_fn(|context| Pin::new(&mut self.socket).poll_next(context)).await {
                heard?;
            }
            Ok::<(), Error>(())
        };
        // Leaving is a courtesy: a peer that does not take it notices the closed socket.
        let _ = timeout(FAREWELL, goodbye).await;
    }

    fn poll_turn(&mut self, context: &mut Context<'_>, reading: bool) -> Poll<Option<Result<Message, Error>>> {
        if let Poll::Ready(Err(error)) = self.poll_write(context) {
            return Poll::Ready(Some(Err(error)));
        }
        if reading {
            Pin::new(&mut self.socket).poll_next(context)
        } else {
            Poll::Pending
        }
    }

    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.unsent == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut socket = Pin::new(&mut self.socket);
        while !self.outbox.is_empty() {
            std::task::ready!(socket.as_mut().poll_ready(context))?;
            if let Some(message) = self.outbox.pop_front() {
                socket.as_mut().start_send(message)?;
            }
        }
        std::task::ready!(socket.poll_flush(context))?;
        self.unsent = 0;
        self.shared.set_unsent(0);
        Poll::Ready(Ok(()))
    }
}

fn request(endpoint: &str, headers: Vec<(String, String)>) -> Result<Request, String> {
    let mut request = endpoint.into_client_request().map_err(|error| error.to_string())?;
    for (name, value) in headers {
        let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
        let value = HeaderValue::try_from(value).map_err(|error| error.to_string())?;
        request.headers_mut().insert(name, value);
    }
    Ok(request)
}
