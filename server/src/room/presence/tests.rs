//! Who is here, and what is told of it when.

use super::*;
use proptest::prelude::*;
use protocol::Hue;
use std::collections::HashMap;

const GRACE: Duration = Duration::from_secs(2);

/// What would be told if it were time.
fn change(presence: &mut Presence) -> Option<Change> {
    let time = presence.last.map_or_else(Instant::now, |(last, pause)| last + pause);
    presence.changed(time)
}

fn identity(user: &str) -> Identity {
    let user_id: UserId = user.parse().unwrap();
    Identity {
        hue: Hue::of(&user_id),
        name: user.parse().unwrap(),
        user_id,
    }
}

fn users(change: Option<Change>) -> (Vec<String>, Vec<String>) {
    let change = change.unwrap_or_default();
    let changed = change.changed.iter().map(|entry| entry.user_id.to_string()).collect();
    (changed, change.left.iter().map(ToString::to_string).collect())
}

#[test]
fn a_second_tab_changes_a_person_and_adds_none() {
    let mut presence = Presence::default();
    presence.join(Now::read(), PeerId(1), identity("ann"));
    assert_eq!(users(change(&mut presence)), (vec!["ann".into()], vec![]));
    presence.join(Now::read(), PeerId(2), identity("ann"));
    assert_eq!(users(change(&mut presence)), (vec!["ann".into()], vec![]));
    assert_eq!(presence.list().len(), 1);
    presence.leave(PeerId(1));
    assert_eq!(users(change(&mut presence)), (vec!["ann".into()], vec![]));
    presence.leave(PeerId(2));
    assert_eq!(users(change(&mut presence)), (vec![], vec!["ann".into()]));
}

#[test]
fn a_blip_is_neither_a_leave_nor_a_join() {
    let mut presence = Presence::default();
    let start = Now::read();
    presence.join(start, PeerId(1), identity("ann"));
    _ = change(&mut presence);
    presence.lose(start, PeerId(1), GRACE);
    assert_eq!(change(&mut presence), None);
    let replaced = presence.join(start.after(GRACE / 2), PeerId(2), identity("ann"));
    assert_eq!(replaced, [PeerId(1)]);
    let (changed, left) = users(change(&mut presence));
    assert_eq!((changed.len(), left.len()), (1, 0));
    assert_eq!(presence.list()[0].since, start.at);
    assert!(presence.expire(start.after(GRACE * 2)).is_empty());
}

#[test]
fn who_does_not_come_back_has_left() {
    let mut presence = Presence::default();
    let start = Now::read();
    presence.join(start, PeerId(1), identity("ann"));
    _ = change(&mut presence);
    presence.lose(start, PeerId(1), GRACE);
    assert_eq!(presence.due(), Some(start.instant + GRACE));
    assert_eq!(presence.expire(start.after(GRACE)), [PeerId(1)]);
    assert_eq!(users(change(&mut presence)), (vec![], vec!["ann".into()]));
    assert!(presence.is_empty());
}

#[test]
fn a_crowd_is_told_at_once_and_then_together() {
    let mut presence = Presence::default();
    let start = Now::read();
    let joins = |presence: &mut Presence, peer, after| {
        let now = start.after(after);
        presence.join(now, PeerId(peer), identity(&format!("u{peer}")));
        presence.changed(now.instant)
    };
    assert!(joins(&mut presence, 1, Duration::ZERO).is_some(), "after a rest");
    assert_eq!(joins(&mut presence, 2, SHORTEST / 3), None);
    assert_eq!(joins(&mut presence, 3, SHORTEST / 2), None);
    let due = presence.due().unwrap();
    assert_eq!(due, start.instant + SHORTEST);
    assert_eq!(presence.due_change(due).unwrap().changed.len(), 2);
    assert_eq!((presence.due(), presence.due_change(due + SHORTEST)), (None, None));
}

#[test]
fn a_crowd_that_keeps_coming_is_told_of_less_and_less_often_until_there_is_a_rest() {
    let mut presence = Presence::default();
    let start = Now::read();
    let mut peers = 0;
    let mut joins = |presence: &mut Presence, at: Instant| {
        peers += 1;
        presence.join(start, PeerId(peers), identity(&format!("u{peers}")));
        presence.changed(at)
    };
    let mut told = start.instant;
    assert!(joins(&mut presence, told).is_some());
    for pause in [SHORTEST, 2 * SHORTEST, LONGEST, LONGEST] {
        assert_eq!(joins(&mut presence, told), None);
        told += pause;
        assert_eq!(presence.due(), Some(told));
        assert!(presence.due_change(told).is_some());
    }
    told += 2 * LONGEST;
    assert!(joins(&mut presence, told).is_some(), "after a rest");
    assert_eq!(joins(&mut presence, told), None);
    assert_eq!(presence.due(), Some(told + SHORTEST));
}

#[test]
fn rooms_that_fill_side_by_side_do_not_tell_at_one_moment() {
    let due = |room: u32| {
        let mut presence = Presence::of(&format!("room-{room}").parse().unwrap());
        let start = Now::read();
        presence.join(start, PeerId(1), identity("ann"));
        _ = presence.changed(start.instant);
        presence.join(start, PeerId(2), identity("bob"));
        _ = presence.changed(start.instant);
        presence.due().unwrap() - start.instant
    };
    let (shortest, longest) = (0..64)
        .map(due)
        .fold((Duration::MAX, Duration::ZERO), |(least, most), due| {
            (least.min(due), most.max(due))
        });
    assert!(shortest >= SHORTEST && longest <= SHORTEST.mul_f32(1.0 + SLOWER));
    assert!(longest - shortest > SHORTEST / 4, "{shortest:?} to {longest:?}");
}

proptest! {
    /// Whoever follows the differences, from whenever they came, has the same list as whoever asks for all.
    #[test]
    fn differences_add_up_to_the_list(steps in prop::collection::vec((0_u8..5, 0_u32..6, 0_u64..60), 0..80)) {
        let mut presence = Presence::default();
        let mut now = Now::read();
        let mut followers: Vec<HashMap<UserId, PresenceEntry>> = vec![HashMap::new()];
        for (step, peer, ms) in steps {
            now = now.after(Duration::from_millis(ms * ms));
            match step {
                0 | 1 => drop(presence.join(now, PeerId(peer), identity(["ann", "bob", "cyd"][peer as usize % 3]))),
                2 => drop(presence.leave(PeerId(peer))),
                3 => drop(presence.lose(now, PeerId(peer), GRACE)),
                _ => followers.push(by_user(presence.show())),
            }
            presence.expire(now);
            if let Some(change) = presence.changed(now.instant) {
                for followed in &mut followers {
                    followed.retain(|user, _| !change.left.contains(user));
                    followed.extend(by_user(change.changed.clone()));
                    prop_assert_eq!(&*followed, &by_user(presence.list()));
                }
            }
        }
    }
}

fn by_user(list: Vec<PresenceEntry>) -> HashMap<UserId, PresenceEntry> {
    list.into_iter().map(|entry| (entry.user_id.clone(), entry)).collect()
}
