//! People talk.

use crate::stage::{Person, Stage, room};
use protocol::{
    Position, Seq, ServerEvent,
    chat::{ChatMessage, ReadChat, Say},
    room::Resume,
};

fn said(event: &ServerEvent) -> Option<ChatMessage> {
    match event {
        ServerEvent::Chat(message) => Some(message.clone()),
        _ => None,
    }
}

fn chat_at(position: Position) -> Resume {
    Resume {
        chat: Some(position),
        ..Resume::default()
    }
}

async fn says_all(person: &Person, room: &str, texts: impl IntoIterator<Item = String>) {
    for text in texts {
        person.says(room, &text).await.unwrap();
    }
}

fn texts(messages: &[ChatMessage]) -> Vec<&str> {
    messages.iter().map(|message| message.text.as_str()).collect()
}

#[tokio::test]
async fn everybody_hears_what_is_said_in_the_same_order() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    bob.joins_batching("sky").await;
    let (one, two) = tokio::join!(ann.says("sky", "hello"), bob.says("sky", "hi"));
    let mut seqs = [one.unwrap().seq, two.unwrap().seq];
    seqs.sort_unstable();
    assert_eq!(seqs, [Seq(1), Seq(2)]);
    let heard_by_ann = [ann.hears(said).await, ann.hears(said).await];
    let heard_by_bob = [bob.hears(said).await, bob.hears(said).await];
    assert_eq!(heard_by_ann, heard_by_bob);
    assert_eq!(heard_by_ann.map(|message| message.seq), [Seq(1), Seq(2)]);
}

#[tokio::test]
async fn two_thousand_characters_pass_uncut_and_one_more_is_refused() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    let longest = "🪐".repeat(2000);
    ann.says("sky", &longest).await.unwrap();
    assert_eq!(ann.hears(said).await.text, longest);
    assert_eq!(
        ann.says("sky", &format!("{longest}!")).await.unwrap_err().code.as_str(),
        "text_too_long"
    );
    assert_eq!(ann.says("sky", " \n").await.unwrap_err().code.as_str(), "text_empty");
    assert_eq!(stage.metric("collab_refusals_total{code=\"text_too_long\"}").await, 1.0);
}

#[tokio::test]
async fn what_is_sent_twice_is_said_once() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    bob.joins("sky").await;
    let say = Say {
        room: room("sky"),
        text: "once".into(),
        id: Some("m1".parse().unwrap()),
    };
    let first = ann.ask(&say).await.unwrap();
    let again = ann.ask(&say).await.unwrap();
    assert_eq!(first, again);
    // Another person's message may have the same id: it is another message.
    assert_eq!(bob.ask(&say).await.unwrap().seq, Seq(2));
    let heard: Vec<_> = bob.heard_by_now().await.iter().filter_map(said).collect();
    assert_eq!(heard.len(), 2);
}

#[tokio::test]
async fn a_newcomer_reads_what_was_said_and_can_read_further_back() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    says_all(&ann, "sky", (1..=150).map(|n| n.to_string())).await;
    let chat = bob.joins("sky").await.chat;
    assert!(!chat.recovered);
    assert_eq!(
        (texts(&chat.entries).first().copied(), chat.entries.len()),
        (Some("51"), 100)
    );
    let older = bob
        .ask(&ReadChat {
            room: room("sky"),
            before: Seq(51),
            limit: 30,
        })
        .await
        .unwrap();
    assert_eq!(
        (texts(&older.entries).first().copied(), older.entries.len(), older.more),
        (Some("21"), 30, true)
    );
    let oldest = bob
        .ask(&ReadChat {
            room: room("sky"),
            before: Seq(21),
            limit: 100,
        })
        .await
        .unwrap();
    assert_eq!((oldest.entries.len(), oldest.more), (20, false));
}

#[tokio::test]
async fn who_comes_back_gets_exactly_what_was_missed() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    let position = bob.joins_batching("sky").await.chat.position;
    says_all(&ann, "sky", ["heard".into()]).await;
    let position = Position {
        seq: bob.hears(said).await.seq,
        ..position
    };
    bob.leaves("sky").await.unwrap();
    says_all(&ann, "sky", (1..=120).map(|n| n.to_string())).await;
    let welcome = bob.resumes("sky", chat_at(position)).await;
    assert!(welcome.recovered && welcome.chat.recovered);
    assert_eq!(welcome.chat.entries.len(), 120);
    assert_eq!(texts(&welcome.chat.entries)[0], "1");
}

#[tokio::test]
async fn who_cannot_be_brought_up_to_date_is_told_so() {
    let stage = Stage::set(|config| config.chat_history = 10).await;
    let mut ann = stage.person("ann").await;
    let position = ann.joins("sky").await.chat.position;
    says_all(&ann, "sky", (1..=20).map(|n| n.to_string())).await;
    // Too far behind: what was missed is kept no longer.
    let behind = ann.resumes("sky", chat_at(position)).await;
    assert!(!behind.recovered);
    assert_eq!(behind.chat.entries.len(), 10);
    // Another life of the log, and a place that it never had.
    let epoch = protocol::Epoch(!position.epoch.0);
    assert!(
        !ann.resumes("sky", chat_at(Position { epoch, seq: Seq(20) }))
            .await
            .recovered
    );
    assert!(
        !ann.resumes(
            "sky",
            chat_at(Position {
                seq: Seq(99),
                ..position
            })
        )
        .await
        .recovered
    );
    // At the end: nothing was missed, and that is known.
    let end = ann.resumes("sky", chat_at(behind.chat.position)).await;
    assert!(end.recovered && end.chat.entries.is_empty());
}

#[tokio::test]
async fn rooms_do_not_hear_each_other() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    bob.joins("sea").await;
    ann.says("sky", "up here").await.unwrap();
    assert!(bob.heard_by_now().await.iter().all(|event| said(event).is_none()));
}

#[tokio::test]
async fn a_room_that_somebody_is_in_is_not_forgotten_for_others() {
    let stage = Stage::set(|config| config.rooms = 2).await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    ann.says("sky", "before").await.unwrap();
    // Of two rooms the logs are kept in memory, and these were written to later.
    for other in ["sea", "land", "wood"] {
        bob.joins(other).await;
        bob.says(other, "hello").await.unwrap();
        bob.leaves(other).await.unwrap();
        while stage.metric("collab_rooms").await > 1.0 {}
    }
    ann.says("sky", "after").await.unwrap();
    assert_eq!(texts(&ann.joins("sky").await.chat.entries), ["before", "after"]);
    let gone: [&str; 0] = [];
    assert_eq!(texts(&bob.joins("sea").await.chat.entries), gone);
}
