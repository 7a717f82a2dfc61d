//! Watches requests of Socket.IO go by, to know which connection carries which session: a client may begin with polling and
//! go on over a WebSocket of its own.

use super::Web;
use crate::{gateway::SessionId, listener::Remote};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use protocol::SOCKET_PATH;

/// Notes the connection once the library has taken the request as one of that session.
pub async fn carry(State(web): State<Web>, request: Request, next: Next) -> Response {
    let session = session(&request);
    let remote = request.extensions().get::<ConnectInfo<Remote>>().cloned();
    let response = next.run(request).await;
    let taken = response.status().is_success() || response.status().is_informational();
    if let (Some(sid), Some(ConnectInfo(remote)), true) = (session, remote, taken) {
        web.gateway.connections.carried(sid, &remote.flow);
    }
    response
}

/// The session named by a request that will carry packets to the client.
fn session(request: &Request) -> Option<SessionId> {
    let uri = request.uri();
    if request.method() != Method::GET || !uri.path().starts_with(SOCKET_PATH.trim_end_matches('/')) {
        return None;
    }
    let parameters = uri.query()?.split('&');
    parameters
        .filter_map(|parameter| parameter.strip_prefix("sid="))
        .find_map(|sid| sid.parse().ok())
}
