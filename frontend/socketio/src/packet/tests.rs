//! The codec against packets of the specification, against itself, and against anything at all.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    Packet,
    decode::{DecodeError, decode},
    encode::{ack_frame, connect_frame, event_frame},
};

#[test]
fn the_handshake_is_read() {
    let text = r#"0{"sid":"lv_VI97HAXpY6yYWAAAB","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;
    let Ok(Packet::Open(handshake)) = decode(text) else {
        panic!("not a handshake")
    };
    assert_eq!(handshake.patience().as_secs(), 45);
}

#[test]
fn an_event_is_read_with_its_number_and_all_its_arguments() {
    for text in [r#"4212["chat",{"text":"hi"},2]"#, r#"42/,12["chat",{"text":"hi"},2]"#] {
        let Ok(Packet::Event(event)) = decode(text) else {
            panic!("not an event")
        };
        assert_eq!(
            (event.id, event.name.as_str(), event.attachments),
            (Some(12), "chat", 0)
        );
        assert_eq!(event.payload.parse::<Value>().unwrap(), json!({ "text": "hi" }));
        assert_eq!(event.payload.more[0].get(), "2");
    }
}

#[test]
fn an_event_without_arguments_reads_as_null() {
    let Ok(Packet::Event(event)) = decode(r#"42["nudge"]"#) else {
        panic!("not an event")
    };
    assert_eq!(event.payload.parse::<Value>().unwrap(), Value::Null);
}

#[test]
fn a_binary_acknowledgement_says_what_follows() {
    let Ok(Packet::Ack(ack)) = decode(r#"462-7[{"_placeholder":true,"num":0}]"#) else {
        panic!("not an ack")
    };
    assert_eq!((ack.id, ack.attachments), (7, 2));
}

#[test]
fn a_refusal_keeps_its_words_and_data() {
    let text = r#"44{"message":"expired","data":{"code":7}}"#;
    let Ok(Packet::ConnectError {
        message,
        data: Some(data),
    }) = decode(text)
    else {
        panic!("not a refusal")
    };
    assert_eq!((message.as_str(), data.get()), ("expired", r#"{"code":7}"#));
}

#[test]
fn what_is_no_packet_is_refused_with_the_reason() {
    let cases = [
        ("", DecodeError::Type),
        ("9", DecodeError::Type),
        ("4é", DecodeError::Type),
        ("0{}", DecodeError::Payload),
        ("42{}", DecodeError::Payload),
        (r#"42[7,"no name"]"#, DecodeError::Payload),
        ("43[]", DecodeError::Id),
        (r#"4299999999999999999999["a"]"#, DecodeError::Id),
        (r#"45["a"]"#, DecodeError::Attachments),
        (r#"45999999-["a"]"#, DecodeError::Attachments),
        (r#"42/admin,["a"]"#, DecodeError::Namespace),
    ];
    for (text, error) in cases {
        assert_eq!(decode(text).err(), Some(error), "{text}");
    }
}

#[test]
fn no_auth_is_sent_as_none() {
    assert_eq!(connect_frame(&Value::Null).text, "40");
    assert_eq!(connect_frame(&json!({ "token": "t" })).text, r#"40{"token":"t"}"#);
}

fn anything_like_a_packet() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-6][0-6]?[0-9]{0,4}-?(/[a-z]?,)?[0-9]{0,25}[\\[{\"a-z0-9:,\\]}]{0,40}",
        r#"4[2356][0-9]{0,3}-?[0-9]{0,3}\["[a-z]{0,4}"(,[0-9]{1,3}){0,3}\]"#,
    ]
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in anything_like_a_packet()) {
        let _ = decode(&text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let _ = decode(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn an_event_comes_back_as_it_was(name: String, text: String, id: Option<u64>, count in 0_usize..4) {
        let payload = json!({ "text": text, "list": [1, null, "x"] });
        let frame = event_frame(&name, &payload, id, vec![Bytes::from_static(b"b"); count]).unwrap();
        let Ok(Packet::Event(event)) = decode(&frame.text) else { panic!("not an event: {}", frame.text) };
        prop_assert_eq!((event.id, event.name, event.attachments), (id, name, count));
        prop_assert_eq!(event.payload.parse::<Value>().unwrap(), payload);
    }

    #[test]
    fn an_acknowledgement_comes_back_as_it_was(text: String, id: u64, count in 0_usize..4) {
        let frame = ack_frame(id, &text, vec![Bytes::from_static(b"b"); count]).unwrap();
        let Ok(Packet::Ack(ack)) = decode(&frame.text) else { panic!("not an ack: {}", frame.text) };
        prop_assert_eq!((ack.id, ack.attachments), (id, count));
        prop_assert_eq!(ack.payload.parse::<String>().unwrap(), text);
    }
}
