//! Where a request comes from: whose pages may open a socket here, and that nobody else's page acts for a person.
//!
//! Browsers say the origin of the page with whatever another site could have them do, and no page can make them lie. Programs
//! say none, and bring no cookies that they were not given.

use super::{Web, refused};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::{Code, Refusal, SOCKET_PATH};

/// Lets those open a socket who come from here, from an origin that is allowed, or from no page at all.
pub async fn of_socket(web: &Web, request: Request, next: impl AsyncFnOnce(Request) -> Response) -> Response {
    let is_socket = request.uri().path().starts_with(SOCKET_PATH.trim_end_matches('/'));
    let origin = request.headers().get(header::ORIGIN).filter(|_| is_socket).cloned();
    let Some(origin) = origin.filter(|origin| !is_here(origin, request.headers())) else {
        return next(request).await;
    };
    if !is_allowed(web, &origin) {
        return refuse(
            web,
            "Pages of this origin may not open a socket here (ALLOWED_ORIGINS).",
        );
    }
    let asks_before = request.method() == Method::OPTIONS;
    let mut response = if asks_before {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next(request).await
    };
    // Long polling is read by scripts, and only if this is said. Tokens come in the payload: no cookies are wanted.
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if asks_before {
        let (methods, names) = ("GET, POST", "content-type");
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(names));
    }
    response
}

/// Lets those pages sign somebody in that may open a socket: any other could make a visitor somebody whom they know nothing of.
pub async fn of_form(State(web): State<Web>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN);
    if origin.is_some_and(|origin| !is_here(origin, request.headers()) && !is_allowed(&web, origin)) {
        return refuse(
            &web,
            "Pages of this origin may not sign anybody in here (ALLOWED_ORIGINS).",
        );
    }
    next.run(request).await
}

/// Lets only our own pages do what is done for whoever the cookie names.
pub async fn of_page(State(web): State<Web>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let origin = headers.get(header::ORIGIN);
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if origin.is_some_and(|origin| !is_here(origin, headers)) || site.is_some_and(|site| site != b"same-origin") {
        return refuse(&web, "Only this server's own pages may ask this.");
    }
    next.run(request).await
}

fn is_allowed(web: &Web, origin: &HeaderValue) -> bool {
    let allowed = &web.config.auth.allowed_origins;
    origin
        .to_str()
        .is_ok_and(|origin| allowed.iter().any(|one| one.is(origin)))
}

fn refuse(web: &Web, message: &str) -> Response {
    refused(web, StatusCode::FORBIDDEN, Refusal::new(Code::OriginRefused, message))
}

/// Whether an origin is the host that was asked, as the browser or the proxy in between called it. A page cannot set either
/// for a host that is not its own.
fn is_here(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let Some((scheme, host)) = origin.to_str().ok().and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    let port = if scheme.eq_ignore_ascii_case("https") {
        ":443"
    } else {
        ":80"
    };
    let asked = [headers.get(header::HOST), headers.get("x-forwarded-host")];
    let mut asked = asked.into_iter().flatten().filter_map(|asked| asked.to_str().ok());
    asked.any(|asked| asked.strip_suffix(port).unwrap_or(asked).eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_here_where_it_names_the_host_that_was_asked() {
        let here = |origin: &'static str, name: &'static str, host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(host));
            is_here(&HeaderValue::from_static(origin), &headers)
        };
        for (origin, host) in [
            ("http://localhost:3000", "localhost:3000"),
            ("https://rooms.example", "Rooms.example"),
            ("https://rooms.example", "rooms.example:443"),
            ("http://[::1]:3000", "[::1]:3000"),
        ] {
            assert!(here(origin, "host", host), "{origin} at {host}");
            assert!(here(origin, "x-forwarded-host", host), "{origin} at {host}");
        }
        for (origin, host) in [
            ("http://localhost:3001", "localhost:3000"),
            ("https://rooms.example.evil", "rooms.example"),
            ("https://evil.example", "rooms.example"),
            ("https://rooms.example:80", "rooms.example"),
            ("null", "rooms.example"),
            ("rooms.example", "rooms.example"),
            ("", ""),
        ] {
            assert!(!here(origin, "host", host), "{origin} at {host}");
        }
    }
}
