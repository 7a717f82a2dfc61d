//! What it costs to come into a room whose document has had many edits, and to catch up with them after a time away.
//!
//! A real process with a store on disk, asked over a real socket; its own CPU time is told by Linux. Prints a table:
//! `cargo bench -p server --bench join`.

#![expect(clippy::print_stdout, reason = "a bench prints")]
#![expect(clippy::unwrap_used, reason = "a bench ends where it fails")]

#[path = "../tests/sessions/process.rs"]
mod process;

use process::Process;
use protocol::{
    Answer, Position, Request, RoomId, Seq, VERSION,
    document::{EditDocument, Operation, Step},
    room::{Join, Leave, Resume, Welcome},
};
use serde_json::json;
use socketio::{Client, Config, Delivery, Event, connect};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Edits of the busy document.
const EDITS: u64 = 100_000;

/// How far behind somebody is who comes back.
const BEHIND: u64 = 10_000;

/// Characters of both documents.
const LENGTH: u32 = 2000;

/// Joins that are measured, each way.
const JOINS: u32 = 200;

/// Returns that are measured.
const RETURNS: u32 = 50;

#[tokio::main]
async fn main() {
    // `cargo test` runs benches too, to see that they build.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let process = Process::start().await;
    let client = come(&process).await;
    let calm = write(&client, "calm", 1).await;
    let busy = write(&client, "busy", EDITS).await;
    println!("{LENGTH} characters, of 1 edit (calm) and of {EDITS} edits (busy); medians of {JOINS} joins");
    println!("  {:<34}{:>10}{:>10}{:>8}", "", "calm", "busy", "ratio");
    let (calm_warm, busy_warm) = both(async |room| timed(&client, room).await).await;
    row("room is open", calm_warm, busy_warm);
    let (calm_cold, busy_cold) = both(async |room| {
        leave(&process, &client, room).await;
        timed(&client, room).await
    })
    .await;
    row("room is opened from its logs", calm_cold, busy_cold);
    assert_eq!((calm.seq, busy.seq), (Seq(1), Seq(EDITS)));
    let (took, cpu) = catch_up(&process, &client, busy).await;
    println!(
        "{BEHIND} edits behind: {} until the welcome, {} of the server's CPU",
        spoken(took),
        spoken(cpu)
    );
}

/// Measures both rooms in turn, so that whatever else the machine does falls on both alike.
async fn both(measure: impl AsyncFn(&str) -> Duration) -> (Duration, Duration) {
    let (mut calm, mut busy) = (Vec::new(), Vec::new());
    for _ in 0..JOINS {
        calm.push(measure("calm").await);
        busy.push(measure("busy").await);
    }
    (median(calm), median(busy))
}

/// Leaves, and waits until the room is closed; the other one stays open.
async fn leave(process: &Process, client: &Client, room: &str) {
    ask(client, &Leave { room: id(room) }).await;
    while metric(process, "collab_rooms").await > 1.0 {}
}

async fn timed(client: &Client, room: &str) -> Duration {
    let started = Instant::now();
    join(client, room, None).await;
    started.elapsed()
}

/// Comes back again and again from as far behind: the time of one, and the CPU time that the server took for one.
async fn catch_up(process: &Process, client: &Client, end: Position) -> (Duration, Duration) {
    let stand = Position {
        seq: Seq(end.seq.0 - BEHIND),
        ..end
    };
    let resume = Resume {
        document: Some(stand),
        ..Resume::default()
    };
    let (before, mut times) = (process.cpu(), Vec::new());
    for _ in 0..RETURNS {
        let started = Instant::now();
        let welcome = join(client, "busy", Some(resume)).await;
        times.push(started.elapsed());
        assert_eq!(welcome.document.entries.len() as u64, BEHIND);
    }
    (median(times), (process.cpu() - before) / RETURNS)
}

/// Writes a document in so many edits: the text at once, and then a character that comes and goes.
async fn write(client: &Client, room: &str, edits: u64) -> Position {
    let begin = join(client, room, None).await.document.position;
    for seq in 0..edits {
        let steps = match seq {
            0 => vec![Step::Insert("x".repeat(LENGTH as usize))],
            _ if seq % 2 == 1 => vec![
                Step::Retain(LENGTH / 2),
                Step::Insert("y".into()),
                Step::Retain(LENGTH / 2),
            ],
            _ => vec![Step::Retain(LENGTH / 2), Step::Delete(1), Step::Retain(LENGTH / 2)],
        };
        let edit = EditDocument {
            room: id(room),
            base: Position {
                seq: Seq(begin.seq.0 + seq),
                ..begin
            },
            operation: Operation(steps),
            id: None,
        };
        ask(client, &edit).await;
    }
    Position {
        seq: Seq(begin.seq.0 + edits),
        ..begin
    }
}

async fn come(process: &Process) -> Client {
    let auth = json!({ "token": Process::token("ann"), "version": VERSION });
    let url = format!("http://{}", process.address);
    let (client, mut events) = connect(Config::new(url), move || std::future::ready(Ok(auth.clone())));
    while !matches!(events.next().await, Some(Event::Connected { .. })) {}
    // A client whose events nobody takes stops reading.
    tokio::spawn(async move { while events.next().await.is_some() {} });
    client
}

async fn join(client: &Client, room: &str, resume: Option<Resume>) -> Welcome {
    let join = Join {
        room: id(room),
        resume,
        batch: true,
        invite: None,
    };
    ask(client, &join).await
}

async fn ask<R: Request>(client: &Client, request: &R) -> R::Reply {
    let answer = client.request(R::NAME, request, Delivery::Once).await.unwrap();
    match answer.parse::<Answer<R::Reply>>().unwrap() {
        Answer::Granted(reply) => reply,
        Answer::Refused { error } => panic!("{error}"),
    }
}

fn id(room: &str) -> RoomId {
    room.parse().unwrap()
}

async fn metric(process: &Process, name: &str) -> f64 {
    let mut stream = TcpStream::connect(process.address).await.unwrap();
    let request = b"GET /metrics HTTP/1.1\r\nhost: orrery\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let value = answer
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
    value.unwrap()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn row(what: &str, calm: Duration, busy: Duration) {
    let ratio = busy.as_secs_f64() / calm.as_secs_f64();
    println!("  {what:<34}{:>10}{:>10}{ratio:>8.2}", spoken(calm), spoken(busy));
}

fn spoken(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
