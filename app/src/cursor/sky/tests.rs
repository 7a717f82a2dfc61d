//! Cursors between frames: smooth, never ahead, gone when their people are.

use super::*;
use proptest::prelude::*;

const ANN: PeerId = PeerId(1);
const BOB: PeerId = PeerId(2);

/// A sky seen by Ann, at time 0, with frames 50 ms apart.
fn sky() -> Sky {
    let mut sky = Sky::default();
    sky.welcomed(ANN, 50, Millis(1000), &[], 0.0);
    sky
}

fn frame(at: u64, moves: &[(PeerId, f64, f64)]) -> CursorsMoved {
    CursorsMoved {
        room: "sky".parse().unwrap(),
        at: Millis(at),
        moves: moves.iter().map(|&(peer, x, y)| CursorAt(peer, x, y)).collect(),
        carets: vec![],
        typing: vec![],
    }
}

fn only(sky: &Sky, now: f64) -> Body {
    sky.positions(now).next().unwrap()
}

#[test]
fn a_cursor_glides_from_frame_to_frame_without_a_jump() {
    let mut sky = sky();
    let (mut now, mut last, mut longest) = (0.0, 0.0, 0.0_f64);
    sky.framed(&frame(1050, &[(BOB, 0.0, 0.0)]), now);
    // Twenty frames a second, each 30 units on, painted sixty times a second.
    for painted in 1..=120 {
        now += 1000.0 / 60.0;
        if painted % 3 == 0 {
            let step = painted / 3;
            sky.framed(&frame(1050 + step * 50, &[(BOB, step as f64 * 30.0, 0.0)]), now);
        }
        let x = only(&sky, now).x;
        longest = longest.max(x - last);
        assert!(x >= last, "never back");
        last = x;
    }
    assert!(
        longest < 15.0,
        "a third of a frame's way, more or less, but was {longest}"
    );
    assert!(only(&sky, now + 60.0).x == 1200.0, "and it arrives");
}

#[test]
fn my_own_cursor_is_not_painted() {
    let mut sky = sky();
    sky.framed(&frame(1050, &[(ANN, 1.0, 1.0), (BOB, 2.0, 2.0)]), 0.0);
    assert_eq!(sky.positions(0.0).map(|body| body.peer).collect::<Vec<_>>(), [BOB]);
}

#[test]
fn a_far_jump_is_a_jump() {
    let mut sky = sky();
    sky.framed(&frame(1050, &[(BOB, 0.0, 0.0)]), 0.0);
    sky.framed(&frame(1100, &[(BOB, 90_000.0, 0.0)]), 50.0);
    assert_eq!(only(&sky, 51.0).x, 90_000.0);
}

#[test]
fn after_a_pause_it_sets_out_at_the_rooms_pace() {
    let mut sky = sky();
    sky.framed(&frame(1050, &[(BOB, 0.0, 0.0)]), 0.0);
    sky.framed(&frame(31_050, &[(BOB, 100.0, 0.0)]), 30_000.0);
    assert!(only(&sky, 30_025.0).x < 60.0);
    assert_eq!(only(&sky, 30_060.0).x, 100.0);
}

#[test]
fn a_new_welcome_forgets_the_ways_from_before() {
    let mut sky = sky();
    sky.framed(&frame(1050, &[(BOB, 0.0, 0.0)]), 0.0);
    sky.welcomed(ANN, 50, Millis(9), &[CursorAt(BOB, 500.0, 0.0)], 10.0);
    assert_eq!(only(&sky, 11.0).x, 500.0);
    sky.framed(&frame(59, &[(BOB, 510.0, 0.0)]), 20.0);
    assert_eq!(only(&sky, 90.0).x, 510.0, "its frames count by the new server's clock");
}

#[test]
fn an_overtaken_frame_is_dropped() {
    let mut sky = sky();
    assert!(sky.framed(&frame(1100, &[(BOB, 10.0, 0.0)]), 0.0));
    assert!(!sky.framed(&frame(1050, &[(BOB, 5.0, 0.0)]), 1.0));
    assert_eq!(only(&sky, 100.0).x, 10.0);
}

#[test]
fn who_is_still_fades_and_who_moves_is_back() {
    let mut sky = sky();
    sky.framed(&frame(1050, &[(BOB, 0.0, 0.0)]), 0.0);
    assert_eq!(only(&sky, 7999.0).opacity, 1.0);
    assert!((only(&sky, 20_000.0).opacity - 0.4).abs() < 1e-9);
    // A full frame repeats who rests; that is no move.
    sky.framed(&frame(21_050, &[(BOB, 0.0, 0.0)]), 20_000.0);
    assert!(only(&sky, 20_000.0).opacity < 0.5);
    sky.framed(&frame(22_050, &[(BOB, 1.0, 0.0)]), 21_000.0);
    assert_eq!(only(&sky, 21_000.0).opacity, 1.0);
}

#[test]
fn nothing_is_painted_while_nothing_changes() {
    let mut sky = sky();
    sky.framed(&frame(1050, &[(BOB, 0.0, 0.0)]), 0.0);
    assert!(!sky.moving(1.0), "it rests where it was first seen");
    sky.framed(&frame(1100, &[(BOB, 30.0, 0.0)]), 50.0);
    assert!(sky.moving(60.0));
    assert!(!sky.moving(200.0));
    assert!(sky.moving(8500.0), "it fades");
    assert!(!sky.moving(9500.0));
}

#[test]
fn who_left_is_gone() {
    let mut sky = sky();
    sky.framed(&frame(1050, &[(BOB, 0.0, 0.0), (PeerId(3), 0.0, 0.0)]), 0.0);
    let before = sky.version();
    sky.retain(|peer| peer != BOB);
    assert_eq!(
        sky.positions(0.0).map(|body| body.peer).collect::<Vec<_>>(),
        [PeerId(3)]
    );
    assert!(sky.version() > before);
}

proptest! {
    #[test]
    fn a_cursor_is_never_beyond_what_is_known(
        places in prop::collection::vec((-1e3..1e3_f64, 1..200_u64), 2..40), look in 0.0..400.0_f64,
    ) {
        let mut sky = sky();
        let (mut at, mut now) = (1000, 0.0);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for (x, pause) in places {
            at += pause;
            now += pause as f64;
            sky.framed(&frame(at, &[(BOB, x, 0.0)]), now);
            (least, most) = (least.min(x), most.max(x));
            let seen = only(&sky, now + look).x;
            prop_assert!((least - 1e-9..=most + 1e-9).contains(&seen));
        }
    }
}
