//! What is told in which frame, and when a frame is due.

use super::*;
use proptest::prelude::*;
use protocol::Seq;
use std::collections::HashMap;

const TICK: Duration = Duration::from_millis(32);

/// The time between two frames while nobody is brisk.
const SLOW: Duration = Duration::from_millis(40);

fn told<T: Copy>(told: &Told<T>, peer: u32) -> Option<T> {
    told.all().find(|one| one.0 == PeerId(peer)).map(|one| one.1)
}

fn x(moves: &Moves, peer: u32) -> Option<f64> {
    told(&moves.cursors, peer).map(|place| place.0)
}

/// Takes every frame that is due until `end`.
fn frames(tick: &mut Tick, end: Instant) -> Vec<Moves> {
    let mut frames = Vec::new();
    while let Some(due) = tick.due(TICK).filter(|due| *due <= end) {
        frames.push(tick.frame(due));
    }
    frames
}

#[test]
fn a_first_move_is_told_at_once_and_once_more() {
    let mut tick = Tick::default();
    assert_eq!(tick.due(TICK), None);
    let start = Instant::now();
    tick.point(start, PeerId(1), 5.0, 5.0);
    assert!(tick.due(TICK).unwrap() <= start);
    assert_eq!(tick.frame(start).cursors.fresh.len(), 1);
    assert_eq!(tick.due(TICK), Some(start + SLOW));
    assert_eq!(x(&tick.frame(start + SLOW), 1), Some(5.0));
    assert_eq!(
        tick.due(TICK),
        None,
        "nothing moved since the frame that held everybody"
    );
}

#[test]
fn between_two_frames_only_the_newest_place_counts() {
    let mut tick = Tick::default();
    for x in 0..100 {
        tick.point(Instant::now(), PeerId(1), f64::from(x), 0.0);
    }
    let moves = tick.frame(Instant::now());
    assert_eq!((moves.cursors.fresh.len(), x(&moves, 1)), (1, Some(99.0)));
}

#[test]
fn what_somebody_has_missed_is_told_again_at_rest() {
    let (mut tick, start) = (Tick::default(), Instant::now());
    tick.repeat();
    assert_eq!(tick.due(TICK), None, "nothing ever moved");
    tick.point(start, PeerId(1), 5.0, 5.0);
    let told = frames(&mut tick, start + Duration::from_secs(5));
    assert!(told.iter().any(|moves| moves.full) && tick.due(TICK).is_none());
    tick.repeat();
    let again = tick.frame(tick.due(TICK).unwrap());
    assert!(again.full && x(&again, 1) == Some(5.0));
    assert_eq!(tick.due(TICK), None);
}

/// Times between frames while one says every `gap` milliseconds where they point, for three seconds.
fn between_frames(tick: &mut Tick, start: Instant, gap: u64) -> Vec<Duration> {
    frames(tick, start);
    let (mut framed, mut last) = (Vec::new(), start);
    for said in (0..3000).step_by(gap as usize) {
        let now = start + Duration::from_millis(said);
        while let Some(due) = tick.due(TICK).filter(|due| *due <= now) {
            // Nothing is told before it was said.
            let due = due.max(last);
            tick.frame(due);
            framed.push(due);
        }
        last = now;
        tick.point(now, PeerId(1), said as f64, 0.0);
    }
    framed.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn a_room_ticks_slower_while_nobody_in_it_is_brisk() {
    let (mut tick, start) = (Tick::default(), Instant::now());
    let least = |between: &[Duration]| between.iter().min().copied().unwrap();
    assert_eq!(least(&between_frames(&mut tick, start, 160)), SLOW);
    let brisk = between_frames(&mut tick, start + Duration::from_secs(3), 20);
    assert!(brisk.iter().all(|between| *between == TICK), "{brisk:?}");
    let later = between_frames(&mut tick, start + Duration::from_secs(9), 160);
    assert_eq!(least(&later), SLOW, "at rest for more than a second");
}

#[test]
fn one_who_is_brisk_is_enough_and_carets_count_as_cursors_do() {
    let (mut tick, start) = (Tick::default(), Instant::now());
    let caret = |at| {
        let seq = Seq(1);
        Some(Caret {
            seq,
            anchor: at,
            head: at,
        })
    };
    tick.point(start, PeerId(1), 1.0, 0.0);
    tick.set_caret(start, PeerId(2), caret(1));
    tick.frame(start);
    tick.set_caret(start + BRISK, PeerId(2), caret(2));
    assert_eq!(tick.due(TICK), Some(start + SLOW));
    tick.set_caret(start + BRISK + TICK, PeerId(2), caret(3));
    assert_eq!(tick.due(TICK), Some(start + TICK));
}

#[test]
fn a_movement_is_closed_by_a_frame_that_holds_everybody() {
    let mut tick = Tick::default();
    let start = Instant::now();
    tick.point(start, PeerId(1), 1.0, 0.0);
    tick.point(start, PeerId(2), 2.0, 0.0);
    assert!(tick.frame(start).full);
    tick.point(start, PeerId(1), 3.0, 0.0);
    let later = frames(&mut tick, start + Duration::from_secs(5));
    let last = later.last().unwrap();
    assert!(last.full && x(last, 1) == Some(3.0) && x(last, 2) == Some(2.0));
}

#[test]
fn cursor_caret_and_typing_share_a_frame_and_what_ended_is_told_twice_and_forgotten() {
    let mut tick = Tick::default();
    let start = Instant::now();
    let seq = Seq(1);
    let caret = Caret {
        seq,
        anchor: 3,
        head: 3,
    };
    tick.point(start, PeerId(1), 1.0, 0.0);
    tick.set_caret(start, PeerId(1), Some(caret));
    tick.set_typing(start, PeerId(1), true);
    let first = tick.frame(start);
    assert_eq!(told(&first.carets, 1), Some(Some(caret)));
    assert_eq!(told(&first.typing, 1), Some(true));
    tick.set_caret(start, PeerId(1), None);
    tick.set_typing(start, PeerId(1), false);
    for _ in 0..2 {
        let next = tick.frame(start);
        assert_eq!(
            (told(&next.carets, 1), told(&next.typing, 1)),
            (Some(None), Some(false))
        );
    }
    assert!(tick.carets().is_empty() && tick.typing().is_empty());
}

proptest! {
    /// Whatever is lost on the way, a receiver that gets the last full frame knows where everybody is; and never is a
    /// frame due sooner than a tick after the last.
    #[test]
    fn the_last_full_frame_is_the_truth(moves in prop::collection::vec((0_u32..5, -100_i32..100, 0_u64..400), 1..60)) {
        let mut tick = Tick::default();
        let mut now = Instant::now();
        let mut truth = HashMap::new();
        let mut last: Option<Instant> = None;
        let mut heard = HashMap::new();
        for (peer, x, wait) in moves {
            tick.point(now, PeerId(peer), f64::from(x), 0.0);
            truth.insert(peer, f64::from(x));
            now += Duration::from_millis(wait);
            while let Some(due) = tick.due(TICK).filter(|due| *due <= now) {
                prop_assert!(last.is_none_or(|last| due >= last + TICK));
                last = Some(due);
                heard = listen(heard, &tick.frame(due));
            }
        }
        for moves in frames(&mut tick, now + Duration::from_secs(3)) {
            heard = listen(heard, &moves);
        }
        prop_assert_eq!(heard, truth);
        prop_assert_eq!(tick.due(TICK), None);
    }
}

/// A receiver that loses every frame but the full ones.
fn listen(mut heard: HashMap<u32, f64>, moves: &Moves) -> HashMap<u32, f64> {
    if moves.full {
        heard = moves.cursors.all().map(|(peer, place)| (peer.0, place.0)).collect();
    }
    heard
}

#[test]
fn the_more_there_are_the_fewer_frames_each_gets() {
    let intervals: Vec<Duration> = (0..200).map(interval).collect();
    assert!(intervals.is_sorted());
    let millis = [1, 9, 10, 24, 25, 99, 100].map(|members| intervals[members].as_millis());
    assert_eq!(millis, [33, 33, 40, 40, 50, 50, 100]);
}
