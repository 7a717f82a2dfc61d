//! How many appends a second the file acknowledges, to logs of chat and to logs that have a large snapshot, beside a loop
//! that does nothing but write the same bytes and sync them: what the disk can do, and what the store makes of it.
//!
//! `cargo bench -p server --bench store [-- DIRECTORY]`: the disk of that directory, else that of `target/`.

#![expect(clippy::print_stdout, reason = "a table is what this is for")]
#![expect(clippy::unwrap_used, reason = "a measurement ends where it fails")]

use protocol::{RoomId, limits::HISTORY_BYTES};
use server::store::{Appended, Log, NewEntry, Retention, Snapshot, Topic, file::FileLog};
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

const LASTS: Duration = Duration::from_secs(4);

/// Bytes of a body: a chat line of some words with all that belongs to it.
const BODY: usize = 200;

/// Characters of a snapshot, three bytes each: nearly the largest document.
const SNAPSHOT: usize = 300_000;

const KEEP: Retention = Retention {
    chat: 1000,
    document: 20_000,
    note: 1000,
    access: 1000,
    bytes: HISTORY_BYTES,
};

fn main() {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let dir = tempfile::tempdir_in(named.map_or(target, PathBuf::from)).unwrap();
    println!("{BODY} bytes each, {LASTS:?} each, in {}", dir.path().display());
    println!(
        "{:>7}  {:>14}  {:>18}  {:>22}",
        "writers", "FileLog /s", "with a snapshot /s", "write and sync_data /s"
    );
    for writers in [1, 64] {
        let chat = appends(&dir.path().join(format!("chat-{writers}")), writers, Topic::Chat);
        let document = appends(
            &dir.path().join(format!("document-{writers}")),
            writers,
            Topic::Document,
        );
        let plain = syncs(dir.path(), writers);
        println!("{writers:>7}  {chat:>14.0}  {document:>18.0}  {plain:>22.0}");
    }
}

/// Acknowledged appends a second by so many writers, each in a room of its own.
fn appends(dir: &Path, writers: usize, topic: Topic) -> f64 {
    let log = Arc::new(FileLog::open(dir, KEEP).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let rooms = || (0..writers).map(|writer| format!("room-{writer}").parse().unwrap());
    if topic.has_snapshots() {
        runtime.block_on(async {
            for room in rooms() {
                snapshot(&log, room, topic).await;
            }
        });
    }
    let began = Instant::now();
    let count: u64 = runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for room in rooms() {
            tasks.spawn(append_until(Arc::clone(&log), room, topic, began + LASTS));
        }
        tasks.join_all().await.into_iter().sum()
    });
    count as f64 / began.elapsed().as_secs_f64()
}

/// Begins a log with one entry and a snapshot that holds it.
async fn snapshot(log: &FileLog, room: RoomId, topic: Topic) {
    let Appended::New(end) = log.append(&room, topic, None, entry("first")).await.unwrap() else {
        panic!("the log had an entry");
    };
    let body = "字".repeat(SNAPSHOT).into();
    let snapshot = Snapshot { seq: end.seq, body };
    log.compact(&room, topic, end.epoch, snapshot).await.unwrap();
}

async fn append_until(log: Arc<FileLog>, room: RoomId, topic: Topic, end: Instant) -> u64 {
    let mut count = 0_u64;
    while Instant::now() < end {
        log.append(&room, topic, None, entry(&count.to_string())).await.unwrap();
        count += 1;
    }
    count
}

fn entry(id: &str) -> NewEntry {
    NewEntry {
        by: "ann".parse().unwrap(),
        id: id.parse().unwrap(),
        body: "x".repeat(BODY).into(),
    }
}

/// Synced writes a second by so many threads, each to a file of its own.
fn syncs(dir: &Path, writers: usize) -> f64 {
    let began = Instant::now();
    let count: u64 = thread::scope(|scope| {
        let threads: Vec<_> = (0..writers)
            .map(|writer| {
                let file = File::create(dir.join(format!("plain-{writers}-{writer}"))).unwrap();
                scope.spawn(move || sync_until(file, began + LASTS))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    count as f64 / began.elapsed().as_secs_f64()
}

fn sync_until(mut file: File, end: Instant) -> u64 {
    let body = "x".repeat(BODY);
    let mut count = 0;
    while Instant::now() < end {
        file.write_all(body.as_bytes()).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    count
}
