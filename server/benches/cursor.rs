//! Two figures of the tick lane, measured over real sockets on this machine and printed: how long a cursor takes to another
//! person, in ticks; and how many frames a member of a crowd gets, beside how often the room ticks.
//!
//! `cargo bench -p server --bench cursor`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and has nobody to hand an error to"
)]

#[path = "../tests/stories/stage.rs"]
#[expect(dead_code, unreachable_pub, reason = "the stories use more of it")]
mod stage;

use protocol::ServerEvent;
use stage::{Person, Stage};
use std::time::{Duration, Instant};

/// Moves measured one by one.
const MOVES: u32 = 200;

/// Members of the crowd, and how often each moves.
const CROWD: u32 = 200;
const EACH: Duration = Duration::from_millis(100);

/// How long the crowd moves.
const SPAN: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() {
    latency().await;
    crowd().await;
}

async fn latency() {
    let stage = Stage::open().await;
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let tick = ann.joins_batching("sky").await.tick_ms;
    bob.joins_batching("sky").await;
    let mut taken = Vec::new();
    for n in 1..=MOVES {
        let x = f64::from(n);
        let sent = Instant::now();
        ann.moves("sky", x, 0.0);
        bob.hears(|event| match event {
            ServerEvent::CursorsMoved(frame) => frame.moves.iter().any(|at| at.1 == x).then_some(()),
            _ => None,
        })
        .await;
        taken.push(sent.elapsed());
    }
    taken.sort_unstable();
    let at = |share: f64| taken[((taken.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!("a cursor to another person, {MOVES} moves one after the other, tick {tick} ms");
    println!(
        "  p50 {:.1} ms   p99 {:.1} ms   slowest {:.1} ms   two ticks {} ms",
        at(0.5),
        at(0.99),
        at(1.0),
        2 * tick
    );
}

async fn crowd() {
    let stage = Stage::open().await;
    let mut people = Vec::new();
    let mut tick = 0;
    for n in 0..CROWD {
        let mut person = stage.person(&format!("p{n}")).await;
        tick = person.joins_batching("sky").await.tick_ms;
        people.push(person);
    }
    let crowd: Vec<_> = people
        .into_iter()
        .map(|person| tokio::spawn(moves_and_counts(person)))
        .collect();
    let mut frames = Vec::new();
    for member in crowd {
        frames.push(member.await.unwrap());
    }
    let most = frames.iter().max().copied().unwrap_or_default();
    let mean = frames.iter().sum::<u32>() as f64 / frames.len() as f64;
    let ticks = SPAN.as_secs_f64() * 1000.0 / f64::from(tick);
    println!(
        "{CROWD} members, each moving {} times a second, for {} s",
        1000 / EACH.as_millis(),
        SPAN.as_secs()
    );
    println!("  ticks of {tick} ms in that time {ticks:.0}   frames to a member: mean {mean:.1}, most {most}");
}

/// Moves for a while and counts the frames that come.
async fn moves_and_counts(mut person: Person) -> u32 {
    person.heard_by_now().await;
    let start = Instant::now();
    let mut frames = 0;
    let mut beat = tokio::time::interval(EACH);
    while start.elapsed() < SPAN {
        beat.tick().await;
        person.moves("sky", start.elapsed().as_secs_f64(), 0.0);
        let heard = person.heard_by_now().await;
        frames += u32::try_from(
            heard
                .iter()
                .filter(|e| matches!(e, ServerEvent::CursorsMoved(_)))
                .count(),
        )
        .unwrap();
    }
    frames
}
