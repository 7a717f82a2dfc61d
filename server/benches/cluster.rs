//! What it costs to be several replicas: chat from one to another beside chat within one process, and what a replica says
//! over Redis while rooms are busy. Servers, clients and Redis share this machine. Prints:
//!
//! `cargo bench -p server --bench cluster`

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and ends where it fails"
)]

#[path = "../tests/support/redis.rs"]
mod redis;
#[path = "../tests/stories/stage.rs"]
#[allow(dead_code, reason = "the stories use all of it")]
mod stage;

use protocol::ServerEvent;
use stage::{Person, Stage};
use std::time::{Duration, Instant};

/// Messages whose way is measured, after as many again by which everything has warmed up.
const MESSAGES: usize = 2000;

/// Rooms, people in each, and how often each of them moves in a second, for so long.
const ROOMS: usize = 20;
const MEMBERS: usize = 20;
const MOVES: u32 = 20;
const MOVING: Duration = Duration::from_secs(5);

fn main() {
    // `cargo test` runs benches too, to see that they build.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let redis = redis::Process::start();
        let one = Stage::open().await;
        let (a, b) = (replica(&redis).await, replica(&redis).await);
        println!("chat, milliseconds from being sent to being heard, of {MESSAGES} messages, one at a time");
        println!("                              p50     p99");
        let within = chat(&one, &one).await;
        println!("  within one process       {:6.2}  {:6.2}", within.0, within.1);
        let across = chat(&a, &b).await;
        println!("  from replica to replica  {:6.2}  {:6.2}", across.0, across.1);
        println!(
            "  more                     {:6.2}  {:6.2}",
            across.0 - within.0,
            across.1 - within.1
        );
        moves(&a, &b).await;
    });
}

async fn replica(redis: &redis::Process) -> Stage {
    Stage::set(|config| config.redis_url = Some(redis.url())).await
}

/// The median and the 99th of 100, in milliseconds.
async fn chat(from: &Stage, to: &Stage) -> (f64, f64) {
    let (mut ann, mut bob) = (from.person("ann").await, to.person("bob").await);
    ann.joins_batching("chat").await;
    bob.joins_batching("chat").await;
    let mut took = Vec::with_capacity(MESSAGES);
    for turn in 0..MESSAGES * 2 {
        let sent = Instant::now();
        let text = turn.to_string();
        let (said, ()) = tokio::join!(ann.says("chat", &text), bob.hears(|event| is(event, &text)));
        said.unwrap();
        if turn >= MESSAGES {
            took.push(sent.elapsed().as_secs_f64() * 1000.0);
        }
    }
    took.sort_by(f64::total_cmp);
    (took[MESSAGES / 2], took[MESSAGES * 99 / 100])
}

fn is(event: &ServerEvent, text: &str) -> Option<()> {
    matches!(event, ServerEvent::Chat(line) if line.text == text).then_some(())
}

/// All move, half of each room on either replica.
async fn moves(a: &Stage, b: &Stage) {
    let mut people: Vec<(String, Person)> = Vec::new();
    for room in 0..ROOMS {
        for member in 0..MEMBERS {
            let stage = if member % 2 == 0 { a } else { b };
            let mut person = stage.person(&format!("p{member}")).await;
            let room = format!("moves-{room}");
            person.joins_batching(&room).await;
            people.push((room, person));
        }
    }
    let (told_by, ticks) = ("collab_bus_out_total{kind=\"tick\"}", "collab_tick_seconds_count");
    let (told, ticked) = (
        (a.metric(told_by).await, b.metric(told_by).await),
        a.metric(ticks).await,
    );
    let started = Instant::now();
    let mut step = tokio::time::interval(Duration::from_secs(1) / MOVES);
    while started.elapsed() < MOVING {
        step.tick().await;
        let x = started.elapsed().as_secs_f64() * 100.0;
        people.iter().for_each(|(room, person)| person.moves(room, x, 0.0));
    }
    let seconds = started.elapsed().as_secs_f64();
    let rate = |before: f64, after: f64| (after - before) / seconds;
    let (a_told, b_told) = (
        rate(told.0, a.metric(told_by).await),
        rate(told.1, b.metric(told_by).await),
    );
    let ticked = rate(ticked, a.metric(ticks).await);
    let moves = ROOMS * MEMBERS * MOVES as usize;
    println!("\n{ROOMS} rooms of {MEMBERS} members that move {MOVES} times a second, half of each on either replica:");
    println!("  moves a second into both                        {moves:8}");
    println!("  frames a second that a replica gives its own    {ticked:8.0}");
    println!("  messages a second that it tells the other       {a_told:8.0} and {b_told:.0}");
    println!(
        "  messages a room, tick and replica               {:8.2}",
        a_told / ticked
    );
}
