//! Who a browser belongs to: a signed cookie that scripts cannot read. Whoever comes without one is a guest from then on, where
//! there are guests.

use super::{Web, guest::guest};
use crate::{clock::Now, config::Switch, token::Bearer};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Name of the cookie, without TLS and with it. The longer one browsers take from this very host only, and over TLS, so that no
/// neighbour under the same domain can put another in its place.
const COOKIES: [&str; 2] = ["orrery_session", "__Host-orrery_session"];

/// Puts the session of a request, a [`Bearer`], into its extensions, and the cookie of a new guest into its response. Where
/// there are no guests, a request without a session has none.
pub async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let secure = is_secure(request.headers());
    let known = bearer(&web, request.headers());
    let new = known.is_none();
    let session = match web.config.auth.guests {
        Switch::On => known.or_else(|| Some(Bearer::guest(guest()?, Now::read().at.0 / 1000))),
        Switch::Off => known,
    };
    if session.is_none() && web.config.auth.guests == Switch::On {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let set = session
        .as_ref()
        .filter(|_| new)
        .and_then(|session| set_cookie(&web, session, secure));
    if let Some(session) = session {
        request.extensions_mut().insert(session);
    }
    let mut response = next.run(request).await;
    // A page made for one person must not be shown to another by a cache between.
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A rename in the same request has set a newer one.
    if let Some(set) = set.filter(|_| !response.headers().contains_key(header::SET_COOKIE)) {
        response.headers_mut().append(header::SET_COOKIE, set);
    }
    response
}

/// Whose session came with a request, if any that is taken.
pub fn bearer(web: &Web, headers: &HeaderMap) -> Option<Bearer> {
    let token = cookie(headers, is_secure(headers))?;
    web.keys.verify_session(token).ok()
}

/// The header that makes a browser remember who it belongs to. `None`, and a line in the log, where signing fails.
pub fn set_cookie(web: &Web, session: &Bearer, secure: bool) -> Option<HeaderValue> {
    let now = Now::read().at.0 / 1000;
    let token = web
        .keys
        .sign_session(session, now)
        .inspect_err(|error| tracing::error!(%error, "a session could not be signed"))
        .ok()?;
    let (name, secure) = (cookie_name(secure), if secure { "; Secure" } else { "" });
    let age = session.until.saturating_sub(now);
    HeaderValue::try_from(format!(
        "{name}={token}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
    ))
    .ok()
}

/// Whether the browser came over TLS, which ends in a proxy before us.
#[must_use]
pub fn is_secure(headers: &HeaderMap) -> bool {
    headers
        .get("x-forwarded-proto")
        .is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"))
}

fn cookie_name(secure: bool) -> &'static str {
    COOKIES[usize::from(secure)]
}

fn cookie(headers: &HeaderMap, secure: bool) -> Option<&str> {
    let asked = cookie_name(secure);
    let cookies = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let pairs = cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == asked).map(|(_, token)| token).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("theme=dark; orrery_session=abc.def; __Host-orrery_session=ghi"),
        );
        assert_eq!(cookie(&headers, false), Some("abc.def"));
        assert_eq!(cookie(&headers, true), Some("ghi"));
        assert_eq!(cookie(&HeaderMap::new(), false), None);
    }
}
