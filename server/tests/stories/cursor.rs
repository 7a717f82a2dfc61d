//! People point.

use crate::stage::{Stage, room};
use protocol::{
    ServerEvent,
    cursor::{CursorAt, CursorMoved, CursorsMoved},
};

fn moved(event: &ServerEvent) -> Option<CursorMoved> {
    match event {
        ServerEvent::CursorMoved(moved) => Some(moved.clone()),
        _ => None,
    }
}

fn frame(event: &ServerEvent) -> Option<CursorsMoved> {
    match event {
        ServerEvent::CursorsMoved(frame) => Some(frame.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn others_see_a_cursor_move_and_its_owner_does_not() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let peer = ann.joins("sky").await.you.peer;
    bob.joins("sky").await;
    ann.moves("sky", 10.0, -20.5);
    let seen = bob.hears(moved).await;
    assert_eq!(
        seen,
        CursorMoved {
            room: room("sky"),
            user_id: "ann".parse().unwrap(),
            x: 10.0,
            y: -20.5,
            peer
        }
    );
    assert!(ann.heard_by_now().await.iter().all(|event| moved(event).is_none()));
}

#[tokio::test]
async fn those_who_batch_get_one_frame_of_all() {
    let stage = Stage::open().await;
    let (mut ann, mut bob, mut cyd) = (
        stage.person("ann").await,
        stage.person("bob").await,
        stage.person("cyd").await,
    );
    let (a, b) = (ann.joins("sky").await.you.peer, bob.joins("sky").await.you.peer);
    cyd.joins_batching("sky").await;
    ann.moves("sky", 1.0, 1.0);
    bob.moves("sky", 2.0, 2.0);
    let mut seen = Vec::new();
    while !(seen.contains(&CursorAt(a, 1.0, 1.0)) && seen.contains(&CursorAt(b, 2.0, 2.0))) {
        seen.extend(cyd.hears(frame).await.moves);
    }
    assert!(cyd.heard_by_now().await.iter().all(|event| moved(event).is_none()));
}

#[tokio::test]
async fn of_many_moves_in_a_tick_the_newest_is_seen() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let peer = ann.joins("sky").await.you.peer;
    bob.joins_batching("sky").await;
    for x in 0..500 {
        ann.moves("sky", f64::from(x), 0.0);
    }
    let mut frames = 1;
    while !bob.hears(frame).await.moves.contains(&CursorAt(peer, 499.0, 0.0)) {
        frames += 1;
    }
    assert!(frames < 100, "{frames} frames for 500 moves");
}

#[tokio::test]
async fn a_newcomer_sees_where_cursors_rest() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let peer = ann.joins("sky").await.you.peer;
    ann.moves("sky", 7.0, 8.0);
    let welcome = bob.joins_batching("sky").await;
    // The move and the join come from two connections: where the join was first, the frame tells.
    if welcome.cursors.is_empty() {
        assert_eq!(bob.hears(frame).await.moves, [CursorAt(peer, 7.0, 8.0)]);
    } else {
        assert_eq!(welcome.cursors, [CursorAt(peer, 7.0, 8.0)]);
    }
    ann.leaves("sky").await.unwrap();
    assert!(bob.joins_batching("sky").await.cursors.is_empty());
}
