//! What other sites' pages cannot do, and what browsers are told.

use crate::stage::Stage;
use server::config::Switch;

const POLLING: &str = "/socket.io/?EIO=4&transport=polling";

/// What a browser asks for to open a WebSocket.
const UPGRADE: &str =
    "upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

async fn polls(stage: &Stage, headers: &str) -> (String, String) {
    stage.ask("GET", POLLING, headers, "").await
}

fn is(head: &str, status: u16) -> bool {
    head.starts_with(&format!("HTTP/1.1 {status}"))
}

#[tokio::test]
async fn a_page_of_another_site_opens_no_socket() {
    let stage = Stage::open().await;
    for origin in [
        "https://evil.example",
        "http://orrery.evil.example",
        "http://orrery:81",
        "null",
    ] {
        let headers = format!("origin: {origin}\r\n");
        let (head, body) = polls(&stage, &headers).await;
        assert!(is(&head, 403) && body.contains("origin_refused"), "{origin}: {head}");
        assert!(!head.contains("access-control-allow-origin"), "{head}");
        let (head, _) = stage
            .ask("GET", "/socket.io/?EIO=4&transport=websocket", &(headers + UPGRADE), "")
            .await;
        assert!(is(&head, 403), "{origin}: {head}");
    }
    let refused = "collab_refusals_total{code=\"origin_refused\"}";
    assert_eq!(stage.metric(refused).await, 8.0);
    for headers in ["", "origin: http://orrery\r\n"] {
        let (head, _) = polls(&stage, headers).await;
        assert!(is(&head, 200), "{headers}: {head}");
    }
    let behind = "x-forwarded-host: rooms.example\r\norigin: https://rooms.example\r\n";
    assert!(is(&polls(&stage, behind).await.0, 200), "behind a proxy");
}

#[tokio::test]
async fn origins_that_are_allowed_open_sockets_and_may_read_what_they_poll() {
    let stage = Stage::set(|config| {
        config.auth.allowed_origins = vec!["https://app.example".parse().unwrap()];
    })
    .await;
    let app = "origin: https://app.example\r\n";
    let (head, _) = polls(&stage, app).await;
    assert!(
        is(&head, 200) && head.contains("access-control-allow-origin: https://app.example"),
        "{head}"
    );
    assert!(head.contains("vary: origin"), "{head}");
    let before = format!("{app}access-control-request-method: POST\r\n");
    let (head, _) = stage.ask("OPTIONS", POLLING, &before, "").await;
    assert!(
        is(&head, 204) && head.contains("access-control-allow-methods"),
        "{head}"
    );
    assert!(is(&polls(&stage, "origin: https://evil.example\r\n").await.0, 403));
    // What is done for whoever the cookie names is for our own pages alone.
    assert!(is(&stage.ask("POST", "/api/app/token", app, "").await.0, 403));
    let all = Stage::set(|config| config.auth.allowed_origins = vec!["*".parse().unwrap()]).await;
    assert!(is(&polls(&all, "origin: https://anything.example\r\n").await.0, 200));
}

#[tokio::test]
async fn a_page_of_another_site_does_nothing_in_anybodys_name() {
    let stage = Stage::open().await;
    let ask = async |headers: &str| stage.ask("POST", "/api/app/token", headers, "").await.0;
    for headers in [
        "origin: https://evil.example\r\n",
        "origin: null\r\n",
        "sec-fetch-site: cross-site\r\n",
        "sec-fetch-site: same-site\r\n",
        "sec-fetch-site: none\r\n",
    ] {
        let head = ask(headers).await;
        assert!(is(&head, 403) && !head.contains("set-cookie"), "{headers}: {head}");
    }
    assert!(is(
        &ask("origin: http://orrery\r\nsec-fetch-site: same-origin\r\n").await,
        200
    ));
}

/// The value of a header.
fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn every_answer_tells_browsers_what_they_may_do_with_it() {
    let stage = Stage::open().await;
    for path in [
        "/",
        "/r/sky",
        "/about",
        "/nowhere",
        "/r/-",
        "/favicon.svg",
        "/api/rooms",
        "/healthz",
        POLLING,
    ] {
        let (head, _) = stage.get(path).await;
        for (name, expected) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(value(&head, name), Some(expected), "{path}");
        }
        let policy = value(&head, "content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(
            !policy.contains("script-src 'unsafe") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        assert!(value(&head, "permissions-policy").is_some(), "{path}");
        assert_eq!(
            value(&head, "strict-transport-security"),
            None,
            "no TLS, no promise of it"
        );
    }
    let (head, _) = stage.ask("GET", "/", "x-forwarded-proto: https\r\n", "").await;
    assert!(value(&head, "strict-transport-security").is_some());
    let cookie = value(&head, "set-cookie").unwrap();
    assert!(
        cookie.starts_with("__Host-orrery_session=") && cookie.contains("; Path=/;"),
        "{cookie}"
    );
    assert!(cookie.contains("; Secure") && !cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn scripts_of_a_page_run_by_a_number_that_no_other_page_has() {
    let stage = Stage::open().await;
    let mut numbers = Vec::new();
    for _ in 0..2 {
        let (head, page) = stage.get("/r/sky").await;
        let policy = value(&head, "content-security-policy").unwrap();
        let number = policy
            .split_once("script-src 'nonce-")
            .unwrap()
            .1
            .split('\'')
            .next()
            .unwrap();
        assert!(number.len() >= 22, "{number}");
        for script in page.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(
                tag.contains(&format!("nonce=\"{number}\"")) || tag.contains("application/json"),
                "{tag}"
            );
        }
        numbers.push(number.to_owned());
    }
    assert_ne!(numbers[0], numbers[1]);
}

#[tokio::test]
async fn where_there_are_no_guests_whoever_has_no_session_is_told_so() {
    let stage = Stage::set(|config| config.auth.guests = Switch::Off).await;
    let (head, page) = stage.get("/r/sky").await;
    assert!(is(&head, 401) && page.contains("You are not signed in"), "{head}");
    assert!(!head.contains("set-cookie") && !page.contains(".wasm"));
    let (head, page) = stage.get("/").await;
    assert!(is(&head, 200) && page.contains("<!DOCTYPE html>"), "{head}");
    let (head, body) = stage.ask("POST", "/api/app/token", "", "").await;
    assert!(is(&head, 200) && body == "null", "{head} {body}");
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
}
