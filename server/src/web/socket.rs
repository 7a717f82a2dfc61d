//! Requests of Socket.IO, as they go by on their way to the library: who may begin a session, and which connection carries
//! which, since a client may begin with polling and go on over a WebSocket of its own.

use super::{Web, not_now, refused};
use crate::{
    gateway::{CONNECT, SessionId, connect::draining, meter::too_fast},
    listener::{Remote, address},
    memory::Memory,
};
use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::Response,
};
use protocol::{Code, Refusal, SOCKET_PATH};
use std::{
    sync::{Arc, Once},
    time::Instant,
};

/// Bytes that a session may send before it has said whose it is: far more than request, handshake and token have.
const UNPROVEN: u32 = 16 * 1024;

/// When to try again where too many have not said whose they are, in milliseconds.
const RETRY: u64 = 1000;

/// Lets sessions begin as limits allow, and notes which connection carries which, once the library has taken the request as
/// one of that session.
pub async fn carry(web: &Web, mut request: Request, next: Next) -> Response {
    let Some(asked) = Asked::of(&request) else {
        return next.run(request).await;
    };
    // There is one in every request that came over our listener.
    let Some(ConnectInfo(remote)) = request.extensions_mut().remove::<ConnectInfo<Remote>>() else {
        return next.run(request).await;
    };
    if asked.session.is_none()
        && let Err(refusal) = admit(web, &remote, &asked, &request)
    {
        return not_now(web, refusal);
    }
    if asked.posts && too_large(web, &asked, &request) {
        web.metrics.handshakes_refused.inc("size");
        let message = "Say first whose session this is.";
        return refused(
            web,
            StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::new(Code::Malformed, message),
        );
    }
    let response = match asked.session {
        Some(_) => web.shards.go_on(request).await,
        None => {
            let flow = Arc::clone(&remote.flow);
            web.shards.begin(apart(request), flow, !asked.upgrades).await
        }
    };
    let taken = response.status().is_success() || response.status().is_informational();
    if taken {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            remote.flow.upgraded();
        }
        if let (Some(sid), false) = (asked.session, asked.posts) {
            web.gateway.connections.carried(sid, &remote.flow);
        }
    }
    response
}

/// The address at which most sessions begin.
const USUAL: &str = "/socket.io/?EIO=4&transport=websocket";

/// The same request with no more than the library needs, and in memory of its own. The library keeps it for as long as the
/// session lasts, and its headers and address are slices of the buffer that they were read into, 8 KiB or more.
fn apart(mut request: Request) -> Request {
    let key = request.headers().get(header::SEC_WEBSOCKET_KEY);
    let key = key.and_then(|key| HeaderValue::from_bytes(key.as_bytes()).ok());
    let mut headers = HeaderMap::with_capacity(1);
    key.into_iter()
        .for_each(|key| drop(headers.insert(header::SEC_WEBSOCKET_KEY, key)));
    *request.headers_mut() = headers;
    let address = if request.uri() == USUAL {
        Ok(Uri::from_static(USUAL))
    } else {
        request.uri().to_string().parse()
    };
    // It was one before, so that it is one.
    address.into_iter().for_each(|address| *request.uri_mut() = address);
    request
}

/// What a request of Socket.IO is for.
struct Asked {
    /// The session that it belongs to; `None` where it begins one.
    session: Option<SessionId>,
    /// Whether it brings packets by polling.
    posts: bool,
    /// Whether it becomes a WebSocket.
    upgrades: bool,
}

impl Asked {
    fn of(request: &Request) -> Option<Self> {
        let uri = request.uri();
        let path = uri.path().strip_prefix(SOCKET_PATH.trim_end_matches('/'))?;
        if !matches!(path, "" | "/") {
            return None;
        }
        let mut parameters = uri.query().unwrap_or_default().split('&');
        let session = parameters
            .clone()
            .filter_map(|parameter| parameter.strip_prefix("sid="))
            .find_map(|sid| sid.parse().ok());
        Some(Self {
            session,
            posts: request.method() == Method::POST,
            upgrades: parameters.any(|parameter| parameter == "transport=websocket"),
        })
    }
}

/// A session is to begin: where there is memory for it, not too many from one address, and not too many that have not said
/// whose they are.
fn admit(web: &Web, remote: &Remote, asked: &Asked, request: &Request) -> Result<(), Refusal> {
    if web.gateway.is_draining() {
        return Err(draining());
    }
    if web.gateway.rooms.memory().is_full() {
        web.metrics.handshakes_refused.inc("memory");
        return Err(Memory::refusal());
    }
    let trusted = &web.config.limits.trusted_proxies;
    if address::is_disbelieved(request.headers(), trusted) {
        warn_of_proxy();
    }
    let address = address::of(remote.peer, request.headers(), trusted);
    web.gateway.by_address.take(&address).map_err(|wait| {
        web.metrics.handshakes_refused.inc("address");
        too_fast(wait)
    })?;
    let pending = &web.gateway.pending;
    let admitted = if asked.upgrades {
        let place = pending.enter();
        place.map(|place| remote.flow.unproven(place, UNPROVEN)).is_some()
    } else {
        pending.enter_polling(Instant::now(), CONNECT)
    };
    admitted.then_some(()).ok_or_else(|| {
        web.metrics.handshakes_refused.inc("pending");
        Refusal::new(Code::Busy, "Too many are coming in just now.").retry_after(RETRY)
    })
}

/// Says once that there seems to be a proxy which is not believed.
fn warn_of_proxy() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!(
            "requests come with X-Forwarded-For: if there is a proxy in front, name its network in TRUSTED_PROXIES, or all \
             who come through it share the limits of one address"
        );
    });
}

/// Whether a session that polls sends more than one may that has not said whose it is.
fn too_large(web: &Web, asked: &Asked, request: &Request) -> bool {
    let proven = asked.session.is_some_and(|sid| web.gateway.connections.is_known(sid));
    let length = request.headers().get(header::CONTENT_LENGTH);
    let bytes = length.and_then(|length| length.to_str().ok()?.parse::<u32>().ok());
    !proven && bytes.is_none_or(|bytes| bytes > UNPROVEN)
}
