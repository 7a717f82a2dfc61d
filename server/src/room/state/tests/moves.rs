//! The tick lane of a room: typing that ends, and carets that follow what is edited.

use super::*;
use protocol::{
    document::{Caret, EditDocument, Operation, Step},
    limits::TYPING_MS,
};

/// A room in which ann (1) and bob (2) are.
fn room() -> State {
    let mut state = state();
    join(&mut state, "ann", 1, None);
    join(&mut state, "bob", 2, None);
    state
}

fn asked(state: &mut State, now: Now, command: impl FnOnce(Ticket) -> Command) -> Outbox {
    let mut out = Outbox::new();
    state.handle(
        now,
        command(Ticket::new(|answer: Result<Reply, _>| drop(answer.unwrap()))),
        &mut out,
    );
    out
}

fn types(state: &mut State, now: Now, typing: bool) {
    let peer = PeerId(1);
    asked(state, now, |ticket| Command::Type { peer, typing, ticket });
}

fn is_typing(state: &State) -> bool {
    state.tick.typing().get(PeerId(1)) == Some(true)
}

#[test]
fn typing_ends_with_the_message_with_the_connection_and_by_itself() {
    let start = Now::read();
    let mut state = room();
    types(&mut state, start, true);
    assert!(is_typing(&state));
    say(&mut state, 1, "said");
    assert!(!is_typing(&state));

    types(&mut state, start, true);
    types(&mut state, start, false);
    assert!(!is_typing(&state));

    types(&mut state, start, true);
    let later = start.after(Duration::from_millis(TYPING_MS));
    assert!(state.due().is_some_and(|due| due <= later.instant));
    state.wake(later, &mut Outbox::new());
    assert!(!is_typing(&state));

    types(&mut state, later, true);
    state.handle(later, Command::Lose(PeerId(1)), &mut Outbox::new());
    assert!(!is_typing(&state));
}

#[test]
fn a_caret_stays_before_what_others_write_and_goes_with_what_one_writes() {
    let mut state = room();
    let now = Now::read();
    let edit = |state: &mut State, peer: u32, seq: u64, steps: Vec<Step>| {
        let peer = PeerId(peer);
        let edit = EditDocument {
            room: "sky".parse().unwrap(),
            base: Position {
                epoch: Epoch(1),
                seq: Seq(seq - 1),
            },
            operation: Operation(steps),
            id: Some(seq.to_string().parse().unwrap()),
        };
        let edit = Box::new(edit);
        asked(state, now, |ticket| Command::EditDocument { peer, edit, ticket });
        let end = Position {
            epoch: Epoch(1),
            seq: Seq(seq),
        };
        appended(state, Topic::Document, Ok(Appended::New(end)));
    };
    let caret = |state: &State| state.tick.carets().get(PeerId(1)).flatten();
    edit(&mut state, 1, 1, vec![Step::Insert("ab".into())]);
    let placed = Caret {
        seq: Seq(1),
        anchor: 1,
        head: 1,
    };
    asked(&mut state, now, |ticket| Command::MoveCaret {
        peer: PeerId(1),
        caret: Some(Box::new(placed)),
        ticket,
    });
    assert_eq!(caret(&state), Some(placed));
    let between = |text: &str, rest: u32| vec![Step::Retain(1), Step::Insert(text.into()), Step::Retain(rest)];
    edit(&mut state, 2, 2, between("bob", 1));
    let stayed = caret(&state).unwrap();
    assert_eq!((stayed.seq, stayed.head), (Seq(2), 1));
    edit(&mut state, 1, 3, between("ann", 4));
    assert_eq!(caret(&state).unwrap().head, 4);
    // One of an older revision is brought to the newest; one of a revision to come is not shown.
    asked(&mut state, now, |ticket| Command::MoveCaret {
        peer: PeerId(2),
        caret: Some(Box::new(placed)),
        ticket,
    });
    let bobs = state.tick.carets().get(PeerId(2)).flatten().unwrap();
    assert_eq!((bobs.seq, bobs.head), (Seq(3), 7));
    asked(&mut state, now, |ticket| Command::MoveCaret {
        peer: PeerId(2),
        caret: Some(Box::new(Caret {
            seq: Seq(9),
            anchor: 0,
            head: 0,
        })),
        ticket,
    });
    assert_eq!(state.tick.carets().get(PeerId(2)), Some(None));
    state.handle(now, Command::Lose(PeerId(1)), &mut Outbox::new());
    assert_eq!(state.tick.carets().get(PeerId(1)), Some(None), "told to be gone");
}
