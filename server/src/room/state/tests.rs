//! A room without sockets, store or clock: what goes in, what comes out.

use super::*;
use crate::{
    room::{command::Addressee, outbox::Out},
    store::{Entry, NewEntry, Span},
};
use protocol::{Epoch, Position, Seq, ServerEvent, UserId, chat::Say};
use std::sync::mpsc::{Receiver, Sender, channel};

mod access;
mod logs;
mod moves;

const END: Position = Position {
    epoch: Epoch(1),
    seq: Seq(3),
};

fn state() -> State {
    let settings = Settings {
        instance: "test".into(),
        mode: Mode::Memory,
        members: 2,
        open: true,
        grace: Duration::from_secs(2),
        life: None,
    };
    let opened = Opened {
        chat: Loaded {
            end: Position {
                seq: Seq(END.seq.0 - 1),
                ..END
            },
            ..nothing()
        },
        document: nothing(),
        note: nothing(),
        access: nothing(),
    };
    State::open("sky".parse().unwrap(), settings.into(), &opened).unwrap()
}

/// A log that was never written.
fn nothing() -> Loaded {
    Loaded {
        end: Position {
            epoch: Epoch(1),
            seq: Seq(0),
        },
        snapshot: None,
        entries: Vec::new(),
    }
}

/// Somebody who has much to read already.
struct Behind(Sender<Result<Reply, Refusal>>);

impl Addressee for Behind {
    fn puts_off(&self) -> Option<Refusal> {
        Some(Refusal::new(Code::Busy, "Read that first."))
    }

    fn answer(self: Box<Self>, answer: Result<Reply, Refusal>) {
        drop(self.0.send(answer));
    }
}

type Answer = Receiver<Result<Reply, Refusal>>;

fn ticket() -> (Ticket, Answer) {
    let (sender, receiver) = channel();
    (Ticket::new(move |answer| drop(sender.send(answer))), receiver)
}

fn join(
    state: &mut State,
    user: &str,
    peer: u32,
    resume: Option<Position>,
) -> (Outbox, Receiver<Result<Reply, Refusal>>) {
    let user_id: UserId = user.parse().unwrap();
    let who = Identity {
        hue: protocol::Hue::of(&user_id),
        name: user.parse().unwrap(),
        user_id,
    };
    let resume = resume.map(|position| protocol::room::Resume {
        chat: Some(position),
        ..Default::default()
    });
    let join = Join {
        room: "sky".parse().unwrap(),
        resume,
        batch: true,
        invite: None,
    };
    let (ticket, answer) = ticket();
    let mut out = Outbox::new();
    state.handle(
        Now::read(),
        Command::Join {
            peer: PeerId(peer),
            wished: Box::new((who, join)),
            granted: None,
            ticket,
        },
        &mut out,
    );
    (out, answer)
}

fn say(state: &mut State, peer: u32, id: &str) -> (Outbox, Receiver<Result<Reply, Refusal>>) {
    let say = Say {
        room: "sky".parse().unwrap(),
        text: id.to_owned(),
        id: Some(id.parse().unwrap()),
    };
    let (ticket, answer) = ticket();
    let mut out = Outbox::new();
    state.handle(
        Now::read(),
        Command::Say {
            peer: PeerId(peer),
            say: Box::new(say),
            ticket,
        },
        &mut out,
    );
    (out, answer)
}

/// Plays the log: answers the one read that is asked for.
fn read(state: &mut State, out: Outbox, page: Page) -> (Span, Outbox) {
    for effect in out {
        if let Effect::Log(LogCall::Read { spans, purpose }) = effect {
            let mut out = Outbox::new();
            let (topic, span) = spans[0];
            state.finish(Now::read(), Done::Read(purpose, Ok(vec![(topic, page)])), &mut out);
            return (span, out);
        }
    }
    panic!("nothing was to be read");
}

fn appends(out: &Outbox) -> Vec<&NewEntry> {
    let entry = |effect: &'_ Effect| matches!(effect, Effect::Log(LogCall::Append { .. }));
    out.iter()
        .filter(|effect| entry(effect))
        .map(|effect| match effect {
            Effect::Log(LogCall::Append { entry, .. }) => entry,
            _ => unreachable!(),
        })
        .collect()
}

fn appended(state: &mut State, topic: Topic, result: Result<Appended, LogError>) -> Outbox {
    let mut out = Outbox::new();
    state.finish(Now::read(), Done::Appended(topic, result), &mut out);
    out
}

fn settle(out: Outbox) {
    for effect in out {
        if let Effect::Out(Out::Answer(ticket, answer)) = effect {
            ticket.answer(answer);
        }
    }
}

fn page(first: u64) -> Page {
    Page {
        end: END,
        first: Seq(first),
        entries: Vec::new(),
    }
}

#[test]
fn a_newcomer_hears_the_room_before_the_snapshot_is_cut() {
    let mut state = state();
    let (out, answer) = join(&mut state, "ann", 1, None);
    let admitted = out
        .iter()
        .position(|effect| matches!(effect, Effect::Out(Out::Admit { .. })));
    let cut = out
        .iter()
        .position(|effect| matches!(effect, Effect::Log(LogCall::Read { .. })));
    assert!(admitted.unwrap() < cut.unwrap());
    let (span, out) = read(&mut state, out, page(1));
    assert_eq!(span, Span::Newest(CHAT_PAGE as usize));
    settle(out);
    assert!(matches!(answer.recv(), Ok(Ok(Reply::Welcome(welcome))) if !welcome.recovered));
}

#[test]
fn who_stands_where_the_log_has_been_is_recovered() {
    let mut state = state();
    let stand = Position { seq: Seq(2), ..END };
    let (out, answer) = join(&mut state, "ann", 1, Some(stand));
    let (span, out) = read(&mut state, out, page(1));
    assert_eq!(span, Span::After(Seq(2)));
    settle(out);
    assert!(matches!(answer.recv(), Ok(Ok(Reply::Welcome(welcome))) if welcome.recovered));
}

#[test]
fn who_stands_elsewhere_gets_a_snapshot() {
    let other_life = Position {
        epoch: Epoch(2),
        seq: Seq(2),
    };
    let beyond_the_end = Position { seq: Seq(4), ..END };
    let kept_no_longer = Position { seq: Seq(1), ..END };
    for (stand, first) in [(other_life, 1), (beyond_the_end, 1), (kept_no_longer, 3)] {
        let mut state = state();
        let (out, answer) = join(&mut state, "ann", 1, Some(stand));
        let (_, out) = read(&mut state, out, page(first));
        let (span, out) = read(&mut state, out, page(first));
        assert_eq!(span, Span::Newest(CHAT_PAGE as usize));
        settle(out);
        assert!(
            matches!(answer.recv(), Ok(Ok(Reply::Welcome(welcome))) if !welcome.recovered),
            "{stand:?}"
        );
    }
}

#[test]
fn lines_are_written_one_at_a_time_in_the_order_they_came() {
    let mut state = state();
    join(&mut state, "ann", 1, None);
    let (out, one) = say(&mut state, 1, "one");
    assert_eq!(appends(&out)[0].id.as_str(), "one");
    let (out, two) = say(&mut state, 1, "two");
    assert!(appends(&out).is_empty());
    let out = appended(&mut state, Topic::Chat, Ok(Appended::New(END)));
    assert_eq!(appends(&out)[0].id.as_str(), "two");
    assert!(
        out.iter()
            .any(|effect| matches!(effect, Effect::Out(Out::Emit(Audience::All, ServerEvent::Chat(_)))))
    );
    settle(out);
    assert!(matches!(one.recv(), Ok(Ok(Reply::Said(said))) if said.seq == END.seq));
    assert!(two.try_recv().is_err(), "not answered before it has its place");
}

#[test]
fn a_line_that_is_known_is_answered_with_its_first_place_and_not_said_again() {
    let mut state = state();
    join(&mut state, "ann", 1, None);
    let (out, answer) = say(&mut state, 1, "one");
    let NewEntry { by, id, body } = appends(&out)[0].clone();
    let out = appended(
        &mut state,
        Topic::Chat,
        Ok(Appended::Repeated(Entry {
            seq: Seq(1),
            by,
            id,
            body,
        })),
    );
    assert!(!out.iter().any(|effect| matches!(effect, Effect::Out(Out::Emit(..)))));
    settle(out);
    assert!(matches!(answer.recv(), Ok(Ok(Reply::Said(said))) if said.seq == Seq(1)));
}

#[test]
fn a_line_that_could_not_be_stored_is_refused_and_holds_up_none() {
    let mut state = state();
    join(&mut state, "ann", 1, None);
    let (_, one) = say(&mut state, 1, "one");
    say(&mut state, 1, "two");
    let out = appended(&mut state, Topic::Chat, Err(LogError::Unavailable("gone".into())));
    assert_eq!(appends(&out)[0].id.as_str(), "two");
    settle(out);
    assert_eq!(one.recv().unwrap().unwrap_err().code, Code::StoreUnavailable);
}

#[test]
fn too_many_lines_at_once_are_refused_and_counted() {
    let mut state = state();
    join(&mut state, "ann", 1, None);
    let answers: Vec<_> = (0..300).map(|n| say(&mut state, 1, &n.to_string())).collect();
    let refused = answers.into_iter().filter_map(|(out, answer)| {
        settle(out);
        answer.try_recv().ok()?.err()
    });
    let codes: Vec<Code> = refused.map(|refusal| refusal.code).collect();
    assert_eq!(codes, [Code::Busy; 300 - 256]);
    assert_eq!(state.take_overflows(), [Topic::Chat; 44]);
    assert!(state.take_overflows().is_empty());
}

#[test]
fn who_left_while_the_welcome_was_made_is_not_welcomed() {
    let mut state = state();
    let (out, answer) = join(&mut state, "ann", 1, None);
    state.handle(Now::read(), Command::leave_silently(PeerId(1)), &mut Outbox::new());
    let (_, out) = read(&mut state, out, page(1));
    settle(out);
    assert_eq!(answer.recv().unwrap().unwrap_err().code, Code::NotJoined);
    assert!(state.is_empty());
}

#[test]
fn who_has_too_much_to_read_already_is_not_let_in() {
    let mut state = state();
    let (out, _) = join(&mut state, "ann", 1, None);
    let (sender, answer) = channel();
    let out = behind(out, &sender);
    let (_, out) = read(&mut state, out, page(1));
    settle(out);
    let refusal = answer.recv().unwrap().unwrap_err();
    assert_eq!(refusal.code, Code::Busy);
    assert!(state.is_empty());
}

#[test]
fn who_has_too_much_to_read_already_gets_no_older_lines_on_top() {
    let mut state = state();
    join(&mut state, "ann", 1, None);
    let (sender, answer) = channel();
    let (room, peer) = ("sky".parse().unwrap(), PeerId(1));
    let read_chat = Box::new(ReadChat {
        room,
        before: Seq(5),
        limit: 2,
    });
    let ticket = Ticket::new(Behind(sender));
    let mut out = Outbox::new();
    state.handle(
        Now::read(),
        Command::ReadChat {
            peer,
            read: read_chat,
            ticket,
        },
        &mut out,
    );
    let (_, out) = read(&mut state, out, page(1));
    settle(out);
    assert_eq!(answer.recv().unwrap().unwrap_err().code, Code::Busy);
    assert!(!state.is_empty(), "they stay where they are");
}

/// The same, but whoever waits for a welcome has much to read meanwhile.
fn behind(out: Outbox, sender: &Sender<Result<Reply, Refusal>>) -> Outbox {
    let change = |effect| match effect {
        Effect::Log(LogCall::Read {
            spans,
            purpose: Purpose::Welcome(newcomer),
        }) => {
            let ticket = Ticket::new(Behind(sender.clone()));
            let purpose = Purpose::Welcome(Newcomer { ticket, ..newcomer });
            Effect::Log(LogCall::Read { spans, purpose })
        }
        other => other,
    };
    out.into_iter().map(change).collect()
}
