//! CONNECT: who may come in. Everything a connection needs is prepared here, before it is answered.

use super::{Gateway, auth, shard::Begun, table::Table};
use crate::{
    room::command::Command,
    token::{self, Bearer},
};
use protocol::{Code, Refusal, VERSION, auth::Auth};
use serde_json::Value;
use socketioxide::{
    extract::{SocketRef, TryData},
    handler::connect::ConnectMiddleware,
    socket::DisconnectReason,
};
use std::{error::Error, fmt, future::ready, sync::Arc};

/// When to try again at a server that is stopping, in milliseconds.
const RETRY: u64 = 1000;

/// The middleware that lets connections in or says why not: as `connect_error`, whose message is `code: sentence`.
pub fn middleware(
    gateway: Arc<Gateway>,
) -> impl ConnectMiddleware<socketioxide::adapter::LocalAdapter, (SocketRef, TryData<Value>)> {
    move |socket: SocketRef, TryData(auth): TryData<Value>| {
        let gateway = Arc::clone(&gateway);
        async move {
            let result = match identify(&gateway, auth.unwrap_or_default()) {
                Ok(bearer) => admit(&gateway, &socket, bearer).await,
                Err(refusal) => Err(refusal),
            };
            result.map_err(|refusal| {
                gateway.metrics.refusals.inc(refusal.code.as_str());
                NotIn(refusal)
            })
        }
    }
}

/// A refused CONNECT, as the library writes it out.
#[derive(Debug)]
struct NotIn(Refusal);

impl fmt::Display for NotIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_connect_error())
    }
}

impl Error for NotIn {}

/// Who asks to come in.
fn identify(gateway: &Gateway, auth: Value) -> Result<Bearer, Refusal> {
    if gateway.is_draining() {
        return Err(draining());
    }
    let auth = match auth {
        Value::Null => Auth {
            token: None,
            version: None,
        },
        auth => serde_json::from_value(auth).map_err(|_| token::refusal(Code::TokenMalformed))?,
    };
    if let Some(version) = auth.version.filter(|version| *version != VERSION) {
        let message = format!("This server speaks version {VERSION} of the protocol, not {version}: reload the page.");
        return Err(Refusal::new(Code::UnsupportedVersion, message));
    }
    let token = auth.token.ok_or_else(|| token::refusal(Code::TokenMissing))?;
    gateway.keys.verify(&token)
}

/// The refusal of whoever comes while the server stops.
#[must_use]
pub fn draining() -> Refusal {
    Refusal::new(Code::Draining, "This server is stopping: try again in a moment.").retry_after(RETRY)
}

/// Lets a connection in, if its person has not too many here and elsewhere. Others are asked first, and only where there
/// are any: once a connection is entered nothing is waited for until CONNECT is answered, so that none is entered that the
/// library has given up.
async fn admit(gateway: &Arc<Gateway>, socket: &SocketRef, bearer: Bearer) -> Result<(), Refusal> {
    // All that come by way of `web/socket.rs` say how they began.
    let begun = Begun::of(&socket.req_parts().extensions)
        .ok_or_else(|| Refusal::new(Code::Malformed, "It is not known how this session began."))?;
    if !begun.flow.proven() {
        gateway.pending.proven_polling();
    }
    if gateway.bus.is_none() {
        return enter(gateway, socket, bearer, begun);
    }
    let user = bearer.who.user_id.clone();
    let here = gateway.connections.of(&user).len() + 1;
    let elsewhere = gateway.leases.count_in(&user, here).await;
    let entered = if here + elsewhere > gateway.limits.connections_per_user as usize {
        Err(gateway.connections.too_many())
    } else {
        enter(gateway, socket, bearer, begun)
    };
    if entered.is_err() {
        gateway.leases.count_out(&user, gateway.connections.of(&user).len());
    }
    entered
}

/// Lets a connection in. One whose token was revoked meanwhile is seen here, as it could not be seen by whoever ended those
/// that were there.
fn enter(gateway: &Arc<Gateway>, socket: &SocketRef, bearer: Bearer, begun: &Begun) -> Result<(), Refusal> {
    let connection = gateway.connections.enter(socket.clone(), bearer, begun)?;
    if auth::is_revoked(gateway, &connection) {
        gateway.connections.strike(socket.id);
        return Err(token::refusal(Code::TokenRevoked));
    }
    gateway.timer.take(connection.peer, &connection.bearer());
    socket.on_fallback(Table {
        gateway: Arc::clone(gateway),
        connection,
    });
    let gateway = Arc::clone(gateway);
    socket.on_disconnect(move |socket: SocketRef, reason: DisconnectReason| {
        leave(&gateway, &socket, reason);
        ready(())
    });
    Ok(())
}

/// The connection has ended. Who said so has left; who did not may be back in a moment.
fn leave(gateway: &Gateway, socket: &SocketRef, reason: DisconnectReason) {
    let Some(connection) = gateway.connections.strike(socket.id) else {
        return;
    };
    gateway.timer.forget(connection.peer);
    let ended = connection.ended_for();
    let meant = matches!(reason, DisconnectReason::ClientNSDisconnect) || ended == Some(Code::TokenRevoked);
    gateway
        .metrics
        .ends
        .inc(ended.map_or_else(|| label(reason), Code::as_str));
    let user = &connection.user;
    gateway.leases.count_out(user, gateway.connections.of(user).len());
    for way in connection.end() {
        let peer = connection.peer;
        let command = if meant {
            Command::leave_silently(peer)
        } else {
            Command::Lose(peer)
        };
        gateway.rooms.send_surely(&way, command);
    }
}

/// The reason as one of [`crate::metrics::END_REASONS`].
fn label(reason: DisconnectReason) -> &'static str {
    match reason {
        DisconnectReason::PacketParsingError | DisconnectReason::MultipleHttpPollingError => "broken",
        DisconnectReason::TransportClose => "closed",
        DisconnectReason::TransportError => "failed",
        DisconnectReason::ClientNSDisconnect => "left",
        DisconnectReason::ServerNSDisconnect | DisconnectReason::ClosingServer => "server",
        DisconnectReason::HeartbeatTimeout => "silent",
    }
}
