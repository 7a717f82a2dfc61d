//! Whatever one side can say, the other reads as the same.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use proptest::prelude::*;
use protocol::{
    Access, Answer, Code, Epoch, Hue, MessageId, Millis, Name, NoteId, PeerId, Position, Refusal, Replay, RoomId, Seq,
    ServerEvent, UserId,
    auth::{Ended, Expiring},
    chat::ChatMessage,
    cursor::{CursorAt, CursorMoved, CursorsMoved},
    document::{Caret, CaretAt, CaretMoved, DocumentEdited, Operation, Step},
    drain::Draining,
    health::Mode,
    note::{Change, Note, NoteChanged},
    notification::Notification,
    presence::{Presence, PresenceChanged, PresenceEntry},
    refusal::Refused,
    room::{Welcome, You},
    typing::{TypingAt, TypingChanged},
};

/// Numbers that JavaScript can hold.
const SAFE: u64 = 1 << 53;

fn room() -> impl Strategy<Value = RoomId> {
    "[A-Za-z0-9][A-Za-z0-9._-]{0,63}".prop_map(|id| id.parse().unwrap())
}

fn user() -> impl Strategy<Value = UserId> {
    "[!-~]{1,128}".prop_map(|id| id.parse().unwrap())
}

fn name() -> impl Strategy<Value = Name> {
    "\\p{L}[\\p{L}\\p{N} ]{0,38}\\p{L}".prop_map(|name| name.parse().unwrap())
}

fn hue() -> impl Strategy<Value = Hue> {
    (0_u16..360).prop_map(|degrees| degrees.try_into().unwrap())
}

fn person() -> impl Strategy<Value = PresenceEntry> {
    (
        user(),
        name(),
        hue(),
        prop::collection::vec(any::<u32>(), 1..4),
        0..SAFE,
    )
        .prop_map(|(user_id, name, hue, peers, since)| {
            let peers = peers.into_iter().map(PeerId).collect();
            PresenceEntry {
                user_id,
                name,
                hue,
                peers,
                since: Millis(since),
            }
        })
}

fn message() -> impl Strategy<Value = ChatMessage> {
    (room(), user(), name(), "\\PC{1,100}", 0..SAFE, 0..SAFE, id()).prop_map(
        |(room, user_id, name, text, at, seq, id)| ChatMessage {
            room,
            user_id,
            name,
            text,
            at: Millis(at),
            seq: Seq(seq),
            id,
        },
    )
}

fn spot() -> impl Strategy<Value = CursorAt> {
    (any::<u32>(), -1e6..1e6, -1e6..1e6).prop_map(|(peer, x, y)| CursorAt::new(PeerId(peer), x, y))
}

fn id() -> impl Strategy<Value = MessageId> {
    "[!-~]{1,64}".prop_map(|id| id.parse().unwrap())
}

fn note_id() -> impl Strategy<Value = NoteId> {
    "[!-~]{1,64}".prop_map(|id| id.parse().unwrap())
}

fn note() -> impl Strategy<Value = Note> {
    (note_id(), user(), spot(), hue(), "\\PC{0,40}", 0..SAFE, 0..SAFE).prop_map(
        |(id, user_id, CursorAt(_, x, y), hue, text, version, at)| Note {
            id,
            user_id,
            x,
            y,
            hue,
            text,
            version: Seq(version),
            at: Millis(at),
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        note().prop_map(
            |Note {
                 id, x, y, hue, text, ..
             }| Change::Make {
                note: id,
                x,
                y,
                hue,
                text
            }
        ),
        note().prop_map(|Note { id, x, y, .. }| Change::Move { note: id, x, y }),
        note().prop_map(|Note { id, hue, .. }| Change::Color { note: id, hue }),
        note().prop_map(|Note { id, version, text, .. }| Change::Edit {
            note: id,
            version,
            text
        }),
        note_id().prop_map(|note| Change::Delete { note }),
    ]
}

fn changed() -> impl Strategy<Value = NoteChanged> {
    (room(), user(), 0..SAFE, id(), 0..SAFE, change()).prop_map(|(room, user_id, seq, id, at, change)| NoteChanged {
        room,
        user_id,
        seq: Seq(seq),
        id,
        at: Millis(at),
        change,
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    let step = prop_oneof![
        (1_u32..).prop_map(Step::Retain),
        (1_u32..).prop_map(Step::Delete),
        "\\PC{1,20}".prop_map(Step::Insert),
    ];
    prop::collection::vec(step, 0..6).prop_map(Operation)
}

fn edited() -> impl Strategy<Value = DocumentEdited> {
    (room(), user(), any::<u32>(), 0..SAFE, id(), operation()).prop_map(|(room, user_id, peer, seq, id, operation)| {
        DocumentEdited {
            room,
            user_id,
            peer: PeerId(peer),
            seq: Seq(seq),
            id,
            operation,
        }
    })
}

fn caret() -> impl Strategy<Value = CaretAt> {
    let caret = (0..SAFE, any::<u32>(), any::<u32>()).prop_map(|(seq, anchor, head)| Caret {
        seq: Seq(seq),
        anchor,
        head,
    });
    (any::<u32>(), prop::option::of(caret)).prop_map(|(peer, caret)| CaretAt {
        peer: PeerId(peer),
        caret,
    })
}

fn typing() -> impl Strategy<Value = TypingAt> {
    any::<(u32, bool)>().prop_map(|(peer, typing)| TypingAt(PeerId(peer), typing))
}

fn frame() -> impl Strategy<Value = CursorsMoved> {
    (
        room(),
        0..SAFE,
        prop::collection::vec(spot(), 0..9),
        prop::collection::vec(caret(), 0..4),
        prop::collection::vec(typing(), 0..4),
    )
        .prop_map(|(room, at, moves, carets, typing)| CursorsMoved {
            room,
            at: Millis(at),
            moves,
            carets,
            typing,
        })
}

fn refusal() -> impl Strategy<Value = Refusal> {
    (
        prop::sample::select(Code::ALL),
        "\\PC{0,80}",
        prop::option::of(0..SAFE),
        prop::option::of(note()),
    )
        .prop_map(|(code, message, retry_after_ms, current)| Refusal {
            code,
            message,
            retry_after_ms,
            current: current.map(Box::new),
        })
}

fn event() -> impl Strategy<Value = ServerEvent> {
    let people = || prop::collection::vec(person(), 0..4);
    prop_oneof![
        (room(), people()).prop_map(|(room, present)| Presence { room, present }.into()),
        (room(), people(), prop::collection::vec(user(), 0..4)).prop_map(|(room, changed, left)| PresenceChanged {
            room,
            changed,
            left
        }
        .into()),
        message().prop_map(ServerEvent::from),
        (room(), user(), spot()).prop_map(|(room, user_id, CursorAt(peer, x, y))| CursorMoved {
            room,
            user_id,
            x,
            y,
            peer
        }
        .into()),
        frame().prop_map(ServerEvent::from),
        edited().prop_map(ServerEvent::from),
        changed().prop_map(ServerEvent::from),
        (room(), user(), caret()).prop_map(|(room, user_id, CaretAt { peer, caret })| CaretMoved {
            room,
            user_id,
            peer,
            caret
        }
        .into()),
        (room(), user(), typing()).prop_map(|(room, user_id, TypingAt(peer, typing))| TypingChanged {
            room,
            user_id,
            peer,
            typing
        }
        .into()),
        (id(), user(), name(), "\\PC{1,100}", prop::option::of(room()), 0..SAFE).prop_map(
            |(id, from, name, text, room, at)| Notification {
                id,
                from,
                name,
                text,
                room,
                at: Millis(at)
            }
            .into()
        ),
        ("[a-z.]{1,20}", refusal()).prop_map(|(event, error)| Refused { event, error }.into()),
        (0..SAFE, 0..SAFE).prop_map(|(expires_at, grace_ms)| Expiring {
            expires_at: Millis(expires_at),
            grace_ms
        }
        .into()),
        refusal().prop_map(|error| Ended { error }.into()),
        (0..SAFE).prop_map(|retry_after_ms| Draining { retry_after_ms }.into()),
    ]
}

proptest! {
    #[test]
    fn events(event in event()) {
        let json = serde_json::to_string(&event).unwrap();
        prop_assert_eq!(ServerEvent::decode(event.name(), &json).unwrap().unwrap(), event);
    }

    #[test]
    fn welcomes(
        room in room(),
        you in person(),
        present in prop::collection::vec(person(), 0..4),
        cursors in prop::collection::vec(spot(), 0..4),
        entries in prop::collection::vec(message(), 0..4),
        text in prop::option::of("\\PC{0,40}"),
        edits in prop::collection::vec(edited(), 0..3),
        notes in prop::option::of(prop::collection::vec(note(), 0..3)),
        changes in prop::collection::vec(changed(), 0..3),
        carets in prop::collection::vec(caret(), 0..3),
        epoch: u64,
        recovered: bool,
    ) {
        let position = Position { epoch: Epoch(epoch), seq: Seq(entries.len() as u64) };
        let you = You { user_id: you.user_id, peer: you.peers[0], name: you.name, hue: you.hue };
        let typing = carets.iter().map(|caret| caret.peer).collect();
        let chat = Replay { position, recovered, snapshot: None, entries };
        let document = Replay { position, recovered, snapshot: text, entries: edits };
        let note = Replay { position, recovered, snapshot: notes, entries: changes };
        let (instance, mode, at) = ("node-a".to_owned(), Mode::Memory, Millis(5));
        let welcome = Welcome {
            room, you, present, access: Access::default(), cursors, chat, document, note, carets, typing, recovered, instance, mode, tick_ms: 33, at,
        };
        let json = serde_json::to_string(&Answer::Granted(welcome.clone())).unwrap();
        prop_assert_eq!(serde_json::from_str::<Answer<Welcome>>(&json).unwrap(), Answer::Granted(welcome));
    }

    #[test]
    fn refusals(refusal in refusal()) {
        let json = serde_json::to_string(&Answer::<()>::from(Err(refusal.clone()))).unwrap();
        prop_assert_eq!(serde_json::from_str::<Answer<()>>(&json).unwrap(), Answer::Refused { error: refusal });
    }

    #[test]
    fn no_json_makes_the_decoder_panic(name in "[a-z.]{0,16}", json in "\\PC{0,200}") {
        for name in ServerEvent::NAMES.iter().copied().chain([name.as_str()]) {
            drop(ServerEvent::decode(name, &json));
        }
    }
}
