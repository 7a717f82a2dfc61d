//! The chat as a story: said, heard, missed, refused, read on.

use super::*;
use proptest::prelude::*;
use protocol::{Code, Epoch, Millis};

const FIRST: Epoch = Epoch(1);
const SECOND: Epoch = Epoch(2);

fn line(who: &str, seq: u64, id: &str) -> ChatMessage {
    ChatMessage {
        room: "sky".parse().unwrap(),
        user_id: who.parse().unwrap(),
        name: who.parse().unwrap(),
        text: format!("{who} {seq}"),
        at: Millis(seq),
        seq: Seq(seq),
        id: id.parse().unwrap(),
    }
}

fn bob(seq: u64) -> ChatMessage {
    line("bob", seq, &format!("b{seq}"))
}

fn replay(epoch: Epoch, recovered: bool, entries: Vec<ChatMessage>, seq: u64) -> Replay<ChatMessage> {
    Replay {
        position: Position { epoch, seq: Seq(seq) },
        recovered,
        snapshot: None,
        entries,
    }
}

/// Ann's chat, joined when it had these lines.
fn joined(entries: Vec<ChatMessage>) -> Model {
    let mut chat = Model::new("ann".parse().unwrap(), Vec::new());
    let seq = entries.last().map_or(0, |last| last.seq.0);
    chat.replayed(replay(FIRST, false, entries, seq));
    chat
}

fn seqs(chat: &Model) -> Vec<u64> {
    chat.lines().iter().map(|line| line.seq.0).collect()
}

fn id(text: &str) -> MessageId {
    text.parse().unwrap()
}

#[test]
fn what_the_server_painted_is_replaced_by_the_welcome() {
    let mut chat = Model::new("ann".parse().unwrap(), vec![bob(4), bob(5)]);
    assert!(chat.more());
    chat.replayed(replay(FIRST, false, vec![bob(4), bob(5), bob(6)], 6));
    assert_eq!(seqs(&chat), [4, 5, 6]);
    assert_eq!(chat.unread(), 0, "what was there when one came is not new");
}

#[test]
fn doubles_are_heard_once() {
    let mut chat = joined(vec![bob(1)]);
    for seq in [1, 2, 2, 1, 3] {
        assert_eq!(chat.heard(bob(seq)), Heard::Taken);
    }
    assert_eq!(seqs(&chat), [1, 2, 3]);
}

#[test]
fn a_gap_is_noticed_and_filled_by_joining_again() {
    let mut chat = joined(vec![bob(1)]);
    assert_eq!(chat.heard(bob(4)), Heard::Gap);
    chat.join_asked();
    assert_eq!(chat.position().unwrap().seq, Seq(1), "we stand before the gap");
    assert_eq!(chat.heard(bob(5)), Heard::Taken);
    assert_eq!(
        chat.replayed(replay(FIRST, true, vec![bob(2), bob(3), bob(4)], 4)),
        Heard::Taken
    );
    assert_eq!(seqs(&chat), [1, 2, 3, 4, 5]);
}

#[test]
fn another_life_of_the_log_is_taken_as_it_is() {
    let mut chat = joined(vec![bob(1), bob(2)]);
    chat.interrupted();
    chat.replayed(replay(SECOND, false, vec![line("bob", 1, "new")], 1));
    assert_eq!(seqs(&chat), [1]);
    assert_eq!(chat.lines()[0].id, id("new"));
    assert_eq!(chat.heard(bob(2)), Heard::Taken);
}

#[test]
fn an_own_message_is_shown_at_once_and_stands_once() {
    for ack_first in [true, false] {
        let mut chat = joined(vec![bob(1)]);
        chat.said(id("mine"), "hello".to_owned());
        assert_eq!(chat.entries().last().unwrap().state, State::Sending);
        let said = Said {
            seq: Seq(2),
            at: Millis(2),
        };
        if ack_first {
            chat.answered(&id("mine"), Ok(said));
            assert_eq!(chat.entries().last().unwrap().state, State::Said);
        }
        chat.heard(line("ann", 2, "mine"));
        chat.answered(&id("mine"), Ok(said));
        assert_eq!(chat.drafts(), []);
        assert_eq!(seqs(&chat), [1, 2]);
        assert_eq!(chat.entries().count(), 2);
    }
}

#[test]
fn somebody_elses_message_with_my_id_is_theirs() {
    let mut chat = joined(vec![]);
    chat.said(id("mine"), "hello".to_owned());
    chat.heard(line("bob", 1, "mine"));
    assert_eq!(chat.drafts().len(), 1);
}

#[test]
fn a_refused_message_keeps_its_text() {
    let mut chat = joined(vec![]);
    chat.said(id("mine"), "hello".to_owned());
    let refusal = Refusal::new(Code::Busy, "Later.");
    chat.answered(&id("mine"), Err(refusal.clone()));
    assert_eq!(chat.entries().last().unwrap().state, State::Refused(refusal.clone()));
    assert_eq!(chat.retried(&id("mine")).as_deref(), Some("hello"));
    assert_eq!(chat.retried(&id("mine")), None, "it is on its way");
    assert_eq!(
        chat.dismissed(&id("mine")),
        None,
        "what is on its way cannot be taken back"
    );
    chat.answered(&id("mine"), Err(refusal));
    assert_eq!(chat.dismissed(&id("mine")).as_deref(), Some("hello"));
    assert!(chat.is_empty());
}

#[test]
fn what_is_unanswered_survives_a_reconnect() {
    for recovered in [true, false] {
        let mut chat = joined(vec![bob(1)]);
        chat.said(id("heard"), "one".to_owned());
        chat.said(id("lost"), "two".to_owned());
        chat.interrupted();
        chat.replayed(replay(FIRST, recovered, vec![line("ann", 2, "heard")], 2));
        let waiting: Vec<_> = chat.drafts().iter().map(|draft| draft.id.clone()).collect();
        assert_eq!(waiting, [id("lost")]);
    }
}

#[test]
fn what_comes_while_nobody_looks_is_unread() {
    let mut chat = joined(vec![bob(1)]);
    chat.heard(bob(2));
    chat.heard(line("ann", 3, "other-tab"));
    chat.heard(bob(4));
    assert_eq!((chat.unread(), chat.mark()), (2, Some(Seq(2))));
    chat.set_visible(true);
    assert_eq!(
        (chat.unread(), chat.mark()),
        (0, Some(Seq(2))),
        "the mark stays while one reads"
    );
    chat.heard(bob(5));
    assert_eq!(chat.unread(), 0);
    chat.set_visible(false);
    assert_eq!(chat.mark(), None);
}

#[test]
fn what_was_missed_while_away_is_unread() {
    let mut chat = joined(vec![bob(1), bob(2)]);
    chat.interrupted();
    chat.replayed(replay(FIRST, false, vec![bob(2), bob(3), bob(4)], 4));
    assert_eq!((chat.unread(), chat.mark()), (2, Some(Seq(3))));
}

#[test]
fn older_lines_go_before_the_first() {
    let mut chat = joined(vec![bob(4), bob(5)]);
    assert_eq!(chat.page_wanted(), Some(Seq(4)));
    assert_eq!(chat.page_wanted(), None, "once at a time");
    chat.paged(Some(ChatPage {
        entries: vec![bob(2), bob(3)],
        more: true,
    }));
    assert_eq!(seqs(&chat), [2, 3, 4, 5]);
    assert_eq!(chat.page_wanted(), Some(Seq(2)));
    chat.paged(None);
    assert_eq!(chat.page_wanted(), Some(Seq(2)), "refused, it can be asked for again");
    chat.paged(Some(ChatPage {
        entries: vec![bob(1)],
        more: false,
    }));
    assert_eq!(chat.page_wanted(), None);
    assert_eq!(chat.unread(), 0);
}

#[test]
fn a_page_that_a_snapshot_overtook_is_dropped() {
    let mut chat = joined(vec![bob(4)]);
    chat.page_wanted();
    chat.replayed(replay(FIRST, false, vec![bob(9)], 9));
    chat.paged(Some(ChatPage {
        entries: vec![bob(3)],
        more: true,
    }));
    assert_eq!(seqs(&chat), [9]);
}

#[test]
fn an_open_page_does_not_grow_for_ever() {
    let mut chat = joined(vec![]);
    for seq in 1..=KEPT as u64 + 1 {
        chat.heard(bob(seq));
    }
    assert!(chat.lines().len() <= KEPT);
    assert!(chat.more());
}

/// What can befall a chat.
#[derive(Clone, Debug)]
enum Step {
    Others,
    Mine,
    Lost,
    Again,
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => Just(Step::Others),
        3 => Just(Step::Mine),
        2 => Just(Step::Lost),
        2 => Just(Step::Again),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 0..80)
}

/// A server's log, and the messages that Ann's page is owed from it.
struct Server {
    epoch: u64,
    log: Vec<ChatMessage>,
}

impl Server {
    fn append(&mut self, who: &str, id: &str) -> ChatMessage {
        let message = line(who, self.log.len() as u64 + 1, id);
        self.log.push(message.clone());
        message
    }

    fn welcome(&self, position: Option<Position>) -> Replay<ChatMessage> {
        let known = position.filter(|position| position.epoch.0 == self.epoch);
        let after = known.map_or(0, |position| position.seq.0 as usize);
        replay(
            Epoch(self.epoch),
            known.is_some(),
            self.log[after..].to_vec(),
            self.log.len() as u64,
        )
    }
}

proptest! {
    /// Whatever is lost on the way, doubled or begun anew: after a join the page shows the server's log, each line once and
    /// in order, and every own message once.
    #[test]
    fn after_a_join_the_page_shows_the_log(steps in steps()) {
        let mut server = Server { epoch: 1, log: Vec::new() };
        let mut chat = Model::new("ann".parse().unwrap(), Vec::new());
        chat.replayed(server.welcome(None));
        for (number, step) in steps.into_iter().enumerate() {
            let name = format!("m{number}");
            match step {
                Step::Others => { chat.heard(server.append("bob", &name)); }
                Step::Mine => {
                    chat.said(id(&name), name.clone());
                    let message = server.append("ann", &name);
                    chat.heard(message);
                }
                Step::Lost => { server.append("bob", &name); }
                Step::Again => { server.log.last().cloned().map(|last| chat.heard(last)); }
                Step::Restart => {
                    chat.interrupted();
                    server = Server { epoch: server.epoch + 1, log: Vec::new() };
                    chat.replayed(server.welcome(chat.position()));
                }
            }
            let shown = seqs(&chat);
            prop_assert!(shown.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{shown:?}");
        }
        chat.join_asked();
        chat.replayed(server.welcome(chat.position()));
        prop_assert_eq!(chat.lines(), server.log.as_slice());
        let stands = |draft: &Draft| server.log.iter().any(|line| line.id == draft.id);
        prop_assert!(!chat.drafts().iter().any(stands), "an own message stands once");
    }
}
