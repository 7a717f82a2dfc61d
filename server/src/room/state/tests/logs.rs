//! The log lane of a room: what is composed, when it is composed anew, and what is refused.

use super::*;
use crate::store::Witness;
use ::document::wire;
use protocol::{
    NoteId,
    document::{EditDocument, Operation, Step},
    note::{Change, ChangeNote},
    refusal::Refused,
};

const EPOCH: Epoch = Epoch(1);

fn at(seq: u64) -> Position {
    Position {
        epoch: EPOCH,
        seq: Seq(seq),
    }
}

/// A room in which ann (1) and bob (2) are.
fn room() -> State {
    let mut state = state();
    join(&mut state, "ann", 1, None);
    join(&mut state, "bob", 2, None);
    state
}

fn edit(state: &mut State, peer: u32, id: &str, base: Position, steps: Vec<Step>) -> (Outbox, Answer) {
    let edit = EditDocument {
        room: "sky".parse().unwrap(),
        base,
        operation: Operation(steps),
        id: Some(id.parse().unwrap()),
    };
    let (ticket, answer) = ticket();
    let mut out = Outbox::new();
    let peer = PeerId(peer);
    let edit = Box::new(edit);
    state.handle(Now::read(), Command::EditDocument { peer, edit, ticket }, &mut out);
    (out, answer)
}

fn change(state: &mut State, peer: u32, id: &str, change: Change) -> (Outbox, Answer) {
    let change = ChangeNote {
        room: "sky".parse().unwrap(),
        change,
        id: Some(id.parse().unwrap()),
    };
    let (ticket, answer) = ticket();
    let mut out = Outbox::new();
    let peer = PeerId(peer);
    let change = Box::new(change);
    state.handle(Now::read(), Command::ChangeNote { peer, change, ticket }, &mut out);
    (out, answer)
}

fn insert(text: &str) -> Vec<Step> {
    vec![Step::Insert(text.to_owned())]
}

fn note(name: &str) -> NoteId {
    name.parse().unwrap()
}

/// Gives what is to be appended its place; returns what follows.
fn place(state: &mut State, topic: Topic, seq: u64) -> Outbox {
    appended(state, topic, Ok(Appended::New(at(seq))))
}

/// Plays the log that is told what was known of it: it ends here, and nothing came after. Returns what it was told.
fn witness(state: &mut State, out: &Outbox, end: Position) -> (Witness, Outbox) {
    let told = out.iter().find_map(|effect| match effect {
        Effect::Log(LogCall::Witness(topic, witness)) => Some((*topic, witness.clone())),
        _ => None,
    });
    let (topic, witness) = told.unwrap();
    let page = Page {
        end,
        first: Seq(1),
        entries: Vec::new(),
    };
    let mut out = Outbox::new();
    state.finish(
        Now::read(),
        Done::Witnessed(topic, witness.position, Ok(page)),
        &mut out,
    );
    (witness, out)
}

/// What the log is asked to look for before a refusal.
fn looked_for(out: &Outbox) -> Option<(Topic, Refusal)> {
    out.iter().find_map(|effect| match effect {
        Effect::Log(LogCall::Find { topic, refusal, .. }) => Some((*topic, refusal.clone())),
        _ => None,
    })
}

/// Plays the log that does not know what it is asked for.
fn not_found(state: &mut State, out: &Outbox) -> Outbox {
    let (topic, refusal) = looked_for(out).unwrap();
    let mut out = Outbox::new();
    state.finish(Now::read(), Done::Found(topic, refusal, Ok(None)), &mut out);
    out
}

fn text(state: &State) -> String {
    state.document.book().text()
}

#[test]
fn an_edit_of_an_older_revision_is_transformed_over_what_came_since() {
    let mut state = room();
    edit(&mut state, 1, "a", at(0), insert("world"));
    settle(place(&mut state, Topic::Document, 1));
    let (_, answer) = edit(&mut state, 2, "b", at(0), insert("!"));
    let out = place(&mut state, Topic::Document, 2);
    let heard = out.iter().find_map(|effect| match effect {
        Effect::Out(Out::Emit(Audience::All, ServerEvent::DocumentEdited(edited))) => Some(edited.clone()),
        _ => None,
    });
    let heard = heard.unwrap();
    assert_eq!((heard.seq, heard.peer), (Seq(2), PeerId(2)));
    assert_eq!(wire::read(&heard.operation).unwrap().base_len(), 5);
    assert_eq!(text(&state), "world!");
    settle(out);
    assert!(matches!(answer.recv(), Ok(Ok(Reply::Edited(edited))) if edited.seq == Seq(2)));
}

#[test]
fn what_another_replica_wrote_meanwhile_is_read_taken_and_the_edit_composed_anew() {
    let mut state = room();
    let (out, _) = edit(&mut state, 1, "a", at(0), insert("mine"));
    let mine = appends(&out)[0].clone();
    let out = appended(&mut state, Topic::Document, Ok(Appended::Conflict(Seq(1))));
    let theirs = Entry {
        seq: Seq(1),
        by: "zoe".parse().unwrap(),
        id: "z".parse().unwrap(),
        body: mine.body.replace("mine", "theirs ").into(),
    };
    let page = Page {
        end: at(1),
        first: Seq(1),
        entries: vec![theirs],
    };
    let (span, out) = read(&mut state, out, page);
    assert_eq!(span, Span::After(Seq(0)));
    assert_eq!(text(&state), "theirs ");
    assert_ne!(appends(&out)[0].body, mine.body, "transformed over theirs");
    assert_eq!(appends(&out)[0].id, mine.id);
    place(&mut state, Topic::Document, 2);
    assert_eq!(text(&state), "theirs mine");
}

#[test]
fn an_entry_that_cannot_be_is_not_met_again_and_again() {
    let mut state = room();
    let (_, answer) = edit(&mut state, 1, "a", at(0), insert("mine"));
    let out = appended(&mut state, Topic::Document, Ok(Appended::Conflict(Seq(1))));
    let unfit = Entry {
        seq: Seq(1),
        by: "zoe".parse().unwrap(),
        id: "z".parse().unwrap(),
        body: r#"{"peer":9,"operation":[7]}"#.into(),
    };
    let page = Page {
        end: at(1),
        first: Seq(1),
        entries: vec![unfit],
    };
    let (_, out) = read(&mut state, out, page);
    assert!(appends(&out).is_empty());
    let mut out = Outbox::new();
    let damaged = Err(LogError::Damaged("edit 1".into()));
    state.finish(Now::read(), Done::Loaded(Topic::Document, damaged), &mut out);
    assert!(out.iter().all(|effect| !matches!(effect, Effect::Log(_))));
    settle(out);
    assert_eq!(answer.recv().unwrap().unwrap_err().code, Code::StoreUnavailable);
    assert_eq!(text(&state), "");
}

#[test]
fn what_is_to_be_refused_is_looked_for_first() {
    let mut state = room();
    let other_life = Position {
        epoch: Epoch(9),
        seq: Seq(0),
    };
    for (base, steps, code) in [
        (other_life, insert("x"), Code::HistoryGone),
        (at(1), insert("x"), Code::UnknownRevision),
        (at(0), vec![Step::Retain(1)], Code::BadOperation),
        (at(0), vec![Step::Delete(u32::MAX)], Code::BadOperation),
    ] {
        let (out, answer) = edit(&mut state, 1, "a", base, steps);
        assert!(appends(&out).is_empty());
        settle(not_found(&mut state, &out));
        assert_eq!(answer.recv().unwrap().unwrap_err().code, code);
    }
    // What is there already is answered as it was then.
    let (out, answer) = edit(&mut state, 1, "a", other_life, insert("x"));
    let (topic, refusal) = looked_for(&out).unwrap();
    let known = Entry {
        seq: Seq(7),
        by: "ann".parse().unwrap(),
        id: "a".parse().unwrap(),
        body: "{}".into(),
    };
    let mut out = Outbox::new();
    state.finish(Now::read(), Done::Found(topic, refusal, Ok(Some(known))), &mut out);
    settle(out);
    assert!(matches!(answer.recv(), Ok(Ok(Reply::Edited(edited))) if edited.seq == Seq(7)));
    assert_eq!(text(&state), "", "unharmed");
}

#[test]
fn a_log_that_began_a_new_life_is_read_anew_and_everybody_told() {
    let mut state = room();
    edit(&mut state, 1, "a", at(0), insert("lost"));
    settle(place(&mut state, Topic::Document, 1));
    edit(
        &mut state,
        1,
        "b",
        at(1),
        vec![Step::Retain(4), Step::Insert("!".into())],
    );
    let out = appended(&mut state, Topic::Document, Ok(Appended::Conflict(Seq(0))));
    let anew = Position {
        epoch: Epoch(2),
        seq: Seq(0),
    };
    let (known, out) = witness(&mut state, &out, anew);
    assert_eq!(known.position, at(1), "the log is told first what it has lost");
    assert!(matches!(out[..], [Effect::Log(LogCall::Load(Topic::Document))]));
    let mut loaded = nothing();
    loaded.end.epoch = Epoch(2);
    let mut out = Outbox::new();
    state.finish(Now::read(), Done::Loaded(Topic::Document, Ok(loaded)), &mut out);
    assert_eq!(
        looked_for(&out).unwrap().1.code,
        Code::HistoryGone,
        "the edit was of the old life"
    );
    let told = |effect: &Effect| {
        matches!(effect, Effect::Out(Out::Emit(Audience::All, ServerEvent::Refused(Refused { event, error })))
            if event == "room.join" && error.code == Code::HistoryGone)
    };
    assert!(out.iter().any(told));
    assert_eq!(text(&state), "");
}

#[test]
fn what_waits_while_a_log_is_read_anew_is_asked_for_once() {
    let mut state = room();
    let (out, one) = edit(&mut state, 1, "a", at(0), insert("one"));
    let body = appends(&out)[0].body.clone();
    let (_, two) = edit(&mut state, 2, "b", at(0), insert("two"));
    // The first comes to stand in a life that nobody here has heard of.
    let anew = Position {
        epoch: Epoch(2),
        seq: Seq(1),
    };
    let out = appended(&mut state, Topic::Document, Ok(Appended::New(anew)));
    assert!(appends(&out).is_empty(), "nothing is composed against what is lost");
    settle(out);
    let mut loaded = nothing();
    loaded.end = anew;
    loaded.entries = vec![Entry {
        seq: Seq(1),
        by: "ann".parse().unwrap(),
        id: "a".parse().unwrap(),
        body,
    }];
    let mut out = Outbox::new();
    state.finish(Now::read(), Done::Loaded(Topic::Document, Ok(loaded)), &mut out);
    let asked = looked_for(&out).map(|(_, refusal)| refusal.code);
    assert_eq!(asked, Some(Code::HistoryGone), "the second is of the life before");
    settle(not_found(&mut state, &out));
    assert!(one.recv().unwrap().is_ok());
    assert_eq!(two.recv().unwrap().unwrap_err().code, Code::HistoryGone);
    assert_eq!(text(&state), "one");
}

#[test]
fn a_chat_that_began_a_new_life_is_noticed_too() {
    let mut state = room();
    say(&mut state, 1, "one");
    settle(appended(&mut state, Topic::Chat, Ok(Appended::New(END))));
    say(&mut state, 1, "two");
    let anew = Position {
        epoch: Epoch(2),
        seq: Seq(1),
    };
    let out = appended(&mut state, Topic::Chat, Ok(Appended::New(anew)));
    let read_anew = |effect: &Effect| matches!(effect, Effect::Log(LogCall::Load(Topic::Chat)));
    assert!(out.iter().any(read_anew));
    settle(out);
    let mut out = Outbox::new();
    state.finish(
        Now::read(),
        Done::Loaded(Topic::Chat, Ok(Loaded { end: anew, ..nothing() })),
        &mut out,
    );
    let told = |effect: &Effect| {
        matches!(effect, Effect::Out(Out::Emit(Audience::All, ServerEvent::Refused(Refused { event, error })))
            if event == "room.join" && error.code == Code::HistoryGone)
    };
    assert!(out.iter().any(told));
    say(&mut state, 1, "three");
    let next = Position { seq: Seq(2), ..anew };
    let out = appended(&mut state, Topic::Chat, Ok(Appended::New(next)));
    assert!(!out.iter().any(read_anew), "once");
}

#[test]
fn a_snapshot_is_kept_every_five_hundred_edits() {
    let mut state = room();
    let mut kept = Vec::new();
    for seq in 1..=1000 {
        edit(&mut state, 1, &seq.to_string(), at(seq - 1), {
            let before = u32::try_from(seq - 1).unwrap();
            let mut steps = vec![Step::Insert("x".into())];
            if before > 0 {
                steps.insert(0, Step::Retain(before));
            }
            steps
        });
        for effect in place(&mut state, Topic::Document, seq) {
            if let Effect::Log(LogCall::Compact { snapshot, .. }) = effect {
                kept.push((snapshot.seq.0, snapshot.body.len()));
            }
        }
    }
    assert_eq!(kept, [(500, 500), (1000, 1000)]);
}

#[test]
fn a_snapshot_is_kept_sooner_where_edits_are_heavy() {
    let mut state = room();
    let mut kept = Vec::new();
    let paste = "x".repeat(250_000);
    for seq in 1..=40 {
        let steps = match seq % 2 {
            1 => vec![Step::Insert(paste.clone())],
            _ => vec![Step::Delete(250_000)],
        };
        edit(&mut state, 1, &seq.to_string(), at(seq - 1), steps);
        for effect in place(&mut state, Topic::Document, seq) {
            if let Effect::Log(LogCall::Compact { snapshot, .. }) = effect {
                kept.push((snapshot.seq.0, snapshot.body.len()));
            }
        }
    }
    // Sixteen pastes are less than four MiB, and seventeen more.
    assert_eq!(kept, [(33, 250_000)]);
}

#[test]
fn a_note_saved_against_an_old_version_is_refused_with_the_current_text() {
    let mut state = room();
    change(
        &mut state,
        1,
        "m",
        Change::Make {
            note: note("n"),
            x: 0.0,
            y: 0.0,
            hue: protocol::Hue::try_from(0).unwrap(),
            text: "first".into(),
        },
    );
    settle(place(&mut state, Topic::Note, 1));
    let edited = |text: &str| Change::Edit {
        note: note("n"),
        version: Seq(1),
        text: text.into(),
    };
    // Both were sent against the first version; the second is checked only when the first has its place.
    let (_, one) = change(&mut state, 1, "one", edited("ann's"));
    let (out, two) = change(&mut state, 2, "two", edited("bob's"));
    assert!(looked_for(&out).is_none());
    let out = place(&mut state, Topic::Note, 2);
    let after = not_found(&mut state, &out);
    settle(out);
    settle(after);
    assert!(matches!(one.recv(), Ok(Ok(Reply::Noted(noted))) if noted.seq == Seq(2)));
    let refusal = two.recv().unwrap().unwrap_err();
    assert_eq!(refusal.code, Code::Conflict);
    assert_eq!(refusal.current.unwrap().text, "ann's");
}

#[test]
fn who_was_at_the_end_of_the_document_gets_no_text_and_who_was_not_gets_it_all() {
    let mut state = room();
    edit(&mut state, 1, "a", at(0), insert("text"));
    settle(place(&mut state, Topic::Document, 1));
    let welcome = |state: &mut State, stand: Option<Position>| {
        let (ticket, answer) = ticket();
        let resume = protocol::room::Resume {
            document: stand,
            ..Default::default()
        };
        let join = Join {
            room: "sky".parse().unwrap(),
            resume: Some(resume),
            batch: true,
            invite: None,
        };
        let who = state.presence.holding(PeerId(1)).unwrap().who.clone();
        let mut out = Outbox::new();
        let peer = PeerId(1);
        state.handle(
            Now::read(),
            Command::Join {
                peer,
                wished: Box::new((who, join)),
                granted: None,
                ticket,
            },
            &mut out,
        );
        let (_, out) = read(state, out, page(1));
        settle(out);
        match answer.recv().unwrap().unwrap() {
            Reply::Welcome(welcome) => welcome,
            other => panic!("{other:?}"),
        }
    };
    let stayed = welcome(&mut state, Some(at(1)));
    assert!(stayed.recovered && stayed.document.recovered && stayed.document.snapshot.is_none());
    let other_life = Position {
        epoch: Epoch(9),
        seq: Seq(1),
    };
    for stand in [None, Some(other_life), Some(at(5))] {
        let came = welcome(&mut state, stand);
        assert!(!came.recovered && !came.document.recovered);
        assert_eq!(came.document.snapshot.as_deref(), Some("text"));
        assert_eq!(came.document.position, at(1));
    }
}

#[test]
fn what_is_written_while_the_store_is_away_waits_and_is_asked_again() {
    let mut state = room();
    let (_, one) = say(&mut state, 1, "one");
    let (_, two) = say(&mut state, 1, "two");
    let gone = || Err(LogError::Away("gone".into()));
    let out = appended(&mut state, Topic::Chat, gone());
    assert!(appends(&out).is_empty() && one.try_recv().is_err());
    let (mut out, mut later) = (Outbox::new(), Now::read());
    while !out.iter().any(|effect| matches!(effect, Effect::Log(_))) {
        later.instant = state.due().unwrap();
        state.wake(later, &mut out);
    }
    assert!(appends(&out).is_empty());
    let before = Position {
        seq: Seq(END.seq.0 - 1),
        ..END
    };
    let (_, out) = witness(&mut state, &out, before);
    assert_eq!(
        appends(&out)[0].id.as_str(),
        "one",
        "the same, so that it is known if it was done"
    );
    // The author asks again meanwhile: the same wish, and no second one.
    let (out, again) = say(&mut state, 1, "one");
    assert!(appends(&out).is_empty());
    settle(appended(&mut state, Topic::Chat, Ok(Appended::New(END))));
    assert!(one.recv().unwrap().is_ok() && again.recv().unwrap().is_ok());
    let next = Position {
        seq: END.seq.next(),
        ..END
    };
    settle(appended(&mut state, Topic::Chat, Ok(Appended::New(next))));
    assert!(matches!(two.recv(), Ok(Ok(Reply::Said(said))) if said.seq == next.seq));
    assert!(!state.log(Topic::Chat).is_waiting());
}

#[test]
fn an_entry_of_another_replica_is_told_and_one_that_was_missed_is_read() {
    let mut state = room();
    let entry = |seq: u64| Entry {
        seq: Seq(seq),
        by: "zoe".parse().unwrap(),
        id: format!("z{seq}").parse().unwrap(),
        body: r#"{"name":"Zoe","text":"hello","at":1}"#.into(),
    };
    let told = |out: &Outbox| {
        let chats = |effect: &&Effect| matches!(effect, Effect::Out(Out::Emit(_, ServerEvent::Chat(_))));
        out.iter().filter(chats).count()
    };
    let heard = |state: &mut State, seq: u64| {
        let mut out = Outbox::new();
        let told = crate::cluster::message::RoomTold::Entry(Topic::Chat, EPOCH, entry(seq));
        state.hear(Now::read(), told, &mut out);
        out
    };
    let end = END.seq.0;
    assert_eq!(told(&heard(&mut state, end)), 1);
    assert_eq!(told(&heard(&mut state, end)), 0, "once");
    let out = heard(&mut state, end + 2);
    assert_eq!(told(&out), 0);
    let page = Page {
        end: at(end + 2),
        first: Seq(1),
        entries: vec![entry(end + 1), entry(end + 2)],
    };
    let (span, out) = read(&mut state, out, page);
    assert_eq!(span, Span::After(Seq(end)));
    assert_eq!(told(&out), 2);
}

#[test]
fn what_is_heard_while_a_log_may_have_lost_something_is_not_taken() {
    let mut state = room();
    let mut out = Outbox::new();
    state.look_around(Now::read(), &mut out);
    let forked = Entry {
        seq: END.seq,
        by: "zoe".parse().unwrap(),
        id: "z".parse().unwrap(),
        body: r#"{"name":"Zoe","text":"of another history","at":1}"#.into(),
    };
    let told = crate::cluster::message::RoomTold::Entry(Topic::Chat, EPOCH, forked);
    let mut heard = Outbox::new();
    state.hear(Now::read(), told, &mut heard);
    assert!(heard.is_empty());
    let shorter = Position {
        seq: Seq(END.seq.0 - 2),
        ..END
    };
    let (known, out) = witness(&mut state, &out, shorter);
    assert_eq!(known.position.seq, Seq(END.seq.0 - 1));
    assert!(
        matches!(out[..], [Effect::Log(LogCall::Load(Topic::Chat))]),
        "it ends before"
    );
}

#[test]
fn a_line_that_got_its_place_in_the_end_names_people_all_the_same() {
    let mut state = room();
    let (out, _) = say(&mut state, 1, "one");
    let NewEntry { by, id, body } = appends(&out)[0].clone();
    let body = body.replace("one", "@bob").into();
    let out = appended(&mut state, Topic::Chat, Err(LogError::Away("gone".into())));
    assert!(!named(&out));
    let mut out = Outbox::new();
    state.look_around(Now::read(), &mut out);
    let seq = Seq(END.seq.0 - 1);
    let (_, out) = witness(&mut state, &out, Position { seq, ..END });
    assert_eq!(appends(&out).len(), 1);
    // It was taken the first time, and heard of meanwhile.
    let entry = Entry { seq, by, id, body };
    let out = appended(&mut state, Topic::Chat, Ok(Appended::Repeated(entry)));
    assert!(named(&out));
}

fn named(out: &Outbox) -> bool {
    let notify = |effect: &Effect| matches!(effect, Effect::Out(Out::Notify(user, _)) if user.as_str() == "bob");
    out.iter().any(notify)
}

#[test]
fn all_is_kept_by_the_replica_that_wrote_the_entry_with_which_it_is_time() {
    let mut state = room();
    let kept = |out: &Outbox| {
        let compacts = |effect: &&Effect| matches!(effect, Effect::Log(LogCall::Compact { .. }));
        out.iter().filter(compacts).count()
    };
    for seq in 1..=500 {
        let body = if seq == 1 {
            r#"{"peer":9,"operation":["x"]}"#.to_owned()
        } else {
            format!(r#"{{"peer":9,"operation":[{},"x"]}}"#, seq - 1)
        };
        let entry = Entry {
            seq: Seq(seq),
            by: "zoe".parse().unwrap(),
            id: format!("z{seq}").parse().unwrap(),
            body: body.into(),
        };
        let mut out = Outbox::new();
        let told = crate::cluster::message::RoomTold::Entry(Topic::Document, EPOCH, entry);
        state.hear(Now::read(), told, &mut out);
        assert_eq!(kept(&out), 0, "its author does it");
    }
    assert_eq!(text(&state).len(), 500);
}

#[test]
fn what_may_have_been_missed_while_a_log_is_asked_is_asked_for_once_more() {
    let mut state = room();
    let mut out = Outbox::new();
    state.look_around(Now::read(), &mut out);
    let mut again = Outbox::new();
    state.look_around(Now::read(), &mut again);
    assert!(
        again.iter().all(|effect| !matches!(effect, Effect::Log(_))),
        "one thing at a time"
    );
    let end = Position {
        seq: Seq(END.seq.0 - 1),
        ..END
    };
    let (_, out) = witness(&mut state, &out, end);
    let (_, out) = witness(&mut state, &out, end);
    assert!(out.iter().all(|effect| !matches!(effect, Effect::Log(_))));
}
