//! Somebody who joins and then reads nothing more, while the connection stays open: a laptop that was closed, a network that
//! swallows what it is given. It speaks the protocol by hand, since a client that is well would notice.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use protocol::{Event as _, SOCKET_PATH, room::Join};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, Interest},
    net::{TcpSocket, TcpStream, lookup_host},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, http::Uri},
};

use crate::{place::Place, scenario::Crowd};

/// How long the server may take for anything it is asked here.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much the system takes for us while we read nothing: as little as it can, so that the server feels it soon.
const RECEIVE_BUFFER: u32 = 4096;
/// After so long without anything to read, nothing more comes from a peer that is still there.
const SILENCE: Duration = Duration::from_secs(1);

/// A connection that is in a room and is not read.
pub(crate) struct Stalled(WebSocketStream<TcpStream>);

impl Stalled {
    /// Joins, and stops reading.
    ///
    /// # Errors
    /// When it does not get in.
    pub(crate) async fn come(crowd: &Crowd, place: &Place, index: usize) -> anyhow::Result<Self> {
        timeout(PATIENCE, Self::join(crowd, place, index))
            .await
            .context("no welcome in time")?
    }

    async fn join(crowd: &Crowd, place: &Place, index: usize) -> anyhow::Result<Self> {
        let url = crowd.target.url(index);
        let authority = url.split("://").nth(1).unwrap_or(url).trim_end_matches('/');
        let address: SocketAddr = lookup_host(authority).await?.next().context("no such address")?;
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
        let stream = socket.connect(address).await?;
        let uri: Uri = format!("ws://{authority}{SOCKET_PATH}?EIO=4&transport=websocket").parse()?;
        let (mut socket, _) = client_async(uri.into_client_request()?, stream).await?;

        wait_for(&mut socket, "0").await?;
        let auth = crowd.target.auth(&place.room, index)?;
        socket.send(Message::text(format!("40{auth}"))).await?;
        wait_for(&mut socket, "40").await?;
        let join = json!([Join::NAME, { "room": place.room, "batch": crowd.target.batch }]);
        socket.send(Message::text(format!("420{join}"))).await?;
        wait_for(&mut socket, "430").await?;
        Ok(Self(socket))
    }

    /// Reads all that waits: whether the server had ended the connection.
    pub(crate) async fn was_evicted(mut self) -> bool {
        let stream = self.0.get_mut();
        let mut bytes = vec![0; 64 * 1024];
        loop {
            match timeout(SILENCE, stream.read(&mut bytes)).await {
                Ok(Ok(0) | Err(_)) => return true,
                Ok(Ok(_)) => {}
                Err(_) => return is_broken(stream).await,
            }
        }
    }
}

/// A peer that is gone without a word more shows as an error, or as an end.
async fn is_broken(stream: &TcpStream) -> bool {
    let ready = timeout(Duration::ZERO, stream.ready(Interest::ERROR | Interest::READABLE)).await;
    ready.is_ok_and(|ready| ready.is_ok_and(|ready| ready.is_error() || ready.is_read_closed()))
}

async fn wait_for(socket: &mut WebSocketStream<TcpStream>, beginning: &str) -> anyhow::Result<()> {
    while let Some(message) = socket.next().await {
        match message? {
            Message::Text(text) if text.starts_with("44") => bail!("refused: {text}"),
            Message::Text(text) if text.starts_with("430[{\"error") => bail!("refused: {text}"),
            Message::Text(text) if text.starts_with(beginning) => return Ok(()),
            _ => {}
        }
    }
    bail!("the connection was closed")
}
