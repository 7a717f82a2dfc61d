//! A session as a story, told to a link that only writes down what it is asked.

mod access;
mod document;
mod unsent;

use super::*;
use crate::link::{Link, News, Status};
use protocol::{
    Access, Code, Epoch, Hue, Millis, Name, Position, Refusal, Replay, Seq, ServerEvent,
    chat::{ChatPage, Said},
    cursor::{CursorAt, CursorsMoved},
    health::{Bus, Mode},
    notification::Notification,
    presence::{PresenceChanged, PresenceEntry},
    refusal::Refused,
    room::{Welcome, You},
    tape::{ReadTape, TapeReading, Transport},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// Writes down each wish.
#[derive(Default)]
struct Notebook(Mutex<Vec<Wish>>);

impl Link for Notebook {
    fn send(&self, wish: Wish) {
        self.0.lock().unwrap().push(wish);
    }

    fn listen(&self, _: Arc<dyn Fn(News) + Send + Sync>) {}
}

/// Ann's page in the room `sky`.
struct Page {
    session: Session,
    notebook: Arc<Notebook>,
    _owner: Owner,
}

impl Page {
    fn opened() -> Self {
        let owner = Owner::new();
        owner.set();
        let notebook = Arc::new(Notebook::default());
        provide_context::<SharedLink>(notebook.clone());
        let session = Session::new(sky(), Vec::new(), ann(), Access::default());
        Self {
            session,
            notebook,
            _owner: owner,
        }
    }

    /// A page that is in the room, with nothing in the notebook.
    fn live() -> Self {
        let page = Self::opened();
        page.hears(News::Status(Status::Open));
        page.hears(News::Joined(Ok(Box::new(welcome(1)))));
        page.wishes();
        page
    }

    fn hears(&self, news: News) {
        self.session.apply(news, 1000.0);
    }

    fn happens(&self, event: impl Into<ServerEvent>) {
        self.hears(News::Event(event.into()));
    }

    /// What was wished since this was last asked.
    fn wishes(&self) -> Vec<Wish> {
        std::mem::take(&mut *self.notebook.0.lock().unwrap())
    }

    fn status(&self) -> Connection {
        self.session.status.get_untracked()
    }
}

fn sky() -> RoomId {
    "sky".parse().unwrap()
}

fn ann() -> Identity {
    Identity {
        user_id: "ann".parse().unwrap(),
        name: "Guest 7".parse().unwrap(),
        hue: Hue::try_from(15).unwrap(),
    }
}

fn person(user: &str, peer: u32) -> PresenceEntry {
    PresenceEntry {
        user_id: user.parse().unwrap(),
        name: user.parse().unwrap(),
        hue: Hue::try_from(30).unwrap(),
        peers: vec![PeerId(peer)],
        since: Millis(u64::from(peer)),
    }
}

fn welcome(seq: u64) -> Welcome {
    Welcome {
        room: sky(),
        you: You {
            user_id: "ann".parse().unwrap(),
            peer: PeerId(1),
            name: "Ann".parse().unwrap(),
            hue: Hue::try_from(45).unwrap(),
        },
        present: vec![person("ann", 1), person("bob", 2)],
        access: Access::default(),
        cursors: vec![CursorAt(PeerId(2), 5.0, 5.0)],
        chat: Replay {
            position: position(seq),
            recovered: false,
            snapshot: None,
            entries: vec![line(seq)],
        },
        document: Replay {
            position: position(0),
            recovered: false,
            snapshot: Some(String::new()),
            entries: vec![],
        },
        note: Replay {
            position: position(0),
            recovered: false,
            snapshot: Some(vec![]),
            entries: vec![],
        },
        carets: vec![],
        typing: vec![],
        recovered: false,
        instance: "east-1".to_owned(),
        mode: Mode::Memory,
        tick_ms: 50,
        at: Millis(1000),
    }
}

fn position(seq: u64) -> Position {
    Position {
        epoch: Epoch(7),
        seq: Seq(seq),
    }
}

fn line(seq: u64) -> ChatMessage {
    ChatMessage {
        room: sky(),
        user_id: "bob".parse().unwrap(),
        name: "Bob".parse().unwrap(),
        text: "hello".to_owned(),
        at: Millis(seq),
        seq: Seq(seq),
        id: format!("b{seq}").parse().unwrap(),
    }
}

fn join(resume: Option<Position>) -> Wish {
    Wish::Join(Join {
        room: sky(),
        resume: resume.map(|chat| Resume {
            chat: Some(chat),
            document: Some(position(0)),
            note: Some(position(0)),
        }),
        batch: true,
        invite: None,
    })
}

/// What a server says of itself whose bus is like this.
fn reading(instance: &str, bus: Bus) -> News {
    let reading = TapeReading {
        instance: instance.to_owned(),
        mode: Mode::Redis,
        transport: Transport::Websocket,
        connections: 1,
        rooms: 1,
        bus,
        bus_lag_ms: None,
        at: Millis(0),
    };
    News::TapeRead(reading, Duration::from_millis(1))
}

fn cursors(session: &Session) -> Vec<PeerId> {
    session
        .sky
        .with_value(|sky| sky.positions(0.0).map(|body| body.peer).collect())
}

#[test]
fn a_page_joins_and_is_live() {
    let page = Page::opened();
    assert_eq!(page.status(), Connection::Connecting);
    page.hears(News::Status(Status::Open));
    assert_eq!(page.wishes(), [join(None)]);
    page.hears(News::Joined(Ok(Box::new(welcome(1)))));
    assert_eq!(page.status(), Connection::Live);
    let session = page.session;
    assert_eq!(session.peer.get_untracked(), Some(PeerId(1)));
    assert_eq!(session.me.get_untracked().name, "Ann".parse::<Name>().unwrap());
    assert_eq!(session.tape.with_untracked(|tape| tape.people), 2);
    assert_eq!(cursors(&session), [PeerId(2)]);
}

#[test]
fn after_a_lost_connection_it_says_where_it_stands() {
    let page = Page::live();
    page.happens(line(2));
    let after = Duration::from_millis(1500);
    page.hears(News::Status(Status::Reconnecting {
        attempt: 1,
        after,
        why: None,
    }));
    let until = 2500.0;
    assert_eq!(
        page.status(),
        Connection::Reconnecting {
            attempt: 1,
            until,
            why: None
        }
    );
    page.hears(News::Status(Status::Open));
    assert_eq!(page.wishes(), [join(Some(position(2)))]);
    assert_eq!(page.session.tape.with_untracked(|tape| tape.reconnects), 1);
}

#[test]
fn a_gap_in_the_chat_is_asked_for() {
    let page = Page::live();
    page.happens(line(4));
    assert_eq!(page.wishes(), [join(Some(position(1)))]);
    page.happens(line(5));
    assert_eq!(page.wishes(), [], "once");
}

#[test]
fn what_is_said_goes_out_and_is_answered() {
    let page = Page::live();
    let id: protocol::MessageId = "mine".parse().unwrap();
    page.session.say_as(id.clone(), "hello".to_owned());
    assert!(matches!(&page.wishes()[..], [Wish::Say(say)] if say.id.as_ref() == Some(&id) && say.text == "hello"));
    page.hears(News::Said(id.clone(), Err(Refusal::new(Code::Busy, "Later."))));
    page.session.retry(&id);
    assert!(
        matches!(&page.wishes()[..], [Wish::Say(say)] if say.id.as_ref() == Some(&id)),
        "with the same id"
    );
    let said = Said {
        seq: Seq(2),
        at: Millis(2),
    };
    page.hears(News::Said(id.clone(), Ok(said)));
    page.happens(ChatMessage {
        user_id: ann().user_id,
        id,
        ..line(2)
    });
    assert_eq!(page.session.chat.with_untracked(|chat| chat.drafts().len()), 0);
}

#[test]
fn a_text_over_the_limit_goes_nowhere() {
    let page = Page::live();
    let refusal = page.session.say(&"a".repeat(2001)).unwrap_err();
    assert_eq!(refusal.code, Code::TextTooLong);
    assert_eq!(page.session.say(" ").unwrap_err().code, Code::TextEmpty);
    assert_eq!(page.wishes(), []);
}

#[test]
fn who_leaves_takes_the_cursor_along() {
    let page = Page::live();
    page.happens(CursorsMoved {
        room: sky(),
        at: Millis(1050),
        moves: vec![CursorAt(PeerId(1), 0.0, 0.0), CursorAt(PeerId(2), 9.0, 9.0)],
        carets: vec![],
        typing: vec![],
    });
    assert_eq!(cursors(&page.session), [PeerId(2)], "mine is not painted");
    page.happens(PresenceChanged {
        room: sky(),
        changed: vec![],
        left: vec!["bob".parse().unwrap()],
    });
    assert_eq!(cursors(&page.session), []);
    assert_eq!(page.session.tape.with_untracked(|tape| tape.people), 1);
}

#[test]
fn another_rooms_news_change_nothing() {
    let page = Page::live();
    page.happens(ChatMessage {
        room: "elsewhere".parse().unwrap(),
        ..line(2)
    });
    page.hears(News::Joined(Ok(Box::new(Welcome {
        room: "elsewhere".parse().unwrap(),
        ..welcome(9)
    }))));
    assert_eq!(page.session.chat.with_untracked(|chat| chat.lines().len()), 1);
}

#[test]
fn a_full_room_is_told_and_a_busy_one_is_asked_again() {
    let page = Page::opened();
    let full = Refusal::new(Code::RoomFull, "This room is full.");
    page.hears(News::Joined(Err(full.clone())));
    assert_eq!(page.status(), Connection::Refused(full));
    let busy = Refusal::new(Code::Busy, "Later.").retry_after(500);
    page.hears(News::Joined(Err(busy.clone())));
    let waits = Connection::Reconnecting {
        attempt: 1,
        until: 1500.0,
        why: Some(busy),
    };
    assert_eq!(page.status(), waits);
    page.session.pulse(1400.0);
    assert_eq!(page.wishes(), []);
    page.session.pulse(1600.0);
    assert_eq!(page.wishes(), [join(None)]);
}

#[test]
fn who_is_put_out_of_a_room_is_told_and_does_not_knock_again() {
    let page = Page::live();
    let error = Refusal::new(Code::AccessDenied, "This room is private.");
    let event = "room.join".to_owned();
    page.hears(News::Event(
        Refused {
            event,
            error: error.clone(),
        }
        .into(),
    ));
    assert_eq!(page.status(), Connection::Refused(error));
    page.session.pulse(60_000.0);
    assert!(!page.wishes().iter().any(|wish| matches!(wish, Wish::Join(_))));
}

#[test]
fn a_room_whose_store_is_away_is_asked_for_until_it_is_back_and_what_waits_is_kept() {
    let page = Page::live();
    let id: protocol::MessageId = "mine".parse().unwrap();
    page.session.say_as(id.clone(), "hello".to_owned());
    page.hears(News::Status(Status::Open));
    page.wishes();
    for asked in 1..=3 {
        let away = Refusal::new(Code::StoreUnavailable, "The store does not answer just now.").retry_after(1000);
        let now = f64::from(asked) * 1000.0;
        page.session.apply(News::Joined(Err(away)), now);
        page.session.pulse(now + 999.0);
        assert_eq!(page.wishes(), []);
        page.session.pulse(now + 1000.0);
        assert_eq!(page.wishes(), [join(Some(position(1)))]);
    }
    page.hears(News::Joined(Ok(Box::new(welcome(1)))));
    assert_eq!(page.status(), Connection::Live);
    let sending = page.session.chat.with_untracked(|chat| chat.sending(&id));
    assert_eq!(
        sending.as_deref(),
        Some("hello"),
        "the link still has it, and lets it go now"
    );
}

#[test]
fn a_notification_is_for_me_wherever_it_was_said() {
    let page = Page::live();
    let from = |room: &str| Notification {
        id: room.parse().unwrap(),
        from: "bob".parse().unwrap(),
        name: "Bob".parse().unwrap(),
        text: "@Ann look".to_owned(),
        room: Some(room.parse().unwrap()),
        at: Millis(0),
    };
    page.happens(from("sky"));
    page.happens(from("elsewhere"));
    let (shown, missed) = page
        .session
        .notification
        .with_untracked(|all| (all.shown().count(), all.missed()));
    assert_eq!((shown, missed), (2, 1));
}

#[test]
fn my_pointer_is_told_in_time_and_only_in_the_room() {
    let page = Page::opened();
    page.session.point(3.0, 4.0);
    page.session.frame(900.0);
    assert_eq!(page.wishes(), []);
    page.hears(News::Joined(Ok(Box::new(welcome(1)))));
    page.session.frame(1016.0);
    page.session.point(5.0, 6.0);
    page.session.frame(1032.0);
    page.session.frame(1080.0);
    let sent = page.wishes().into_iter().map(|wish| match wish {
        Wish::MoveCursor(cursor) => (cursor.x, cursor.y),
        other => panic!("unexpected: {other:?}"),
    });
    assert_eq!(sent.collect::<Vec<_>>(), [(3.0, 4.0), (5.0, 6.0)]);
}

#[test]
fn older_lines_are_asked_for_once() {
    let page = Page::opened();
    page.hears(News::Joined(Ok(Box::new(welcome(5)))));
    page.session.read_older();
    page.session.read_older();
    assert!(matches!(&page.wishes()[..], [Wish::ReadChat(read)] if read.before == Seq(5)));
    let entries = vec![line(3), line(4)];
    page.hears(News::ChatRead(Ok(ChatPage { entries, more: false })));
    assert_eq!(page.session.chat.with_untracked(|chat| chat.lines().len()), 3);
}

#[test]
fn the_tape_counts_what_comes_and_goes() {
    let page = Page::live();
    page.session.pulse(3000.0);
    for seq in 2..=4 {
        page.session.apply(News::Event(line(seq).into()), 3100.0);
    }
    page.session.pulse(3200.0);
    let figures = page.session.tape.with_untracked(|tape| (tape.incoming, tape.outgoing));
    assert_eq!(figures, (3, 1), "three lines came, one reading of the tape went");
}

#[test]
fn who_is_cut_off_is_told_until_the_bus_is_back_and_only_in_the_room() {
    let page = Page::live();
    let cut_off = || untrack(|| page.session.is_cut_off());
    page.hears(reading("east-1", Bus::Up));
    assert!(!cut_off());
    page.hears(reading("east-1", Bus::Away));
    assert!(cut_off());
    page.session.pulse(2000.0);
    assert_eq!(page.wishes(), [Wish::ReadTape(ReadTape {})], "it is asked each second");
    page.hears(News::Status(Status::Connecting));
    assert!(!cut_off(), "a lost connection is told instead");
    page.hears(News::Joined(Ok(Box::new(welcome(1)))));
    assert!(cut_off(), "the same server says nothing else yet");
    page.hears(reading("east-1", Bus::Up));
    assert!(!cut_off());
}

#[test]
fn another_server_is_not_cut_off_because_the_one_before_was() {
    let page = Page::live();
    page.hears(reading("west-1", Bus::Away));
    page.hears(News::Status(Status::Connecting));
    page.hears(News::Joined(Ok(Box::new(welcome(1)))));
    assert!(!untrack(|| page.session.is_cut_off()));
}

#[test]
fn who_i_am_is_what_the_welcome_says() {
    let page = Page::live();
    let mut welcome = welcome(1);
    welcome.you.user_id = "guest-7".parse().unwrap();
    page.hears(News::Joined(Ok(Box::new(welcome))));
    let me = page.session.me.get_untracked();
    assert_eq!(me.user_id.as_str(), "guest-7");
}
