//! Stories of single connections and of what happens between them.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    Input,
    stage::{HANDSHAKE, Stage, result},
};
use crate::{AckId, Config, Delivery, EmitError, Event, Reason, RequestError};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn it_asks_for_auth_then_opens_then_greets_with_it() {
    let mut stage = Stage::new(&Config::new("ws://here"));
    assert!(stage.asked && !stage.line);
    stage.feed(Input::Authorized(Ok(json!({ "token": "t" }))));
    assert!(stage.line && stage.sent.is_empty());
    stage.hear(HANDSHAKE);
    assert_eq!(stage.sent, [r#"40{"token":"t"}"#]);
    assert!(stage.told.is_empty());
    stage.hear(r#"40{"sid":"s"}"#);
    assert!(matches!(stage.last(), Event::Connected { sid } if sid == "s"));
}

#[test]
fn what_is_emitted_early_waits_for_connect() {
    let mut stage = Stage::new(&Config::new("ws://here"));
    stage.client.emit("a", &1).unwrap();
    assert!(!stage.client.emit_volatile("v", &2));
    let _answer = stage.client.request("b", &3, Delivery::Once);
    stage.settle();
    stage.feed(Input::Authorized(Ok(Value::Null)));
    stage.hear(HANDSHAKE);
    assert_eq!(stage.take_sent(), ["40"]);
    stage.hear(r#"40{"sid":"s"}"#);
    assert_eq!(stage.sent, [r#"42["a",1]"#, r#"420["b",3]"#]);
}

#[test]
fn an_acknowledgement_resolves_its_request_alone() {
    let mut stage = Stage::connected();
    let mut first = stage.client.request("sum", &[1, 2], Delivery::Once);
    let mut second = stage.client.request("sum", &[3, 4], Delivery::Once);
    stage.settle();
    stage.hear("431[7]");
    stage.hear("431[8]");
    stage.hear("4399[9]");
    assert_eq!(result(&mut second), Some(Ok(json!(7))));
    assert_eq!(result(&mut first), None);
}

#[test]
fn a_request_times_out_and_its_late_answer_is_ignored() {
    let mut stage = Stage::connected();
    let mut request = stage.client.request("slow", &(), Delivery::Once);
    stage.settle();
    stage.pass(4 * SECOND);
    assert_eq!(result(&mut request), None);
    stage.pass(SECOND);
    stage.hear("430[1]");
    assert_eq!(result(&mut request), Some(Err(RequestError::Timeout)));
}

#[test]
fn a_request_that_timed_out_before_connect_is_never_sent() {
    let mut stage = Stage::new(&Config::new("ws://here"));
    let mut request = stage.client.request("late", &(), Delivery::Once);
    stage.settle();
    stage.pass(6 * SECOND);
    assert_eq!(result(&mut request), Some(Err(RequestError::Timeout)));
    stage.connect();
    assert_eq!(stage.sent, [r#"40{"token":"t"}"#]);
    assert_eq!(stage.connection.queued(), 0);
}

#[test]
fn the_server_gets_its_reply_once_the_connection_it_asked_on_is_the_same() {
    let mut stage = Stage::connected();
    stage.hear(r#"4217["question",null]"#);
    let Event::Message { ack: Some(ack), .. } = *stage.last() else {
        panic!("no question")
    };
    stage.take_sent();
    stage.client.reply(ack, &"yes").unwrap();
    stage.settle();
    assert_eq!(stage.take_sent(), [r#"4317["yes"]"#]);

    stage.lose();
    stage.pass(SECOND);
    stage.connect();
    stage.take_sent();
    stage.client.reply(ack, &"yes").unwrap();
    stage.settle();
    assert!(stage.sent.is_empty());
}

#[test]
fn attachments_are_gathered_before_the_event_is_told() {
    let mut stage = Stage::connected();
    stage.told.clear();
    stage.hear(r#"452-["blobs",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#);
    stage.feed(Input::Binary(Bytes::from_static(b"one")));
    stage.hear("2");
    assert!(stage.told.is_empty());
    stage.feed(Input::Binary(Bytes::from_static(b"two")));
    let Event::Message { name, payload, .. } = stage.last() else {
        panic!("no event")
    };
    assert_eq!((name.as_str(), payload.more.len()), ("blobs", 1));
    assert_eq!(
        payload.attachments,
        [Bytes::from_static(b"one"), Bytes::from_static(b"two")]
    );
}

#[test]
fn attachments_without_end_are_not_gathered() {
    let mut stage = Stage::connected();
    stage.hear(r#"45200-["blobs"]"#);
    let blob = Bytes::from(vec![0; 16 * 1024 * 1024]);
    for _ in 0..4 {
        stage.feed(Input::Binary(blob.clone()));
        assert!(stage.line);
    }
    stage.feed(Input::Binary(Bytes::from_static(b"one too many")));
    assert!(matches!(
        stage.last(),
        Event::Reconnecting {
            cause: Reason::Protocol,
            ..
        }
    ));
}

#[test]
fn what_may_not_come_now_ends_the_connection() {
    let wrong = [
        r#"42{"#,
        "7",
        r#"40{"sid":"again"}"#,
        HANDSHAKE,
        r#"44{"message":"late"}"#,
    ];
    for text in wrong {
        let mut stage = Stage::connected();
        stage.hear(text);
        assert!(!stage.line, "{text}");
        assert!(
            matches!(
                stage.last(),
                Event::Reconnecting {
                    cause: Reason::Protocol,
                    ..
                }
            ),
            "{text}"
        );
    }
    let mut stage = Stage::connected();
    stage.feed(Input::Binary(Bytes::new()));
    assert!(matches!(
        stage.last(),
        Event::Reconnecting {
            cause: Reason::Protocol,
            ..
        }
    ));
    let mut early = Stage::new(&Config::new("ws://here"));
    early.feed(Input::Authorized(Ok(Value::Null)));
    early.hear(r#"42["early"]"#);
    assert!(matches!(
        early.last(),
        Event::Reconnecting {
            cause: Reason::Protocol,
            ..
        }
    ));
}

#[test]
fn a_ping_is_answered_and_silence_is_noticed() {
    let mut stage = Stage::connected();
    stage.take_sent();
    stage.pass(14 * SECOND);
    stage.hear("2");
    assert_eq!(stage.take_sent(), ["3"]);
    stage.pass(14 * SECOND);
    assert!(stage.line);
    stage.pass(SECOND);
    assert!(!stage.line || stage.asked);
    assert!(stage.told.iter().any(|event| matches!(
        event,
        Event::Disconnected {
            reason: Reason::PingTimeout
        }
    )));
}

#[test]
fn a_page_that_slept_through_the_silence_notices_it_when_looked_at() {
    let mut stage = Stage::connected();
    stage.now += 60 * SECOND;
    stage.feed(Input::Woken);
    assert!(stage.asked && !stage.line);
    assert!(stage.told.iter().any(|event| matches!(
        event,
        Event::Disconnected {
            reason: Reason::PingTimeout
        }
    )));
}

#[test]
fn attempts_that_fail_are_made_again_ever_later() {
    let mut stage = Stage::new(&Config::new("ws://here"));
    let mut delays = Vec::new();
    for _ in 0..4 {
        stage.feed(Input::Authorized(Err(String::from("no token"))));
        let Event::Reconnecting {
            after,
            cause: Reason::Auth(_),
            ..
        } = *stage.last()
        else {
            panic!("no wait")
        };
        delays.push(after.as_millis());
        stage.pass(after);
    }
    assert_eq!(delays, [250, 500, 1_000, 2_000]);
}

#[test]
fn an_attempt_has_a_time_limit() {
    let mut stage = Stage::new(&Config::new("ws://here"));
    stage.feed(Input::Authorized(Ok(Value::Null)));
    stage.pass(10 * SECOND);
    assert!(matches!(
        stage.last(),
        Event::Reconnecting {
            cause: Reason::ConnectTimeout,
            attempt: 1,
            ..
        }
    ));
}

#[test]
fn the_delay_the_server_names_is_waited_exactly_once() {
    let mut stage = Stage::connected();
    stage.client.retry_after(7 * SECOND);
    stage.settle();
    stage.lose();
    assert!(matches!(stage.last(), Event::Reconnecting { after, .. } if *after == 7 * SECOND));
    stage.pass(7 * SECOND);
    stage.connect();
    stage.lose();
    assert!(matches!(stage.last(), Event::Reconnecting { after, .. } if *after < SECOND));
}

#[test]
fn the_delay_the_server_names_runs_from_when_it_is_named() {
    let mut stage = Stage::connected();
    stage.client.retry_after(7 * SECOND);
    stage.settle();
    stage.pass(5 * SECOND);
    stage.lose();
    assert!(matches!(stage.last(), Event::Reconnecting { after, .. } if *after == 2 * SECOND));
}

#[test]
fn a_refused_client_rests_until_it_is_told_to_reconnect() {
    let mut stage = Stage::new(&Config::new("ws://here"));
    let mut kept = stage.client.request("say", &1, Delivery::Kept);
    stage.settle();
    stage.feed(Input::Authorized(Ok(Value::Null)));
    stage.hear(HANDSHAKE);
    stage.hear(r#"44{"message":"expired"}"#);
    assert!(matches!(stage.last(), Event::Refused { message, .. } if message == "expired"));
    stage.pass(3_600 * SECOND);
    assert!(!stage.asked && !stage.line);
    assert_eq!(stage.client.emit("x", &1), Err(EmitError::Offline));
    stage.client.reconnect();
    stage.settle();
    stage.connect();
    assert_eq!(stage.sent.last().unwrap(), r#"420["say",1]"#);
    assert_eq!(result(&mut kept), None);
}

#[test]
fn a_server_that_sends_us_away_is_obeyed_unless_it_said_when_to_come_back() {
    let mut stage = Stage::connected();
    stage.hear("41");
    assert!(matches!(
        stage.last(),
        Event::Disconnected {
            reason: Reason::ServerDisconnect
        }
    ));
    stage.pass(3_600 * SECOND);
    assert!(!stage.asked);

    let mut stage = Stage::connected();
    stage.client.retry_after(2 * SECOND);
    stage.settle();
    stage.hear("41");
    stage.pass(2 * SECOND);
    assert!(stage.asked);
}

#[test]
fn offline_only_kept_requests_are_taken_and_only_so_many() {
    let mut config = Config::new("ws://here");
    config.offline_queue = 2;
    let mut stage = Stage::new(&config);
    stage.connect();
    stage.lose();
    assert_eq!(stage.client.emit("x", &1), Err(EmitError::Offline));
    let mut once = stage.client.request("x", &1, Delivery::Once);
    assert_eq!(result(&mut once), Some(Err(RequestError::Disconnected)));
    let mut kept: Vec<_> = (0..3).map(|n| stage.client.request("k", &n, Delivery::Kept)).collect();
    stage.settle();
    assert_eq!(result(&mut kept[2]), Some(Err(RequestError::QueueFull)));
    assert_eq!(stage.client.waiting(), 2);

    stage.pass(SECOND);
    stage.connect();
    assert_eq!(stage.take_sent()[1..], [r#"420["k",0]"#, r#"421["k",1]"#]);
    stage.hear("430[true]");
    assert_eq!(
        (result(&mut kept[0]), stage.client.waiting()),
        (Some(Ok(json!(true))), 1)
    );
}

#[test]
fn kept_requests_are_held_until_the_rooms_are_joined_again() {
    let mut config = Config::new("ws://here");
    config.hold_kept = true;
    let mut stage = Stage::new(&config);
    let _kept = stage.client.request("say", &1, Delivery::Kept);
    stage.settle();
    for _ in 0..2 {
        stage.connect();
        stage.take_sent();
        let _join = stage.client.request("join", &"room", Delivery::Once);
        stage.settle();
        assert!(stage.take_sent().iter().all(|sent| sent.contains("join")));
        stage.client.release();
        stage.settle();
        assert_eq!(stage.take_sent(), [r#"420["say",1]"#]);
        stage.lose();
        stage.pass(SECOND);
    }
}

#[test]
fn a_kept_request_whose_answer_was_lost_is_sent_again() {
    let mut stage = Stage::connected();
    let mut kept = stage.client.request("say", &1, Delivery::Kept);
    stage.settle();
    stage.take_sent();
    stage.pass(5 * SECOND);
    assert_eq!(stage.take_sent(), [r#"420["say",1]"#]);
    stage.hear("430[1]");
    stage.hear("430[1]");
    assert_eq!(result(&mut kept), Some(Ok(json!(1))));
    assert_eq!(stage.client.waiting(), 0);
}

#[test]
fn reconnect_while_connected_goes_without_goodbye_and_asks_again() {
    let mut stage = Stage::connected();
    stage.client.reconnect();
    stage.settle();
    assert!(!stage.sent.contains(&"41".to_owned()));
    assert_eq!((stage.left, stage.asked), (1, true));
    assert!(matches!(
        stage.last(),
        Event::Disconnected {
            reason: Reason::Renewed
        }
    ));
}

#[test]
fn a_page_that_is_left_says_goodbye_and_returns_when_it_does() {
    let mut stage = Stage::connected();
    stage.feed(Input::Hid);
    assert_eq!((stage.sent.last().unwrap().as_str(), stage.left), ("41", 1));
    stage.pass(3_600 * SECOND);
    assert!(!stage.asked);
    stage.feed(Input::Woken);
    assert!(stage.asked);
}

#[test]
fn close_is_the_end_of_everything() {
    let mut stage = Stage::connected();
    let mut once = stage.client.request("x", &1, Delivery::Once);
    let mut kept = stage.client.request("x", &1, Delivery::Kept);
    stage.client.close();
    stage.settle();
    assert_eq!(stage.sent.last().unwrap(), "41");
    assert_eq!(result(&mut once), Some(Err(RequestError::Closed)));
    assert_eq!(result(&mut kept), Some(Err(RequestError::Closed)));
    assert_eq!(stage.client.emit("x", &1), Err(EmitError::Closed));
    assert_eq!(stage.client.waiting(), 0);
    stage.client.reconnect();
    stage.settle();
    assert_eq!(stage.connection.deadline(), None);
    assert!(!stage.asked);
}

#[test]
fn too_much_waiting_is_refused() {
    let mut config = Config::new("ws://here");
    config.send_buffer = 100;
    let mut stage = Stage::new(&config);
    stage.client.emit("big", &"x".repeat(200)).unwrap();
    assert_eq!(stage.client.emit("x", &1), Err(EmitError::QueueFull));
    stage.settle();
    assert_eq!(stage.client.emit("x", &1), Err(EmitError::QueueFull));
    stage.connect();
    assert_eq!(stage.client.emit("x", &1), Ok(()));
}

#[test]
fn a_reply_to_nobody_is_dropped() {
    let mut stage = Stage::connected();
    stage.take_sent();
    stage.client.reply(AckId { connection: 99, id: 0 }, &1).unwrap();
    stage.settle();
    assert!(stage.sent.is_empty());
}
