//! Who may do what, whoever wishes whatever.

use super::*;
use proptest::prelude::*;
use protocol::Epoch;

const NOW: Millis = Millis(1_000_000);

fn gate() -> Gate {
    Gate {
        position: Position {
            epoch: Epoch(1),
            seq: Seq(0),
        },
        private: None,
        changed: false,
    }
}

fn user(n: u8) -> UserId {
    format!("u{n}").parse().unwrap()
}

fn asker(n: u8, granted: Option<Role>) -> Asker {
    Asker {
        user: user(n),
        name: "Somebody".parse().unwrap(),
        granted,
    }
}

fn invite(n: u8) -> InviteId {
    format!("{n:022}").parse().unwrap()
}

/// Writes a wish as a room would, at this moment.
fn write(gate: &mut Gate, wish: &Wish, at: Millis) -> Result<(), Refusal> {
    let body = gate.compose(wish, at)?;
    let seq = gate.position.seq.next();
    let (by, id) = (user(0), "x".parse().unwrap());
    gate.take(&Entry { seq, by, id, body }, &mut Outbox::new());
    Ok(())
}

fn wishes() -> impl Strategy<Value = (Wish, u64)> {
    let roles = prop::sample::select(vec![Role::Viewer, Role::Editor, Role::Owner]);
    let change = prop_oneof![
        Just(AccessChange::Private),
        Just(AccessChange::Open),
        (0_u8..4, prop::option::of(roles.clone())).prop_map(|(n, role)| AccessChange::Role { user: user(n), role }),
        (roles, prop::option::of(60_u32..100))
            .prop_map(|(role, ttl_seconds)| AccessChange::Invite { role, ttl_seconds }),
        (0_u8..9).prop_map(|n| AccessChange::Withdraw { invite: invite(n) }),
    ];
    let changes = (0_u8..4, change, 0_u8..9).prop_map(|(n, change, id)| {
        Wish::Change(asker(n, None), change, invite(id), Some("Somebody".parse().unwrap()))
    });
    let takes = (0_u8..4, 0_u8..9).prop_map(|(n, id)| Wish::Take(asker(n, None), invite(id)));
    (prop_oneof![3 => changes, 1 => takes], 0_u64..20_000)
}

proptest! {
    /// Whatever is wished by whomever: a private room has an owner, nobody has a role but by an owner or an invitation
    /// that holds, and a gate read back from its snapshot is the same.
    #[test]
    fn a_private_room_always_has_an_owner(steps in prop::collection::vec(wishes(), 0..60)) {
        let (mut gate, mut now) = (gate(), NOW);
        for (wish, span) in steps {
            now = now + Duration::from_millis(span);
            let before = gate.clone();
            let written = write(&mut gate, &wish, now);
            let owners = |gate: &Gate| (0..4).filter(|n| gate.role(&user(*n), None, false) == Some(Role::Owner)).count();
            prop_assert!(!gate.is_private() || owners(&gate) > 0);
            for n in 0..4 {
                let (had, has) = (before.role(&user(n), None, false), gate.role(&user(n), None, false));
                let by_owner = matches!(&wish, Wish::Change(asker, ..) if before.role(&asker.user, None, true) >= Some(Role::Editor));
                let invited = matches!(&wish, Wish::Take(asker, id) if asker.user == user(n) && before.invited(id, now) == has);
                prop_assert!(has <= had || written.is_ok() && (by_owner || invited), "{:?} gave {:?}", wish, has);
            }
            let loaded = Loaded {
                end: gate.position,
                snapshot: gate.snapshot().map(|body| Snapshot { seq: gate.position.seq, body }),
                entries: Vec::new(),
            };
            let again = <Gate as Book>::open("sky".parse().unwrap(), &loaded).unwrap();
            prop_assert_eq!(&again.private, &gate.private);
        }
    }
}

#[test]
fn an_invitation_holds_until_it_ends() {
    let mut gate = gate();
    let change = |change| Wish::Change(asker(0, None), change, invite(1), None);
    write(&mut gate, &change(AccessChange::Private), NOW).unwrap();
    let (role, ttl_seconds) = (Role::Viewer, Some(60));
    write(&mut gate, &change(AccessChange::Invite { role, ttl_seconds }), NOW).unwrap();
    let (last, over) = (NOW + Duration::from_millis(59_999), NOW + Duration::from_secs(60));
    assert_eq!(gate.invited(&invite(1), last), Some(Role::Viewer));
    assert_eq!(gate.invited(&invite(1), over), None);
    let late = write(&mut gate, &Wish::Take(asker(1, None), invite(1)), over);
    assert_eq!(late.unwrap_err().code, Code::InviteInvalid);
    assert_eq!(gate.told(Role::Owner, over).invites, Some(Vec::new()));
}

#[test]
fn a_token_grants_what_the_room_does_not() {
    let mut gate = gate();
    let role = |gate: &Gate, granted| gate.role(&user(1), granted, true);
    assert_eq!(role(&gate, None), Some(Role::Editor));
    assert_eq!(
        role(&gate, Some(Role::Viewer)),
        Some(Role::Viewer),
        "a claim that names an open room is exact"
    );
    let wish = Wish::Change(asker(0, None), AccessChange::Private, invite(1), None);
    write(&mut gate, &wish, NOW).unwrap();
    assert_eq!(role(&gate, None), None);
    assert_eq!(role(&gate, Some(Role::Editor)), Some(Role::Editor));
    assert_eq!(
        gate.role(&user(0), Some(Role::Viewer), true),
        Some(Role::Owner),
        "the higher of both"
    );
}
