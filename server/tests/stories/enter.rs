//! People whom somebody else has signed in come to the pages by a form that posts their token.

use crate::stage::{SECRET, Stage, identity};
use jsonwebtoken::{EncodingKey, Header, encode};
use protocol::{Role, VERSION};
use serde_json::{Value, json};
use server::config::Switch;
use socketio::Event;

const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";

/// A token that another has signed, with these roles, good for so many seconds.
fn token(user: &str, rooms: &Value, seconds: i64) -> String {
    let who = identity(user);
    let now = server::clock::Now::read().at.0 / 1000;
    let claims = json!({ "sub": who.user_id, "name": who.name, "iat": now, "exp": now.saturating_add_signed(seconds), "rooms": rooms });
    encode(
        &Header::default(),
        &claims,
        &EncodingKey::from_secret(SECRET.as_bytes()),
    )
    .unwrap()
}

async fn enters(stage: &Stage, form: &str, headers: &str) -> (String, String) {
    stage.ask("POST", "/enter", &format!("{FORM}{headers}"), form).await
}

/// The cookie that an answer sets, and what is said of it.
fn cookie(head: &str) -> Option<(&str, &str)> {
    let set = head.lines().find_map(|line| line.strip_prefix("set-cookie: "))?;
    set.split_once("; ")
}

/// A stage without guests, on which rooms are for whom a token names them.
async fn closed() -> Stage {
    Stage::set(|config| {
        config.auth.guests = Switch::Off;
        config.open_rooms = Switch::Off;
        config.auth.allowed_origins = vec!["https://app.example".parse().unwrap()];
    })
    .await
}

#[tokio::test]
async fn a_token_opens_the_pages_with_the_roles_that_it_says() {
    let stage = closed().await;
    let (head, _) = stage.get("/r/sky").await;
    assert!(head.starts_with("HTTP/1.1 401"), "{head}");
    let form = format!("token={}&room=sky", token("ann", &json!({ "sky": "viewer" }), 60));
    let (head, _) = enters(&stage, &form, "origin: https://app.example\r\n").await;
    assert!(
        head.starts_with("HTTP/1.1 303") && head.contains("location: /r/sky"),
        "{head}"
    );
    let (pair, rest) = cookie(&head).unwrap();
    let age: u64 = rest
        .split_once("Max-Age=")
        .unwrap()
        .1
        .split_once(';')
        .unwrap()
        .0
        .parse()
        .unwrap();
    assert!(age <= 60 && rest.contains("HttpOnly"), "as long as the token: {rest}");

    let session = format!("cookie: {pair}\r\n");
    let page = async |path: &str| stage.ask("GET", path, &session, "").await;
    let (head, body) = page("/r/sky").await;
    assert!(
        head.starts_with("HTTP/1.1 200") && body.contains(r#""role":"viewer""#),
        "{head}"
    );
    assert!(page("/r/sea").await.0.starts_with("HTTP/1.1 403"));

    // The page's socket has the roles too, and no longer than the session.
    let (_, body) = stage.ask("POST", "/api/app/token", &session, "").await;
    let token: String = serde_json::from_str(&body).unwrap();
    let mut ann = stage.stranger(json!({ "token": token, "version": VERSION }));
    assert!(matches!(ann.next().await, Event::Connected { .. }));
    assert_eq!(ann.knocks("sky", None).await.unwrap().access.role, Role::Viewer);
}

#[tokio::test]
async fn another_name_keeps_the_roles() {
    let stage = closed().await;
    let form = format!("token={}", token("ann", &json!({ "sky": "editor" }), 60));
    let (head, _) = enters(&stage, &form, "").await;
    assert!(head.contains("location: /\r\n"), "{head}");
    let session = format!("cookie: {}\r\n", cookie(&head).unwrap().0);
    let (head, _) = stage
        .ask(
            "POST",
            "/api/app/rename",
            &format!("{FORM}{session}"),
            "name=Ann+Elk&hue=15",
        )
        .await;
    let session = format!("cookie: {}\r\n", cookie(&head).unwrap().0);
    let (head, body) = stage.ask("GET", "/r/sky", &session, "").await;
    assert!(head.starts_with("HTTP/1.1 200") && body.contains("Ann Elk"), "{head}");
}

#[tokio::test]
async fn who_brings_nothing_good_stays_out() {
    let stage = closed().await;
    let good = token("ann", &json!({}), 60);
    let answer = async |form: &str, headers: &str| enters(&stage, form, headers).await;
    let (head, body) = answer("token=a.b.c", "").await;
    assert!(
        head.starts_with("HTTP/1.1 401") && body.contains("token_malformed"),
        "{head}"
    );
    let (head, body) = answer(&format!("token={good}&room=a%20b"), "").await;
    assert!(head.starts_with("HTTP/1.1 400") && body.contains("malformed"), "{head}");
    let (head, body) = answer(&format!("token={good}"), "origin: https://evil.example\r\n").await;
    assert!(
        head.starts_with("HTTP/1.1 403") && body.contains("origin_refused"),
        "{head}"
    );
    // A socket's token, which scripts can read, is not to become a session.
    let ours = Stage::token("ann", 60);
    let (head, body) = answer(&format!("token={ours}"), "").await;
    assert!(
        head.starts_with("HTTP/1.1 401") && body.contains("token_wrong_audience"),
        "{head}"
    );
    assert!(answer("room=sky", "").await.0.starts_with("HTTP/1.1 422"));
    let (head, body) = answer(&format!("token={}", token("ann", &json!({}), -5)), "").await;
    assert!(
        head.starts_with("HTTP/1.1 401") && body.contains("token_expired"),
        "{head}"
    );
    assert_eq!(cookie(&head), None);
}
