//! People come and go, and see each other do so.

use crate::stage::{Stage, names};
use protocol::ServerEvent;
use socketio::Event;

#[tokio::test]
async fn ann_and_bob_see_each_other_come_and_go() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let welcome = ann.joins("sky").await;
    assert_eq!(names(&welcome.present), ["ann"]);
    let welcome_bob = bob.joins_batching("sky").await;
    assert_eq!(names(&welcome_bob.present), ["ann", "bob"]);
    let present = ann.sees(welcome.present, &["ann", "bob"]).await;
    bob.leaves("sky").await.unwrap();
    ann.sees(present, &["ann"]).await;
}

#[tokio::test]
async fn who_closes_the_tab_has_left_at_once() {
    let stage = Stage::set(|config| config.grace_ms = 3_600_000).await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    let present = bob.joins("sky").await.present;
    ann.client.close();
    bob.sees(present, &["bob"]).await;
}

#[tokio::test]
async fn who_is_lost_has_left_after_the_grace() {
    let stage = Stage::set(|config| config.grace_ms = 50).await;
    let mut bob = stage.person("bob").await;
    let present = {
        let mut ann = stage.person("ann").await;
        ann.joins("sky").await;
        let present = bob.joins("sky").await.present;
        // Comes back without joining: as good as gone.
        ann.client.reconnect();
        while !matches!(ann.next().await, Event::Connected { .. }) {}
        present
    };
    bob.sees(present, &["bob"]).await;
}

#[tokio::test]
async fn a_blip_is_neither_a_leave_nor_a_join() {
    let stage = Stage::set(|config| config.grace_ms = 3_600_000).await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let present = ann.joins("sky").await.present;
    let before = bob.joins("sky").await.you.peer;
    ann.sees(present, &["ann", "bob"]).await;
    ann.heard_by_now().await;
    bob.client.reconnect();
    while !matches!(bob.next().await, Event::Connected { .. }) {}
    let after = bob.joins("sky").await.you.peer;
    assert_ne!(before, after);
    let lists = ann.heard_by_now().await.into_iter().filter_map(|event| match event {
        ServerEvent::Presence(presence) => Some(presence.present),
        _ => None,
    });
    for list in lists {
        assert_eq!(names(&list), ["ann", "bob"]);
    }
}

#[tokio::test]
async fn two_tabs_are_one_person_with_two_connections() {
    let stage = Stage::open().await;
    let mut bob = stage.person("bob").await;
    bob.joins("sky").await;
    let (mut one, mut two) = (stage.person("ann").await, stage.person("ann").await);
    one.joins("sky").await;
    let present = two.joins("sky").await.present;
    assert_eq!(names(&present), ["bob", "ann"]);
    assert_eq!(present[1].peers.len(), 2);
    let both = bob.hears(|event| match event {
        ServerEvent::Presence(presence) => presence
            .present
            .iter()
            .find(|entry| entry.user_id.as_str() == "ann" && entry.peers.len() == 2)
            .map(|_| ()),
        _ => None,
    });
    both.await;
    one.leaves("sky").await.unwrap();
    let peers = bob.hears(|event| match event {
        ServerEvent::Presence(presence) => Some(presence.present[1].peers.clone()),
        _ => None,
    });
    assert_eq!(peers.await.len(), 1);
}

#[tokio::test]
async fn joining_again_is_a_new_welcome_and_no_new_person() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    let first = ann.joins("sky").await;
    let second = ann.joins("sky").await;
    assert_eq!((first.you, first.present), (second.you, second.present));
}

#[tokio::test]
async fn a_room_takes_no_more_than_it_may() {
    let stage = Stage::set(|config| config.room_members = 1).await;
    let (mut ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    ann.joins("sky").await;
    let refusal = bob
        .ask_anything("room.join", &serde_json::json!({ "room": "sky" }))
        .await;
    assert_eq!(refusal["error"]["code"], "room_full");
    assert_eq!(bob.says("sky", "hello?").await.unwrap_err().code.as_str(), "not_joined");
    ann.leaves("sky").await.unwrap();
    let welcome = bob
        .ask_anything("room.join", &serde_json::json!({ "room": "sky" }))
        .await;
    assert_eq!(welcome["you"]["userId"], "bob");
}

#[tokio::test]
async fn a_process_takes_no_more_rooms_than_it_may() {
    let stage = Stage::set(|config| config.rooms = 1).await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    let refusal = ann
        .ask_anything("room.join", &serde_json::json!({ "room": "sea" }))
        .await;
    assert_eq!(refusal["error"]["code"], "server_full");
    assert_eq!(stage.metric("collab_refusals_total{code=\"server_full\"}").await, 1.0);
}

#[tokio::test]
async fn who_joins_and_hangs_up_at_once_leaves_no_ghost() {
    let stage = Stage::set(|config| config.grace_ms = 0).await;
    let mut ann = stage.person("ann").await;
    ann.joins("sky").await;
    for n in 0..200 {
        let person = stage.person(&format!("p{n}")).await;
        person
            .client
            .emit("room.join", &serde_json::json!({ "room": "sky" }))
            .unwrap();
        // Half of them say goodbye, half are cut off.
        if n % 2 == 0 {
            person.client.close();
        } else {
            person.client.reconnect();
        }
        ann.heard_by_now().await;
    }
    while stage.metric("collab_connections").await > 1.0 {
        ann.heard_by_now().await;
    }
    // Said through the room, behind everything that came before.
    ann.says("sky", "alone?").await.unwrap();
    let (_, body) = stage.get("/api/rooms/sky/presence").await;
    assert_eq!(body.matches("userId").count(), 1, "{body}");
    assert_eq!(stage.metric("collab_members").await, 1.0);
}
