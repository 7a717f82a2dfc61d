//! A private room is private on every replica, and stays so when Redis forgets.

use crate::{Cluster, stage::Person};
use protocol::{Code, Role, ServerEvent, access::AccessChange};

async fn is_put_out(person: &mut Person) {
    person
        .hears(|event| match event {
            ServerEvent::Refused(refused) => (refused.error.code == Code::AccessDenied).then_some(()),
            _ => None,
        })
        .await;
}

#[tokio::test]
async fn a_room_made_private_on_one_replica_is_private_on_all() {
    let cluster = Cluster::open().await;
    let (ann, mut bob) = (cluster.a.person("ann").await, cluster.b.person("bob").await);
    ann.knocks("sky", None).await.unwrap();
    bob.knocks("sky", None).await.unwrap();
    ann.changes_access("sky", AccessChange::Private).await.unwrap();
    is_put_out(&mut bob).await;
    assert_eq!(bob.knocks("sky", None).await.unwrap_err().code, Code::AccessDenied);
    let (role, ttl_seconds) = (Role::Viewer, None);
    let made = ann
        .changes_access("sky", AccessChange::Invite { role, ttl_seconds })
        .await;
    let invite = made.unwrap().invite.unwrap().id;
    let welcome = bob.knocks("sky", Some(invite)).await.unwrap();
    assert_eq!(welcome.access.role, Role::Viewer);
    let (user, role) = ("bob".parse().unwrap(), Some(Role::Editor));
    // What the invitation brought is in the log by the time that it is changed there.
    ann.changes_access("sky", AccessChange::Role { user, role })
        .await
        .unwrap();
    bob.hears(|event| match event {
        ServerEvent::Access(told) => (told.access.role == Role::Editor).then_some(()),
        _ => None,
    })
    .await;
    bob.says("sky", "hello").await.unwrap();
}

#[tokio::test]
async fn a_private_room_that_redis_has_forgotten_stays_private_while_somebody_knows() {
    let mut cluster = Cluster::open().await;
    let (mut ann, bob) = (cluster.a.person("ann").await, cluster.b.person("bob").await);
    ann.knocks("sky", None).await.unwrap();
    ann.changes_access("sky", AccessChange::Private).await.unwrap();
    cluster.redis.kill();
    cluster.redis.again();
    ann.hears(|event| match event {
        ServerEvent::Refused(refused) => (refused.error.code == Code::HistoryGone).then_some(()),
        _ => None,
    })
    .await;
    while ann.knocks("sky", None).await.map(|welcome| welcome.access.role) != Ok(Role::Owner) {}
    while bob.knocks("sky", None).await.map_err(|refusal| refusal.code).err() != Some(Code::AccessDenied) {}
}

#[tokio::test]
async fn made_up_names_leave_nothing_in_redis() {
    let cluster = Cluster::open().await;
    let ann = cluster.a.person("ann").await;
    ann.knocks("sky", None).await.unwrap();
    for path in [
        "/r/made-up",
        "/api/rooms/made-up/document",
        "/api/rooms/made-up/presence",
    ] {
        let (head, _) = cluster.b.get(path).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{path} {head}");
    }
    let keys = cluster.redis.ask("KEYS *");
    assert!(keys.contains("{sky}") && !keys.contains("made-up"), "{keys}");
}
