//! The JSON of every payload, fixed by example: what stands in `fixtures/` is read and written back unchanged. A change here
//! is a change of the protocol that other people's clients speak.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use protocol::{
    Answer, ServerEvent,
    access::{AccessChanged, ChangeAccess},
    auth::{Auth, Claims, Refresh, Refreshed},
    chat::{ChatPage, ReadChat, Said, Say},
    cursor::MoveCursor,
    document::{EditDocument, Edited, MoveCaret},
    health::Health,
    note::{ChangeNote, Noted},
    notification::Notify,
    room::{Join, Leave, Left, Welcome},
    tape::{ReadTape, TapeReading},
    typing::Type,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Reads a payload and writes it back.
fn again<T: Serialize + DeserializeOwned>(json: &str) -> Value {
    serde_json::to_value(serde_json::from_str::<T>(json).unwrap()).unwrap()
}

fn through(kind: &str, json: &str) -> Value {
    match kind {
        "Auth" => again::<Auth>(json),
        "Claims" => again::<Claims>(json),
        "ChangeAccess" => again::<ChangeAccess>(json),
        "Answer<AccessChanged>" => again::<Answer<AccessChanged>>(json),
        "Refresh" => again::<Refresh>(json),
        "Answer<Refreshed>" => again::<Answer<Refreshed>>(json),
        "Say" => again::<Say>(json),
        "Answer<Said>" => again::<Answer<Said>>(json),
        "ReadChat" => again::<ReadChat>(json),
        "Answer<ChatPage>" => again::<Answer<ChatPage>>(json),
        "Type" => again::<Type>(json),
        "EditDocument" => again::<EditDocument>(json),
        "Answer<Edited>" => again::<Answer<Edited>>(json),
        "MoveCaret" => again::<MoveCaret>(json),
        "ChangeNote" => again::<ChangeNote>(json),
        "Answer<Noted>" => again::<Answer<Noted>>(json),
        "Notify" => again::<Notify>(json),
        "MoveCursor" => again::<MoveCursor>(json),
        "Join" => again::<Join>(json),
        "Leave" => again::<Leave>(json),
        "Answer<Left>" => again::<Answer<Left>>(json),
        "Answer<Welcome>" => again::<Answer<Welcome>>(json),
        "ReadTape" => again::<ReadTape>(json),
        "Answer<TapeReading>" => again::<Answer<TapeReading>>(json),
        "Health" => again::<Health>(json),
        event => {
            let decoded = ServerEvent::decode(event, json)
                .unwrap_or_else(|| panic!("no event {event}"))
                .unwrap();
            assert_eq!(decoded.name(), event);
            serde_json::to_value(decoded).unwrap()
        }
    }
}

#[test]
fn every_fixture_is_read_and_written_back_unchanged() {
    let mut kinds = Vec::new();
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for (kind, payload) in serde_json::from_str::<Vec<(String, Value)>>(&text).unwrap() {
            assert_eq!(through(&kind, &payload.to_string()), payload, "{kind}");
            kinds.push(kind);
        }
    }
    for name in ServerEvent::NAMES {
        assert!(kinds.iter().any(|kind| kind == name), "no fixture of {name}");
    }
}

#[test]
fn fields_from_the_future_are_ignored() {
    let join: Join = serde_json::from_str(r#"{ "room": "sky", "colour": "blue" }"#).unwrap();
    assert_eq!(join.room.as_str(), "sky");
}
