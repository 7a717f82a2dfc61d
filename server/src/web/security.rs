//! What browsers are told of every answer: what a page may load and do, who may frame it, and that TLS is to be kept.
//!
//! The policy of a page is strict: nothing but what came from here, and scripts by a number that only this page's own have.
//! People's words become text in it and never anything else; this is for the day on which that is not so.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};

/// For answers that are no pages: they load nothing.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// What is the same for every answer.
const ALWAYS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // For browsers that do not know `frame-ancestors`.
    (header::X_FRAME_OPTIONS, "DENY"),
    // Whoever knows a room's address may enter: it is not told to other sites.
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CONTENT_SECURITY_POLICY, NOTHING),
];

/// A year, as browsers ask of those who mean it.
const TLS: &str = "max-age=31536000";

/// Adds them, where nothing else was said. A socket has no need of them: what is no answer is no page.
#[must_use]
pub fn tell(mut response: Response, secure: bool) -> Response {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TLS));
    }
    response
}

/// The policy of a page whose scripts have this number, at the host that the browser asked.
///
/// Hues stand in style attributes, which is all that is inline. The socket is named besides `'self'`, which did not mean it in
/// Safari before 15.4.
#[must_use]
pub fn policy(nonce: &str, host: Option<&str>) -> Option<HeaderValue> {
    let socket = host
        .map(|host| format!(" ws://{host} wss://{host}"))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         style-src-attr 'unsafe-inline'; connect-src 'self'{socket}; img-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).ok()
}

/// The host that the browser asked, if it is one that can stand in a policy.
#[must_use]
pub fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
    host.bytes().all(plain).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_host_can_loosen_the_policy() {
        let policy_at = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            policy("n", super::host(&headers)).unwrap().to_str().unwrap().to_owned()
        };
        assert!(policy_at("localhost:3000").contains("connect-src 'self' ws://localhost:3000 wss://localhost:3000;"));
        for crooked in ["a; script-src *", "a,b", "a 'unsafe-inline'", "*"] {
            assert!(policy_at(crooked).contains("connect-src 'self';"), "{crooked}");
        }
    }
}
