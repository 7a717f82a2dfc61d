//! Two pages and a server, with everything that can happen to them: in the end all have the same text.

use super::*;
use ::document::History;
use proptest::prelude::*;
use std::collections::{HashMap, VecDeque};

/// The server's side: the history, what it said, and which ids it knows.
struct Server {
    history: History,
    said: Vec<DocumentEdited>,
    known: HashMap<MessageId, Seq>,
}

/// A page, what is on its way to it, and whether that way is open.
struct Line {
    page: Page,
    peer: PeerId,
    events: VecDeque<DocumentEdited>,
    answers: VecDeque<(MessageId, Seq)>,
    online: bool,
    ids: u32,
}

impl Server {
    fn take(&mut self, line: &Line, sending: Sending) -> (MessageId, Seq) {
        if let Some(seq) = self.known.get(&sending.id) {
            return (sending.id, *seq);
        }
        let operation = wire::read(&sending.operation).unwrap();
        let operation = self.history.rebase(sending.base.seq, operation).unwrap();
        self.history.push(operation.clone()).unwrap();
        let seq = self.history.seq();
        self.known.insert(sending.id.clone(), seq);
        self.said.push(DocumentEdited {
            room: "sky".parse().unwrap(),
            user_id: line.page.model.me.clone(),
            peer: line.peer,
            seq,
            id: sending.id.clone(),
            operation: wire::write(&operation),
        });
        (sending.id, seq)
    }

    fn welcome(&self, position: Option<Position>, whole: bool) -> Replay<DocumentEdited, String> {
        let seq = self.history.seq();
        match position.filter(|_| !whole) {
            Some(position) => recovered(seq.0, self.said[position.seq.0 as usize..].to_vec()),
            None => snapshot(at(seq.0), &self.history.text()),
        }
    }
}

impl Line {
    fn new(user: &str, peer: PeerId) -> Self {
        let mut page = Page::new(user);
        page.model.replayed(snapshot(at(0), ""), &[]);
        Self {
            page,
            peer,
            events: VecDeque::new(),
            answers: VecDeque::new(),
            online: true,
            ids: 0,
        }
    }

    /// A place in the field that cuts no character.
    fn place(&self, wanted: usize) -> usize {
        let shown = self.page.model.shown();
        utf16::to_units(shown, wanted % (shown.chars().count() + 1))
    }

    fn write(&mut self, at: usize, gone: usize, text: &str) {
        let (from, to) = (self.place(at), self.place(at + gone));
        let (from, to) = (from.min(to), from.max(to));
        self.page.types(from, to, text, at as f64 * 100.0).unwrap();
    }

    fn next_id(&mut self) -> MessageId {
        self.ids += 1;
        id(&format!("{}-{}", self.peer.0, self.ids))
    }

    /// The way is lost, with all that is on it.
    fn lose(&mut self) {
        self.online = false;
        self.events.clear();
        self.answers.clear();
        self.page.model.interrupted();
    }

    /// One thing arrives. Returns whether there was one.
    fn hear(&mut self, answer_first: bool) -> bool {
        if let Some((id, seq)) = self.answers.pop_front_if(|_| answer_first || self.events.is_empty()) {
            self.page.model.answered(&id, Ok(Edited { seq }));
            return true;
        }
        let event = self.events.pop_front();
        event.is_some_and(|event| {
            assert_eq!(self.page.model.heard(event), Heard::Taken);
            true
        })
    }
}

/// What happens, to which of the two, with numbers that are made to fit.
#[derive(Clone, Debug)]
enum Happens {
    Write(usize, usize, String),
    Undo,
    Redo,
    Show,
    Send,
    Hear(bool),
    Lose,
    Join,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        6 => (0_usize..60, 0_usize..6, "[ab\n🙂]{0,5}").prop_map(|(at, gone, text)| Happens::Write(at, gone, text)),
        1 => Just(Happens::Undo),
        1 => Just(Happens::Redo),
        3 => Just(Happens::Show),
        4 => Just(Happens::Send),
        6 => any::<bool>().prop_map(Happens::Hear),
        1 => Just(Happens::Lose),
        2 => Just(Happens::Join),
    ]
}

fn send(server: &mut Server, lines: &mut [Line; 2], who: usize, again: bool) -> bool {
    let line = &mut lines[who];
    if !line.online {
        return false;
    }
    let id = line.next_id();
    let again = line.page.model.again().filter(|_| again);
    let Some(sending) = again.or_else(|| line.page.model.take_edit(|| Some(id))) else {
        return false;
    };
    let said = server.said.len();
    let answer = server.take(&lines[who], sending);
    for event in &server.said[said..] {
        lines
            .iter_mut()
            .filter(|line| line.online)
            .for_each(|line| line.events.push_back(event.clone()));
    }
    lines[who].answers.push_back(answer);
    true
}

fn join(server: &mut Server, lines: &mut [Line; 2], who: usize, whole: bool) {
    let line = &mut lines[who];
    if !line.online {
        line.online = true;
        line.page.model.join_asked();
        let welcome = server.welcome(line.page.model.position(), whole);
        assert_eq!(line.page.model.replayed(welcome, &[]), Heard::Taken);
        send(server, lines, who, true);
    }
}

fn happen(server: &mut Server, lines: &mut [Line; 2], who: usize, what: &Happens) {
    let line = &mut lines[who];
    match what {
        Happens::Write(at, gone, text) => line.write(*at, *gone, text),
        Happens::Undo => drop(line.page.model.undo()),
        Happens::Redo => drop(line.page.model.redo()),
        Happens::Show => line.page.show(),
        Happens::Send => drop(send(server, lines, who, false)),
        Happens::Hear(answer_first) => drop(line.hear(*answer_first)),
        Happens::Lose => line.lose(),
        Happens::Join => join(server, lines, who, false),
    }
}

/// Until nothing moves any more.
fn settle(server: &mut Server, lines: &mut [Line; 2]) {
    for who in 0..2 {
        join(server, lines, who, false);
    }
    let mut moved = true;
    while moved {
        moved = false;
        for who in 0..2 {
            moved |= lines[who].hear(false);
            moved |= send(server, lines, who, false);
        }
    }
    lines.iter_mut().for_each(|line| line.page.show());
}

proptest! {
    #[test]
    fn all_come_to_the_same_text(all in prop::collection::vec((0_usize..2, happens()), 1..80)) {
        let mut server = Server { history: History::new("", Seq(0), 1000), said: vec![], known: HashMap::new() };
        let mut lines = [Line::new("ann", ANN), Line::new("bob", BOB)];
        for (who, what) in &all {
            happen(&mut server, &mut lines, *who, what);
        }
        settle(&mut server, &mut lines);
        for line in &lines {
            prop_assert_eq!(line.page.shows(), server.history.text());
            prop_assert!(!line.page.model.is_pending());
            prop_assert!(!line.page.model.has_unseen());
            prop_assert_eq!(line.page.model.kept(), None);
        }
    }

    /// Each joins once more, as after a lost history, while the other goes on: nobody's letters are lost.
    #[test]
    fn a_snapshot_loses_nothing_that_was_written_offline(texts in prop::collection::vec("[a-z🙂]{1,6}", 1..6), others in "[A-Z]{0,9}") {
        let mut server = Server { history: History::new("", Seq(0), 1000), said: vec![], known: HashMap::new() };
        let mut lines = [Line::new("ann", ANN), Line::new("bob", BOB)];
        lines[0].lose();
        for text in &texts {
            lines[0].write(0, 0, text);
        }
        lines[1].write(0, 0, &others);
        send(&mut server, &mut lines, 1, false);
        join(&mut server, &mut lines, 0, true);
        settle(&mut server, &mut lines);
        let expected: String = texts.iter().rev().map(String::as_str).collect();
        let text = server.history.text();
        prop_assert_eq!(text.chars().filter(|char| !char.is_ascii_uppercase()).collect::<String>(), expected);
        prop_assert_eq!(text.chars().filter(char::is_ascii_uppercase).collect::<String>(), others);
        prop_assert_eq!(lines[0].page.shows(), text.clone());
        prop_assert_eq!(lines[1].page.shows(), text);
    }
}
