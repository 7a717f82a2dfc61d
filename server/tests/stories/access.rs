//! Private rooms: who may come in, who may write, and that all others learn nothing.

use crate::stage::{Person, Stage, identity};
use jsonwebtoken::{EncodingKey, Header, encode};
use protocol::{
    Access, Code, InviteId, Role, ServerEvent, VERSION, access::AccessChange, document::Step, limits::ACCESS_INVITES,
    note::Change,
};
use serde_json::{Value, json};
use server::config::Switch;
use socketio::Event;

/// What somebody is told of access next.
async fn told(person: &mut Person) -> Access {
    person
        .hears(|event| match event {
            ServerEvent::Access(told) => Some(told.access.clone()),
            _ => None,
        })
        .await
}

/// Waits until somebody is put out.
async fn is_put_out(person: &mut Person) {
    person
        .hears(|event| match event {
            ServerEvent::Refused(refused) => (refused.error.code == Code::AccessDenied).then_some(()),
            _ => None,
        })
        .await;
}

fn role(user: &str, role: Option<Role>) -> AccessChange {
    let user = user.parse().unwrap();
    AccessChange::Role { user, role }
}

/// Makes an invitation.
async fn invites(owner: &Person, role: Role, ttl_seconds: Option<u32>) -> InviteId {
    let changed = owner
        .changes_access("sky", AccessChange::Invite { role, ttl_seconds })
        .await;
    changed.unwrap().invite.unwrap().id
}

/// A private room, its owner in it.
async fn private(stage: &Stage) -> Person {
    let owner = stage.person("ann").await;
    assert_eq!(owner.knocks("sky", None).await.unwrap().access, Access::default());
    owner.changes_access("sky", AccessChange::Private).await.unwrap();
    owner
}

/// The code that somebody was refused with.
fn code<T: std::fmt::Debug>(answer: Result<T, protocol::Refusal>) -> Code {
    answer.unwrap_err().code
}

#[tokio::test]
async fn whoever_makes_a_room_private_owns_it_and_all_others_are_put_out() {
    let stage = Stage::open().await;
    let mut bob = stage.person("bob").await;
    bob.joins_batching("sky").await;
    let mut ann = private(&stage).await;
    let access = told(&mut ann).await;
    assert_eq!((access.private, access.role), (true, Role::Owner));
    assert_eq!(access.members.unwrap().len(), 1);
    is_put_out(&mut bob).await;
    ann.says("sky", "a secret").await.unwrap();
    assert_eq!(code(bob.says("sky", "hello").await), Code::NotJoined);
    assert_eq!(code(bob.knocks("sky", None).await), Code::AccessDenied);
    assert!(
        !bob.heard_by_now()
            .await
            .iter()
            .any(|event| matches!(event, ServerEvent::Chat(_)))
    );
    // Open again, it is as it was.
    ann.changes_access("sky", AccessChange::Open).await.unwrap();
    bob.knocks("sky", None).await.unwrap();
}

#[tokio::test]
async fn a_viewer_sees_all_and_writes_nothing() {
    let stage = Stage::open().await;
    let mut ann = private(&stage).await;
    ann.says("sky", "welcome").await.unwrap();
    let invite = invites(&ann, Role::Viewer, Some(60)).await;
    let mut bob = stage.person("bob").await;
    let welcome = bob.knocks("sky", Some(invite)).await.unwrap();
    assert_eq!(welcome.access.role, Role::Viewer);
    assert_eq!(welcome.access.invites, None, "invitations are for owners to know");
    assert_eq!(welcome.chat.entries.len(), 1);
    assert_eq!(code(bob.says("sky", "hello").await), Code::ReadOnly);
    let steps = vec![Step::Insert("x".into())];
    assert_eq!(
        code(bob.edits("sky", welcome.document.position, steps).await),
        Code::ReadOnly
    );
    let change = Change::Delete {
        note: "n".parse().unwrap(),
    };
    assert_eq!(code(bob.changes("sky", change).await), Code::ReadOnly);
    for (event, payload) in [
        ("typing", json!({ "room": "sky", "typing": true })),
        ("document.caret", json!({ "room": "sky", "caret": null })),
    ] {
        assert_eq!(
            bob.ask_anything(event, &payload).await["error"]["code"],
            "read_only",
            "{event}"
        );
    }
    for change in [
        AccessChange::Open,
        AccessChange::Private,
        role("bob", Some(Role::Owner)),
    ] {
        assert_eq!(code(bob.changes_access("sky", change).await), Code::OwnerOnly);
    }
    // They are seen and may point.
    bob.moves("sky", 3.0, 4.0);
    ann.hears(|event| match event {
        ServerEvent::CursorsMoved(frame) => (!frame.moves.is_empty()).then_some(()),
        _ => None,
    })
    .await;
    ann.changes_access("sky", role("bob", Some(Role::Editor)))
        .await
        .unwrap();
    while told(&mut bob).await.role != Role::Editor {}
    bob.says("sky", "hello").await.unwrap();
    ann.changes_access("sky", role("bob", Some(Role::Viewer)))
        .await
        .unwrap();
    assert_eq!(told(&mut bob).await.role, Role::Viewer);
    ann.changes_access("sky", role("bob", None)).await.unwrap();
    is_put_out(&mut bob).await;
}

#[tokio::test]
async fn an_invitation_makes_a_member_until_it_ends() {
    let stage = Stage::open().await;
    let ann = private(&stage).await;
    let (bob, cyd) = (stage.person("bob").await, stage.person("cyd").await);
    let invite = invites(&ann, Role::Editor, None).await;
    bob.knocks("sky", Some(invite.clone())).await.unwrap();
    bob.leaves("sky").await.unwrap();
    let withdraw = AccessChange::Withdraw { invite: invite.clone() };
    ann.changes_access("sky", withdraw.clone()).await.unwrap();
    assert_eq!(code(cyd.knocks("sky", Some(invite)).await), Code::InviteInvalid);
    // Who came by it stays a member.
    assert_eq!(bob.knocks("sky", None).await.unwrap().access.role, Role::Editor);
    assert_eq!(code(ann.changes_access("sky", withdraw).await), Code::InviteInvalid);
    let made_up: InviteId = "x".repeat(22).parse().unwrap();
    assert_eq!(code(cyd.knocks("sky", Some(made_up)).await), Code::InviteInvalid);
}

#[tokio::test]
async fn what_an_owner_cannot_do_either() {
    let stage = Stage::open().await;
    let ann = private(&stage).await;
    assert_eq!(
        code(ann.changes_access("sky", role("ann", None)).await),
        Code::OwnerOnly
    );
    assert_eq!(
        code(ann.changes_access("sky", role("ann", Some(Role::Viewer))).await),
        Code::OwnerOnly
    );
    assert_eq!(
        code(ann.changes_access("sky", role("stranger", Some(Role::Editor))).await),
        Code::OwnerOnly
    );
    for (role, ttl_seconds) in [
        (Role::Owner, None),
        (Role::Viewer, Some(59)),
        (Role::Viewer, Some(u32::MAX)),
    ] {
        let invite = AccessChange::Invite { role, ttl_seconds };
        assert_eq!(code(ann.changes_access("sky", invite).await), Code::Malformed);
    }
    for _ in 0..ACCESS_INVITES {
        invites(&ann, Role::Viewer, None).await;
    }
    let (role, ttl_seconds) = (Role::Viewer, None);
    let one_more = ann
        .changes_access("sky", AccessChange::Invite { role, ttl_seconds })
        .await;
    assert_eq!(code(one_more), Code::AccessFull);
}

#[tokio::test]
async fn outside_nothing_is_learnt_of_a_private_room() {
    let stage = Stage::open().await;
    let ann = private(&stage).await;
    ann.says("sky", "a secret").await.unwrap();
    let headers = |user: &str| format!("authorization: Bearer {}\r\n", Stage::token(user, 60));
    for path in ["/api/rooms/sky/presence", "/api/rooms/sky/document"] {
        let (head, _) = stage.ask("GET", path, &headers("ann"), "").await;
        assert!(head.starts_with("HTTP/1.1 200"), "{path} {head}");
        for headers in [headers("bob"), String::new()] {
            let (head, body) = stage.ask("GET", path, &headers, "").await;
            assert!(
                head.starts_with("HTTP/1.1 403") && body.contains("access_denied"),
                "{path} {head}"
            );
        }
    }
    let rooms = async |headers: &str| stage.ask("GET", "/api/rooms", headers, "").await.1;
    assert!(rooms(&headers("ann")).await.contains("sky"));
    assert!(!rooms(&headers("bob")).await.contains("sky") && !rooms("").await.contains("sky"));
    let (head, page) = stage.get("/r/sky").await;
    assert!(head.starts_with("HTTP/1.1 403") && !page.contains("a secret"), "{head}");
    assert!(!stage.get("/").await.1.contains("/r/sky"));
    let invite = invites(&ann, Role::Viewer, None).await;
    let (head, page) = stage.get(&format!("/r/sky?invite={invite}")).await;
    assert!(head.starts_with("HTTP/1.1 200") && !page.contains("a secret"), "{head}");
    // What is said to each room that one may not enter is the same, whatever is in it.
    let bob = stage.person("bob").await;
    let refusal = bob.knocks("sky", None).await.unwrap_err();
    assert!(!refusal.message.contains("ann"), "{refusal}");
    for (event, payload) in [
        ("chat", json!({ "room": "sky", "text": "hello" })),
        ("chat.read", json!({ "room": "sky", "before": 9 })),
        ("access.change", json!({ "room": "sky", "change": "open" })),
        ("cursor", json!({ "room": "sky", "x": 0, "y": 0 })),
    ] {
        assert_eq!(
            bob.ask_anything(event, &payload).await["error"]["code"],
            "not_joined",
            "{event}"
        );
    }
    assert_eq!(stage.metric("collab_members").await, 1.0);
}

/// Somebody whose token has this claim.
async fn granted(stage: &Stage, user: &str, rooms: &Value) -> Person {
    let who = identity(user);
    let now = server::clock::Now::read().at.0 / 1000;
    let claims = json!({ "sub": who.user_id, "name": who.name, "iat": now, "exp": now + 60, "rooms": rooms });
    let key = EncodingKey::from_secret(crate::stage::SECRET.as_bytes());
    let token = encode(&Header::default(), &claims, &key).unwrap();
    let mut person = stage.stranger(json!({ "token": token, "version": VERSION }));
    assert!(matches!(person.next().await, Event::Connected { .. }));
    person
}

#[tokio::test]
async fn a_token_can_grant_rooms() {
    let stage = Stage::set(|config| config.open_rooms = Switch::Off).await;
    let nobody = stage.person("nobody").await;
    assert_eq!(code(nobody.knocks("team-a", None).await), Code::AccessDenied);
    let ann = granted(&stage, "ann", &json!({ "team-*": "editor" })).await;
    let bob = granted(&stage, "bob", &json!({ "team-a": "viewer" })).await;
    assert_eq!(ann.knocks("team-a", None).await.unwrap().access.role, Role::Editor);
    assert_eq!(bob.knocks("team-a", None).await.unwrap().access.role, Role::Viewer);
    assert_eq!(code(bob.says("team-a", "hello").await), Code::ReadOnly);
    assert_eq!(code(bob.knocks("team-b", None).await), Code::AccessDenied);
    assert!(!stage.get("/api/rooms").await.1.contains("team-a"));
}

#[tokio::test]
async fn where_rooms_are_not_open_only_an_owner_by_claim_closes_one() {
    let stage = Stage::set(|config| config.open_rooms = Switch::Off).await;
    let ann = granted(&stage, "ann", &json!({ "sky": "owner" })).await;
    let bob = granted(&stage, "bob", &json!({ "sky": "editor" })).await;
    ann.knocks("sky", None).await.unwrap();
    bob.knocks("sky", None).await.unwrap();
    assert_eq!(
        code(bob.changes_access("sky", AccessChange::Private).await),
        Code::OwnerOnly
    );
    ann.changes_access("sky", AccessChange::Private).await.unwrap();
}

#[tokio::test]
async fn another_token_brings_other_rooms_while_one_is_there() {
    let stage = Stage::set(|config| config.open_rooms = Switch::Off).await;
    let mut ann = granted(&stage, "ann", &json!({ "sky": "editor" })).await;
    ann.knocks("sky", None).await.unwrap();
    let token = Stage::token("ann", 60);
    let answer = ann.ask_anything("auth.refresh", &json!({ "token": token })).await;
    assert!(answer["expiresAt"].is_u64(), "{answer}");
    is_put_out(&mut ann).await;
    assert_eq!(code(ann.knocks("sky", None).await), Code::AccessDenied);
}

#[tokio::test]
async fn a_private_room_outlives_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let open = async || {
        let path = dir.path().to_owned();
        Stage::set(move |config| config.data_dir = Some(path)).await
    };
    let mut stage = open().await;
    let ann = private(&stage).await;
    let invite = invites(&ann, Role::Viewer, None).await;
    stage.close().await;
    let stage = open().await;
    let (ann, bob) = (stage.person("ann").await, stage.person("bob").await);
    assert_eq!(code(bob.knocks("sky", None).await), Code::AccessDenied);
    assert_eq!(ann.knocks("sky", None).await.unwrap().access.role, Role::Owner);
    assert_eq!(bob.knocks("sky", Some(invite)).await.unwrap().access.role, Role::Viewer);
    assert_eq!(stage.metric("collab_members").await, 2.0);
}
