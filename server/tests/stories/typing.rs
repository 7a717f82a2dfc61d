//! People see who is typing.

use crate::stage::{Person, Stage, room};
use protocol::{PeerId, ServerEvent, typing::Type};

/// What is said of typing, by either way of being told.
fn typing(event: &ServerEvent) -> Option<(PeerId, bool)> {
    match event {
        ServerEvent::CursorsMoved(frame) => frame.typing.first().map(|typing| (typing.0, typing.1)),
        ServerEvent::TypingChanged(changed) => Some((changed.peer, changed.typing)),
        _ => None,
    }
}

fn types(person: &Person, typing: bool) {
    let room = room("sky");
    person.emits(&Type { room, typing });
}

#[tokio::test]
async fn typing_is_seen_and_ends_with_the_message() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let mut cyd = stage.person("cyd").await;
    let peer = ann.joins("sky").await.you.peer;
    bob.joins_batching("sky").await;
    cyd.joins("sky").await;
    types(&ann, true);
    assert_eq!(bob.hears(typing).await, (peer, true));
    assert_eq!(cyd.hears(typing).await, (peer, true));
    assert_eq!(stage.person("dan").await.joins("sky").await.typing, [peer]);
    ann.says("sky", "there").await.unwrap();
    let ended = |event: &ServerEvent| typing(event).filter(|(_, typing)| !typing);
    assert_eq!(bob.hears(ended).await.0, peer);
    assert_eq!(cyd.hears(ended).await.0, peer);
    assert_eq!(stage.person("eve").await.joins("sky").await.typing, []);
}

#[tokio::test]
async fn typing_ends_where_the_connection_is_lost() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let peer = ann.joins("sky").await.you.peer;
    bob.joins_batching("sky").await;
    types(&ann, true);
    assert_eq!(bob.hears(typing).await, (peer, true));
    ann.client.reconnect();
    let ended = |event: &ServerEvent| typing(event).filter(|(_, typing)| !typing);
    assert_eq!(bob.hears(ended).await.0, peer);
}

#[tokio::test]
async fn who_has_not_joined_is_told_so() {
    let stage = Stage::open().await;
    let mut ann = stage.person("ann").await;
    types(&ann, true);
    ann.hears(|event| matches!(event, ServerEvent::Refused(refused) if refused.event == "typing").then_some(()))
        .await;
}
