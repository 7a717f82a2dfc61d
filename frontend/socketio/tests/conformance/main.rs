//! The native driver against a real Socket.IO server, and against one that misbehaves. What the state machine decides is
//! proved beside it; here it is that both sides understand each other.

#![allow(clippy::unwrap_used)] // A test may end with what was not expected.

mod server;

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use server::{Mute, Seen, Server};
use socketio::{
    Backoff, Client, Config, Delivery, EmitError, Event, Events, Payload, Placeholder, Reason, RequestError, connect,
};
use socketioxide::socket::DisconnectReason;

const OPEN: &str = r#"0{"sid":"e","upgrades":[],"pingInterval":50,"pingTimeout":50,"maxPayload":1000}"#;
const PATIENT: &str = r#"0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000}"#;
const CONNECT: &str = r#"40{"sid":"s"}"#;

/// Settings with short waits, so that the tests are quick.
fn config(url: String) -> Config {
    let mut config = Config::new(url);
    config.backoff = Backoff {
        base: Duration::from_millis(10),
        cap: Duration::from_millis(50),
    };
    config
}

fn join(config: Config) -> (Client, Events) {
    connect(config, || async { Ok(json!({ "token": "secret" })) })
}

async fn connected(config: Config) -> (Client, Events) {
    let (client, mut events) = join(config);
    reach_connected(&mut events).await;
    (client, events)
}

/// Events up to and with the next `Connected`; gives its sid.
async fn reach_connected(events: &mut Events) -> String {
    loop {
        if let Event::Connected { sid } = next(events).await {
            return sid;
        }
    }
}

async fn next(events: &mut Events) -> Event {
    let event = tokio::time::timeout(Duration::from_secs(10), events.next()).await;
    event.expect("something happens within 10 s").expect("the client lives")
}

async fn message(events: &mut Events) -> (String, Payload) {
    match next(events).await {
        Event::Message { name, payload, .. } => (name, payload),
        other => panic!("expected a message, heard {other:?}"),
    }
}

#[tokio::test]
async fn ann_connects_says_something_and_hears_it() {
    let server = Server::start().await;
    let (client, mut events) = connected(config(server.url())).await;
    client.emit("echo", &json!({ "text": "grüß dich \"you\"" })).unwrap();
    let (name, payload) = message(&mut events).await;
    assert_eq!(name, "echoed");
    assert_eq!(
        payload.parse::<Value>().unwrap(),
        json!({ "text": "grüß dich \"you\"" })
    );
}

#[tokio::test]
async fn what_is_emitted_before_connect_arrives_after_it() {
    let server = Server::start().await;
    let (client, mut events) = join(config(server.url()));
    client.emit("echo", &1).unwrap();
    assert!(!client.emit_volatile("echo", &2));
    assert!(matches!(next(&mut events).await, Event::Connected { .. }));
    assert_eq!(message(&mut events).await.1.get(), "1");
}

#[tokio::test]
async fn a_wrong_token_is_refused_with_the_reason_and_a_new_one_is_asked_for() {
    let server = Server::start().await;
    let mut tokens = ["stale", "secret"].into_iter();
    let (client, mut events) = connect(config(server.url()), move || {
        let token = tokens.next();
        async move { Ok(json!({ "token": token })) }
    });
    let Event::Refused { message, .. } = next(&mut events).await else {
        panic!("not refused")
    };
    assert_eq!(message, "stale is not the token");
    assert_eq!(client.emit("echo", &1), Err(EmitError::Offline));
    client.reconnect();
    assert!(matches!(next(&mut events).await, Event::Connected { .. }));
}

#[tokio::test]
async fn a_failing_auth_provider_is_asked_again() {
    let server = Server::start().await;
    let mut answers = [Err(String::from("no session")), Ok(json!({ "token": "secret" }))].into_iter();
    let (_client, mut events) = connect(config(server.url()), move || {
        let answer = answers.next().unwrap();
        async move { answer }
    });
    let Event::Reconnecting { cause, .. } = next(&mut events).await else {
        panic!("no wait")
    };
    assert_eq!(cause, Reason::Auth(String::from("no session")));
    assert!(matches!(next(&mut events).await, Event::Connected { .. }));
}

#[tokio::test]
async fn requests_are_answered_each_with_its_own() {
    let server = Server::start().await;
    let (client, _events) = connected(config(server.url())).await;
    // More than the driver takes at once.
    let requests: Vec<_> = (0..100_i64)
        .map(|n| client.request("sum", &vec![n, n], Delivery::Once))
        .collect();
    for (n, request) in (0_i64..).zip(requests) {
        assert_eq!(request.await.unwrap().parse::<i64>().unwrap(), 2 * n);
    }
}

#[tokio::test]
async fn a_request_nobody_answers_times_out() {
    let server = Server::start().await;
    let mut config = config(server.url());
    config.ack_timeout = Duration::from_millis(100);
    let (client, _events) = connected(config).await;
    let answer = client.request("silence", &(), Delivery::Once).await;
    assert_eq!(answer.unwrap_err(), RequestError::Timeout);
}

#[tokio::test]
async fn the_server_asks_and_is_answered_with_text_and_with_bytes() {
    let server = Server::start().await;
    let (client, mut events) = connected(config(server.url())).await;
    client.emit("ask me", &()).unwrap();
    loop {
        let Event::Message { payload, ack, .. } = next(&mut events).await else {
            panic!("no message")
        };
        match (payload.get(), ack) {
            (r#""text""#, Some(ack)) => client.reply(ack, &"yes").unwrap(),
            (r#""blob""#, Some(ack)) => {
                client
                    .reply_binary(ack, &Placeholder::new(0), vec![Bytes::from_static(b"abc")])
                    .unwrap();
            }
            (understood, _) => return assert_eq!(understood, r#"["yes",3]"#),
        }
    }
}

#[tokio::test]
async fn bytes_go_there_and_come_back() {
    let server = Server::start().await;
    let (client, mut events) = connected(config(server.url())).await;
    let blob = Bytes::from(vec![7_u8; 100_000]);
    let request = client.request_binary("blob", &Placeholder::new(0), vec![blob.clone()], Delivery::Once);
    let (name, payload) = message(&mut events).await;
    assert_eq!((name.as_str(), payload.get()), ("blobs", r#"{"count":2}"#));
    assert_eq!(payload.attachments, [blob.clone(), Bytes::from_static(b"\x00\xff")]);
    let second: Placeholder = serde_json::from_str(payload.more[1].get()).unwrap();
    assert_eq!(second.index(), 1);
    assert_eq!(request.await.unwrap().attachments, [blob]);
}

#[tokio::test]
async fn pings_keep_the_connection_alive() {
    let server = Server::start_at("127.0.0.1:0".parse().unwrap(), Duration::from_millis(50)).await;
    let (client, mut events) = connected(config(server.url())).await;
    client.request("later", &600, Delivery::Once).await.unwrap();
    assert!(events.try_next().is_none());
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left() {
    let server = Mute::start().await;
    let (_client, mut events) = join(config(server.url()));
    let _socket = server.accept(&[OPEN, CONNECT]).await;
    reach_connected(&mut events).await;
    assert!(matches!(
        next(&mut events).await,
        Event::Disconnected {
            reason: Reason::PingTimeout
        }
    ));
    assert!(matches!(next(&mut events).await, Event::Reconnecting { .. }));
    let _again = server.accept(&[OPEN, CONNECT]).await;
    reach_connected(&mut events).await;
}

#[tokio::test]
async fn a_server_that_opens_and_never_connects_us_is_given_up() {
    let server = Mute::start().await;
    let mut config = config(server.url());
    config.connect_timeout = Duration::from_millis(100);
    let (_client, mut events) = join(config);
    let _socket = server.accept(&[PATIENT]).await;
    assert!(matches!(
        next(&mut events).await,
        Event::Reconnecting {
            cause: Reason::ConnectTimeout,
            ..
        }
    ));
}

#[tokio::test]
async fn nonsense_ends_the_connection_and_nothing_else() {
    let server = Mute::start().await;
    let (_client, mut events) = join(config(server.url()));
    for nonsense in [
        "",
        "é",
        "42[",
        "42[1]",
        "45999-[\"a\"]",
        "4318446744073709551616[1]",
        "0{}",
    ] {
        let _socket = server.accept(&[PATIENT, CONNECT, nonsense]).await;
        reach_connected(&mut events).await;
        assert!(
            matches!(
                next(&mut events).await,
                Event::Disconnected {
                    reason: Reason::Protocol
                }
            ),
            "{nonsense}"
        );
    }
}

#[tokio::test]
async fn the_server_comes_back_and_what_was_kept_arrives_once_and_in_order() {
    let server = Server::start().await;
    let address = server.address;
    let (client, mut events) = connected(config(server.url())).await;
    server.stop().await;
    assert!(matches!(next(&mut events).await, Event::Disconnected { .. }));
    assert!(!client.emit_volatile("wave", &0));
    let requests: Vec<_> = (0..20_u64).map(|n| client.request("say", &n, Delivery::Kept)).collect();
    assert_eq!(client.waiting(), 20);

    let mut server = Server::start_at(address, Duration::from_secs(25)).await;
    client.reconnect();
    for (n, request) in (0_u64..).zip(requests) {
        assert_eq!(request.await.unwrap().parse::<u64>().unwrap(), n);
        assert_eq!(server.seen.recv().await, Some(Seen::Said(n)));
    }
    assert_eq!(client.waiting(), 0);
    client.request("say", &99, Delivery::Kept).await.unwrap();
    assert_eq!(server.seen.recv().await, Some(Seen::Said(99)));
}

#[tokio::test]
async fn a_request_made_once_fails_with_its_connection() {
    let server = Server::start().await;
    let (client, _events) = connected(config(server.url())).await;
    let request = client.request("silence", &(), Delivery::Once);
    client.request("sum", &vec![1], Delivery::Once).await.unwrap();
    server.stop().await;
    assert_eq!(request.await.unwrap_err(), RequestError::Disconnected);
}

#[tokio::test]
async fn a_volatile_emit_arrives_when_nothing_is_in_its_way() {
    let mut server = Server::start().await;
    let (client, _events) = connected(config(server.url())).await;
    assert!(client.emit_volatile("wave", &1));
    assert_eq!(server.seen.recv().await, Some(Seen::Waved(1)));
}

#[tokio::test]
async fn a_server_that_does_not_read_gets_no_volatile_emits_and_cannot_fill_our_memory() {
    let server = Mute::start().await;
    let (client, mut events) = join(config(server.url()));
    let _socket = server.accept(&[PATIENT, CONNECT]).await;
    reach_connected(&mut events).await;
    let big = "x".repeat(1024 * 1024);
    let refusal = loop {
        if let Err(refusal) = client.emit("big", &big) {
            break refusal;
        }
        assert!(!client.emit_volatile("wave", &1));
        tokio::task::yield_now().await;
    };
    assert_eq!(refusal, EmitError::QueueFull);
}

#[tokio::test]
async fn close_is_a_clean_leave_and_the_end_of_the_events() {
    let mut server = Server::start().await;
    let (client, mut events) = connected(config(server.url())).await;
    client.emit("wave", &1).unwrap();
    client.close();
    assert_eq!(server.seen.recv().await, Some(Seen::Waved(1)));
    assert_eq!(
        server.seen.recv().await,
        Some(Seen::Left(DisconnectReason::ClientNSDisconnect))
    );
    assert!(matches!(
        next(&mut events).await,
        Event::Disconnected { reason: Reason::Closed }
    ));
    assert!(events.next().await.is_none());
    assert_eq!(client.emit("wave", &2), Err(EmitError::Closed));
}

#[tokio::test]
async fn dropping_the_last_handle_leaves_too() {
    let mut server = Server::start().await;
    let (client, _events) = connected(config(server.url())).await;
    drop(client);
    assert_eq!(
        server.seen.recv().await,
        Some(Seen::Left(DisconnectReason::ClientNSDisconnect))
    );
}

#[tokio::test]
async fn a_client_that_is_sent_away_stays_away_until_it_is_called_back() {
    let server = Server::start().await;
    let (client, mut events) = connected(config(server.url())).await;
    client.emit("send me away", &()).unwrap();
    assert!(matches!(
        next(&mut events).await,
        Event::Disconnected {
            reason: Reason::ServerDisconnect
        }
    ));
    assert_eq!(client.emit("echo", &1), Err(EmitError::Offline));
    client.reconnect();
    assert!(matches!(next(&mut events).await, Event::Connected { .. }));
}

#[tokio::test]
async fn a_slow_reader_loses_nothing() {
    let server = Mute::start().await;
    let (_client, mut events) = join(config(server.url()));
    let numbered: Vec<String> = (0..2_000).map(|n| format!("42[\"n\",{n}]")).collect();
    let texts: Vec<&str> = [PATIENT, CONNECT]
        .into_iter()
        .chain(numbered.iter().map(String::as_str))
        .collect();
    let _socket = server.accept(&texts).await;
    reach_connected(&mut events).await;
    for n in 0..2_000 {
        assert_eq!(message(&mut events).await.1.parse::<i32>().unwrap(), n);
    }
}

#[tokio::test]
async fn a_server_without_tls_is_a_failed_attempt() {
    let server = Server::start().await;
    let (_client, mut events) = join(config(format!("wss://{}", server.address)));
    assert!(matches!(
        next(&mut events).await,
        Event::Reconnecting {
            cause: Reason::Transport(_),
            ..
        }
    ));
}
