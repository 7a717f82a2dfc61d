//! Somebody keeps the connection open and stops reading. They are ended, and the others go on as if they were not there; and
//! however much they ask for, no more than may be waits for them.

use crate::{
    stage::{Stage, names},
    stalled,
};
use futures::SinkExt;
use protocol::{
    Position, Seq, ServerEvent,
    cursor::{CursorAt, CursorMoved, CursorsMoved},
    document::Step,
};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn a_peer_that_stops_reading_is_ended_and_the_others_hear_everything() {
    let stage = Stage::set(|config| {
        config.stall_ms = 500;
        config.grace_ms = 0;
    })
    .await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let _stalled = stalled::joins(&stage, "sky").await;
    bob.client.emit("room.join", &json!({ "room": "sky" })).unwrap();
    let present = ann.joins_batching("sky").await.present;
    assert!(names(&present).contains(&"slow"));
    // Until the kernel's buffers are full: the eviction is seen as a leave by those who are left.
    let (mut said, mut heard) = (0, Vec::new());
    while stage.metric("collab_connections").await > 2.0 {
        for _ in 0..50 {
            bob.says("sky", &"x".repeat(2000)).await.unwrap();
            said += 1;
        }
        bob.heard_by_now().await;
        heard.extend(ann.heard_by_now().await);
    }
    let evictions = stage
        .metric("collab_slow_client_evictions_total{reason=\"stalled\"}")
        .await
        + stage
            .metric("collab_slow_client_evictions_total{reason=\"queue_full\"}")
            .await;
    assert_eq!(evictions, 1.0);
    heard.extend(ann.heard_by_now().await);
    let messages = heard
        .iter()
        .filter(|event| matches!(event, ServerEvent::Chat(_)))
        .count();
    assert_eq!(messages, said);
}

#[tokio::test]
async fn who_reads_late_gets_whole_frames_and_the_newest_at_last() {
    const WAITED: &str = "collab_frames_waited_total";
    let stage = Stage::set(|config| config.limits.queue_bytes = 1024 * 1024).await;
    let mut ann = stage.person("ann").await;
    let welcome = ann.joins("sky").await;
    let (peer, mut at) = (welcome.you.peer, welcome.document.position);
    let mut cyd = stalled::joins_batching(&stage, "sky").await;
    let mut moves = 0;
    // Until the kernel's buffers are full and half of what may wait does, so that more than that is put off.
    while stage.metric("collab_refusals_total{code=\"busy\"}").await == 0.0 {
        for step in [Step::Insert("x".repeat(100_000)), Step::Delete(100_000)] {
            let seq: Seq = ann.edits("sky", at, vec![step]).await.unwrap().seq;
            at = Position { seq, ..at };
        }
        moves += 1;
        ann.moves("sky", f64::from(moves), 0.0);
        cyd.send(Message::text("429[\"chat.read\",{\"room\":\"sky\",\"before\":1}]"))
            .await
            .unwrap();
    }
    let waited = stage.metric(WAITED).await;
    while stage.metric(WAITED).await < waited + 5.0 {
        moves += 1;
        ann.moves("sky", f64::from(moves), 0.0);
        ann.heard_by_now().await;
    }
    let told = stage.metric("collab_deliveries_total{event=\"cursors\"}").await;
    let (mut seen, mut newest) = (0, 0);
    while newest < moves {
        let text = stalled::hears(&mut cyd, "42[\"cursors\",").await;
        let (_, frame): (String, CursorsMoved) = serde_json::from_str(&text[2..]).unwrap();
        for CursorAt(mover, x, _) in frame.moves {
            assert_eq!(mover, peer);
            assert!(x as i32 >= newest, "an older one after a newer one");
            newest = x as i32;
        }
        seen += 1;
    }
    assert!(f64::from(seen) < told, "{seen} of {told} frames");
}

#[tokio::test]
async fn who_missed_cursors_sees_them_where_they_rest_once_reading() {
    const LAST: f64 = 7.0;
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let welcome = ann.joins("sky").await;
    let (peer, mut at) = (welcome.you.peer, welcome.document.position);
    let resting = bob.joins_batching("sky").await.you.peer;
    bob.moves("sky", 1.0, 1.0);
    let mut cyd = stalled::joins(&stage, "sky").await;
    // Until the kernel's buffers are full and as many packets wait as have cursors held back.
    while stage.metric("collab_cursors_dropped_total").await == 0.0 {
        for step in [Step::Insert("x".repeat(50_000)), Step::Delete(50_000)] {
            let seq: Seq = ann.edits("sky", at, vec![step]).await.unwrap().seq;
            at = Position { seq, ..at };
        }
        ann.moves("sky", 0.0, 0.0);
    }
    ann.moves("sky", LAST, 0.0);
    // The frame that holds whoever rests closes the movement: no other one follows by itself.
    let closes = |event: &ServerEvent| match event {
        ServerEvent::CursorsMoved(frame) => {
            let has = |peer, x| frame.moves.iter().any(|at| at.0 == peer && at.1 == x);
            (has(peer, LAST) && has(resting, 1.0)).then_some(())
        }
        _ => None,
    };
    bob.hears(closes).await;
    let mut x = 0.0;
    while x != LAST {
        let text = stalled::hears(&mut cyd, "42[\"cursor\",").await;
        let (_, moved): (String, CursorMoved) = serde_json::from_str(&text[2..]).unwrap();
        x = if moved.peer == peer { moved.x } else { x };
    }
}

#[tokio::test]
async fn who_asks_and_asks_and_does_not_read_is_told_to_read_first() {
    const JOINS: usize = 100;
    let stage = Stage::set(|config| config.limits.queue_bytes = 512 * 1024).await;
    let mut ann = stage.person("ann").await;
    let empty = ann.joins("sky").await.document.position;
    ann.edits("sky", empty, vec![Step::Insert("x".repeat(200_000))])
        .await
        .unwrap();
    let mut cyd = stalled::joins(&stage, "sky").await;
    for id in 2..2 + JOINS {
        let join = format!("42{id}[\"room.join\",{{\"room\":\"sky\"}}]");
        cyd.send(Message::text(join)).await.unwrap();
    }
    // Until the kernel's buffers are full, and then until half of what may wait does.
    while stage.metric("collab_refusals_total{code=\"busy\"}").await == 0.0 {
        ann.heard_by_now().await;
    }
    let (mut welcomes, mut refusals) = (0, 0);
    for id in 2..2 + JOINS {
        let answer = stalled::hears(&mut cyd, &format!("43{id}")).await;
        if answer.contains("\"busy\"") {
            assert!(answer.contains("\"retryAfterMs\":1000"), "{answer}");
            refusals += 1;
        } else {
            assert!(answer.len() > 200_000);
            welcomes += 1;
        }
    }
    assert!(welcomes > 0 && refusals > 0, "{welcomes} and {refusals}");
    assert_eq!(
        stage
            .metric("collab_slow_client_evictions_total{reason=\"queue_full\"}")
            .await,
        0.0
    );
    cyd.send(Message::text("42200[\"room.join\",{\"room\":\"sky\"}]"))
        .await
        .unwrap();
    let answer = stalled::hears(&mut cyd, "43200").await;
    assert!(answer.len() > 200_000, "who has read is let in: {answer}");
}

#[tokio::test]
async fn who_has_too_many_bytes_to_read_is_ended_however_few_packets_they_are() {
    let stage = Stage::set(|config| config.limits.queue_bytes = 512 * 1024).await;
    let mut ann = stage.person("ann").await;
    let mut at = ann.joins("sky").await.document.position;
    let _cyd = stalled::joins(&stage, "sky").await;
    let mut pastes = 0;
    while stage.metric("collab_connections").await > 1.0 {
        for step in [Step::Insert("x".repeat(200_000)), Step::Delete(200_000)] {
            let seq: Seq = ann.edits("sky", at, vec![step]).await.unwrap().seq;
            at = Position { seq, ..at };
        }
        pastes += 1;
    }
    let evictions = stage
        .metric("collab_slow_client_evictions_total{reason=\"queue_full\"}")
        .await;
    assert_eq!(evictions, 1.0);
    assert!(pastes < 60, "128 packets are as many bytes as they like: {pastes}");
}
