//! Everything of a room crosses replicas.

use crate::{
    Cluster, redis, replica,
    stage::{Person, Stage, names, room},
};
use protocol::{
    Hue, ServerEvent,
    cursor::{CursorAt, CursorsMoved},
    document::{Caret, MoveCaret, Step},
    health::{Bus, Health, Mode, Status, Store},
    note::Change,
    presence::PresenceEntry,
    room::Welcome,
    typing::{Type, TypingAt},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) fn text(event: &ServerEvent) -> Option<String> {
    match event {
        ServerEvent::Chat(line) => Some(line.text.clone()),
        _ => None,
    }
}

pub(crate) fn frame(event: &ServerEvent) -> Option<CursorsMoved> {
    match event {
        ServerEvent::CursorsMoved(frame) => Some(frame.clone()),
        _ => None,
    }
}

/// Ann on one replica, Bob on the other, in one room.
pub(crate) async fn ann_and_bob(cluster: &Cluster) -> (Person, Person) {
    let (mut ann, mut bob) = (cluster.a.person("ann").await, cluster.b.person("bob").await);
    let present = ann.joins_batching("sky").await.present;
    bob.joins_batching("sky").await;
    ann.sees(present, &["ann", "bob"]).await;
    (ann, bob)
}

#[tokio::test]
async fn what_is_said_on_one_is_heard_on_the_other_in_one_order() {
    let cluster = Cluster::open().await;
    let (mut ann, mut bob) = ann_and_bob(&cluster).await;
    for turn in 0..20 {
        let (one, two) = (format!("a{turn}"), format!("b{turn}"));
        let (a, b) = tokio::join!(ann.says("sky", &one), bob.says("sky", &two));
        assert_ne!(a.unwrap().seq, b.unwrap().seq);
    }
    let (mut at_a, mut at_b) = (Vec::new(), Vec::new());
    while at_a.len() < 40 {
        at_a.push(ann.hears(text).await);
    }
    while at_b.len() < 40 {
        at_b.push(bob.hears(text).await);
    }
    assert_eq!(at_a, at_b);
}

#[tokio::test]
async fn a_burst_of_five_thousand_arrives_whole_and_in_order() {
    let cluster = Cluster::open().await;
    let (ann, mut bob) = ann_and_bob(&cluster).await;
    let saying = async {
        // As many at once as a room lets wait.
        for batch in 0..25 {
            let said = (0..200).map(|n| format!("{}", batch * 200 + n));
            let said: Vec<String> = said.collect();
            let all = futures::future::join_all(said.iter().map(|text| ann.says("sky", text))).await;
            assert!(all.iter().all(Result::is_ok));
        }
    };
    let hearing = async {
        for n in 0..5000 {
            assert_eq!(bob.hears(text).await, n.to_string());
        }
    };
    tokio::join!(saying, hearing);
}

#[tokio::test]
async fn tabs_of_one_person_on_two_replicas_are_one_entry() {
    let cluster = Cluster::open().await;
    let (mut ann, bob) = ann_and_bob(&cluster).await;
    let mut tab = cluster.b.person("ann").await;
    let present = tab.joins_batching("sky").await.present;
    assert_eq!(names(&present), ["ann", "bob"]);
    assert_eq!(present[0].peers.len(), 2);
    let with_tabs = |event: &ServerEvent, tabs| match event {
        ServerEvent::PresenceChanged(change) => change.changed.iter().find(|one| one.peers.len() == tabs).cloned(),
        _ => None,
    };
    ann.hears(|event| with_tabs(event, 2)).await;
    tab.leaves("sky").await.unwrap();
    let left = ann.hears(|event| with_tabs(event, 1)).await;
    assert_eq!(left.user_id.as_str(), "ann");
    bob.leaves("sky").await.unwrap();
    ann.sees(present, &["ann"]).await;
}

#[tokio::test]
async fn cursors_carets_and_typing_cross_in_frames() {
    let cluster = Cluster::open().await;
    let (mut ann, mut bob) = ann_and_bob(&cluster).await;
    ann.moves("sky", 4.0, 5.0);
    bob.hears(|event| frame(event).filter(|frame| frame.moves.iter().any(|CursorAt(_, x, y)| (*x, *y) == (4.0, 5.0))))
        .await;
    let (typing, room) = (true, room("sky"));
    ann.emits(&Type {
        room: room.clone(),
        typing,
    });
    bob.hears(|event| frame(event).filter(|frame| frame.typing.iter().any(|TypingAt(_, typing)| *typing)))
        .await;
    let position = ann.joins_batching("sky").await.document.position;
    ann.edits("sky", position, vec![Step::Insert("hello".into())])
        .await
        .unwrap();
    let caret = Caret {
        seq: position.seq.next(),
        anchor: 3,
        head: 3,
    };
    ann.emits(&MoveCaret {
        room,
        caret: Some(caret),
    });
    bob.hears(|event| frame(event).filter(|frame| frame.carets.iter().any(|at| at.caret == Some(caret))))
        .await;
    // Who comes later sees where everybody is.
    let mut cyd = cluster.b.person("cyd").await;
    let welcome = cyd.joins_batching("sky").await;
    assert_eq!(welcome.cursors.len(), 1);
    assert_eq!(welcome.carets.len(), 1);
    assert_eq!(welcome.document.snapshot.as_deref(), Some("hello"));
}

#[tokio::test]
async fn who_opens_the_room_elsewhere_is_told_where_everybody_points() {
    let cluster = Cluster::open().await;
    let mut ann = cluster.a.person("ann").await;
    ann.joins_batching("sky").await;
    ann.moves("sky", 4.0, 5.0);
    ann.hears(frame).await;
    let mut bob = cluster.b.person("bob").await;
    bob.joins_batching("sky").await;
    bob.hears(|event| frame(event).filter(|frame| !frame.moves.is_empty()))
        .await;
}

#[tokio::test]
async fn a_document_has_one_history_and_notes_one_board() {
    let cluster = Cluster::open().await;
    let (mut ann, mut bob) = ann_and_bob(&cluster).await;
    let base = ann.joins_batching("sky").await.document.position;
    for turn in 0..10 {
        let (one, two) = (format!("a{turn}"), format!("b{turn}"));
        let (a, b) = tokio::join!(
            ann.edits("sky", base, vec![Step::Insert(one)]),
            bob.edits("sky", base, vec![Step::Insert(two)])
        );
        assert!(a.is_ok() && b.is_ok());
        let make = |id: String| Change::Make {
            note: id.parse().unwrap(),
            x: 0.0,
            y: 0.0,
            hue: Hue::try_from(45).unwrap(),
            text: String::new(),
        };
        let (a, b) = tokio::join!(
            ann.changes("sky", make(format!("a{turn}"))),
            bob.changes("sky", make(format!("b{turn}")))
        );
        assert!(a.is_ok() && b.is_ok());
    }
    // The last of each reaches the other replica over the bus, after its author was answered.
    let (mut at_a, mut at_b) = (ann.joins("sky").await, bob.joins("sky").await);
    let all = |at: &Welcome| at.document.position.seq.0 == 20 && at.note.position.seq.0 == 20;
    while !all(&at_a) {
        at_a = ann.joins("sky").await;
    }
    while !all(&at_b) {
        at_b = bob.joins("sky").await;
    }
    assert_eq!(at_a.document.snapshot, at_b.document.snapshot);
    assert_eq!(at_a.document.snapshot.unwrap().len(), 40);
    assert_eq!(at_a.note.snapshot.as_ref().unwrap().len(), 20);
    assert_eq!(at_a.note.snapshot, at_b.note.snapshot);
}

#[tokio::test]
async fn a_notification_finds_its_person_wherever_they_are() {
    let cluster = Cluster::open().await;
    let (ann, mut bob) = ann_and_bob(&cluster).await;
    let mut tab = cluster.a.person("bob").await;
    ann.says("sky", "look, @Bob!").await.unwrap();
    let notified = |event: &ServerEvent| match event {
        ServerEvent::Notification(notification) => Some(notification.clone()),
        _ => None,
    };
    for person in [&mut bob, &mut tab] {
        let heard = person.hears(notified).await;
        assert_eq!((heard.from.as_str(), heard.text.as_str()), ("ann", "look, @Bob!"));
        assert_eq!(heard.room, Some(room("sky")));
    }
    let answer = post(
        &cluster.a,
        "bob",
        Some(&Stage::token("ci", 60)),
        &json!({ "text": "green" }),
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert_eq!(bob.hears(notified).await.from.as_str(), "ci");
}

#[tokio::test]
async fn a_notification_that_is_not_right_is_refused() {
    let cluster = Cluster::open().await;
    let token = Stage::token("ci", 60);
    for (user, token, body, status, code) in [
        ("bob", None, json!({ "text": "x" }), 401, "token_missing"),
        ("bob", Some("crooked"), json!({ "text": "x" }), 401, "token_malformed"),
        ("bob", Some(token.as_str()), json!({ "text": " " }), 400, "text_empty"),
        (
            "bob",
            Some(token.as_str()),
            json!({ "text": "x".repeat(2001) }),
            400,
            "text_too_long",
        ),
        ("bob", Some(token.as_str()), json!({ "say": "x" }), 400, "malformed"),
        ("b%20b", Some(token.as_str()), json!({ "text": "x" }), 400, "malformed"),
    ] {
        let answer = post(&cluster.a, user, token, &body).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{answer}");
    }
    assert!(cluster.a.metric("collab_refusals_total{code=\"token_missing\"}").await >= 1.0);
}

#[tokio::test]
async fn any_replica_tells_who_is_where_and_how_it_is() {
    let cluster = Cluster::open().await;
    let (_ann, _bob) = ann_and_bob(&cluster).await;
    for stage in [&cluster.a, &cluster.b] {
        let (_, body) = stage.get("/api/rooms/sky/presence").await;
        let present: Vec<PresenceEntry> =
            serde_json::from_value(serde_json::from_str::<Value>(&body).unwrap()["present"].clone()).unwrap();
        assert_eq!(names(&present), ["ann", "bob"]);
        let (_, body) = stage.get("/api/rooms").await;
        assert!(body.contains("\"ann\"") && body.contains("\"bob\""), "{body}");
        let (_, body) = stage.get("/healthz").await;
        let health: Health = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (health.status, health.mode, health.store, health.bus),
            (Status::Ok, Mode::Redis, Store::Redis, Bus::Up)
        );
        assert!(health.bus_lag_ms.is_some());
    }
}

#[tokio::test]
async fn a_replica_hears_nothing_of_rooms_in_which_it_has_nobody() {
    let cluster = Cluster::open().await;
    let c = replica(&cluster.redis, "node-c").await;
    let (ann, mut bob) = ann_and_bob(&cluster).await;
    ann.moves("sky", 1.0, 1.0);
    bob.hears(frame).await;
    ann.says("sky", "hello").await.unwrap();
    bob.hears(text).await;
    for kind in ["tick", "entry", "presence", "hello"] {
        let heard = format!("collab_bus_in_total{{kind=\"{kind}\"}}");
        assert!(cluster.b.metric(&heard).await > 0.0 || kind == "hello", "{kind}");
        assert_eq!(c.metric(&heard).await, 0.0, "{kind}");
    }
}

#[tokio::test]
async fn a_log_outlives_the_replicas() {
    let mut cluster = Cluster::open().await;
    let (ann, bob) = ann_and_bob(&cluster).await;
    ann.says("sky", "remember").await.unwrap();
    drop((ann, bob));
    cluster.a.close().await;
    cluster.b.close().await;
    let c = replica(&cluster.redis, "node-c").await;
    let mut cyd = c.person("cyd").await;
    let welcome = cyd.joins("sky").await;
    assert_eq!(welcome.chat.entries[0].text, "remember");
    assert_eq!(
        names(&welcome.present),
        ["cyd"],
        "those who stopped have left nobody behind"
    );
}

async fn post(stage: &Stage, user: &str, token: Option<&str>, body: &Value) -> String {
    let mut stream = TcpStream::connect(stage.address).await.unwrap();
    let body = body.to_string();
    let bearer = token
        .map(|token| format!("authorization: Bearer {token}\r\n"))
        .unwrap_or_default();
    let head = format!(
        "POST /api/users/{user}/notify HTTP/1.1\r\nhost: orrery\r\nconnection: close\r\ncontent-type: application/json\r\n{bearer}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn polling_is_not_offered_where_it_would_need_sticky_sessions() {
    let redis = redis::Process::start();
    let a = replica(&redis, "node-a").await;
    let (head, _) = a.get("/socket.io/?EIO=4&transport=polling").await;
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
}
