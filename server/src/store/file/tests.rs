//! What the file alone must do: open after anything that was no fault of its own, refuse what is not its own, and go on
//! after errors of the disk.

mod damage;
mod fault;

use super::*;
use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

const KEEP: Retention = Retention {
    chat: 1000,
    document: 1000,
    note: 1000,
    access: 1000,
    bytes: usize::MAX,
};

/// Opens a store that may have been closed a moment ago. Another test may just be starting a program, and until that runs it
/// has all open that this process had. Whoever has it open for longer is no such program.
pub(in crate::store) fn opened(dir: &Path, keep: Retention) -> FileLog {
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        match FileLog::open(dir, keep) {
            Err(OpenError::InUse(_)) if Instant::now() < end => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}

fn room() -> RoomId {
    "observatory".parse().unwrap()
}

fn new(id: u64) -> NewEntry {
    NewEntry {
        by: "ann".parse().unwrap(),
        id: id.to_string().parse().unwrap(),
        body: format!("{id} {}", "x".repeat(300)).into(),
    }
}

async fn say(log: &FileLog, id: u64) -> Result<Appended, LogError> {
    log.append(&room(), Topic::Chat, None, new(id)).await
}

/// The ids of all chat entries, after it was made sure that their places have no gaps.
async fn said(log: &FileLog) -> Vec<u64> {
    let page = log.read(&room(), Topic::Chat, Span::After(Seq(0))).await.unwrap();
    let places: Vec<u64> = page.entries.iter().map(|entry| entry.seq.0).collect();
    assert_eq!(places, (1..=page.end.seq.0).collect::<Vec<_>>());
    let ids = page.entries.iter().map(|entry| entry.id.as_str().parse().unwrap());
    ids.collect()
}

fn file(dir: &Path) -> PathBuf {
    dir.join("orrery.redb")
}

/// A directory with a store of `entries` lines, each of which was committed by itself.
async fn filled(entries: u64) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let log = opened(dir.path(), KEEP);
    for id in 1..=entries {
        say(&log, id).await.unwrap();
    }
    dir
}

/// A directory with a store of 40 lines as `kill -9` leaves it.
async fn killed() -> tempfile::TempDir {
    let (alive, dead) = (filled(0).await, tempfile::tempdir().unwrap());
    let log = opened(alive.path(), KEEP);
    for id in 1..=40 {
        say(&log, id).await.unwrap();
    }
    fs::copy(file(alive.path()), file(dead.path())).unwrap();
    dead
}

#[tokio::test]
async fn a_store_opens_by_itself_after_an_unclean_stop() {
    let dir = killed().await;
    let log = opened(dir.path(), KEEP);
    assert_eq!(said(&log).await, (1..=40).collect::<Vec<_>>());
    assert!(matches!(say(&log, 40).await, Ok(Appended::Repeated(_))));
    assert!(matches!(say(&log, 41).await, Ok(Appended::New(at)) if at.seq == Seq(41)));
}

#[tokio::test]
async fn a_store_that_was_begun_and_not_finished_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("orrery.redb.new"), "half a sto").unwrap();
    let log = opened(&dir.path().join("deeper/still"), KEEP);
    assert!(matches!(say(&log, 1).await, Ok(Appended::New(_))));
    let log = opened(dir.path(), KEEP);
    assert!(matches!(say(&log, 1).await, Ok(Appended::New(_))));
}

#[tokio::test]
async fn readers_write_nothing() {
    let dir = filled(3).await;
    let log = opened(dir.path(), KEEP);
    let before = fs::read(file(dir.path())).unwrap();
    let unwritten = "nobody-was-here".parse().unwrap();
    let told = log.read(&unwritten, Topic::Chat, Span::Newest(9)).await.unwrap();
    assert_eq!(log.load(&unwritten, Topic::Chat).await.unwrap().end, told.end);
    assert_eq!(said(&log).await, [1, 2, 3]);
    assert!(matches!(say(&log, 2).await, Ok(Appended::Repeated(_))));
    assert!(fs::read(file(dir.path())).unwrap() == before);
}

#[tokio::test]
async fn less_is_kept_from_the_next_append_on() {
    let dir = filled(10).await;
    let log = FileLog::open(dir.path(), Retention { chat: 4, ..KEEP }).unwrap();
    assert_eq!(said(&log).await.len(), 10);
    say(&log, 11).await.unwrap();
    let page = log.read(&room(), Topic::Chat, Span::After(Seq(0))).await.unwrap();
    assert_eq!((page.first, page.entries.len()), (Seq(8), 4));
    assert_eq!(log.look(table::counts).await, Ok((4, 4)), "and their ids with them");
}

#[tokio::test]
async fn a_log_is_weighed_once_the_file_is_open_again() {
    let dir = tempfile::tempdir().unwrap();
    let log = opened(dir.path(), KEEP);
    for id in 1..=10 {
        log.append(&room(), Topic::Note, None, new(id)).await.unwrap();
    }
    drop(log);
    let keep = Retention { bytes: 1000, ..KEEP };
    let log = FileLog::open(dir.path(), keep).unwrap();
    let epoch = log.load(&room(), Topic::Note).await.unwrap().end.epoch;
    let (seq, body) = (Seq(10), "so far".into());
    let snapshot = Snapshot { seq, body };
    log.compact(&room(), Topic::Note, epoch, snapshot).await.unwrap();
    let page = log.read(&room(), Topic::Note, Span::After(Seq(0))).await.unwrap();
    assert_eq!((page.first, page.entries.len()), (Seq(8), 3), "of 302 and 303 bytes");
}

#[tokio::test]
async fn a_directory_has_one_store_at_a_time() {
    let dir = filled(1).await;
    let first = opened(dir.path(), KEEP);
    let refused = FileLog::open(dir.path(), KEEP).err().unwrap();
    assert!(matches!(refused, OpenError::InUse(_)), "{refused}");
    fs::remove_file(dir.path().join("orrery.lock")).unwrap();
    let refused = FileLog::open(dir.path(), KEEP).err().unwrap();
    assert!(matches!(refused, OpenError::InUse(_)), "by redb's own lock: {refused}");
    drop(first);
    assert_eq!(said(&opened(dir.path(), KEEP)).await, [1]);
}

#[tokio::test]
async fn what_cannot_be_a_directory_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a file");
    fs::write(&path, "precious").unwrap();
    for path in [&path, &path.join("below")] {
        let refused = FileLog::open(path, KEEP).err().unwrap();
        assert!(matches!(refused, OpenError::Directory { .. }));
        let said = refused.to_string();
        assert!(
            said.contains("DATA_DIR") && said.contains(path.to_str().unwrap()),
            "{said}"
        );
    }
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    fs::create_dir(file(dir.path())).unwrap();
    let refused = FileLog::open(dir.path(), KEEP).err().unwrap();
    assert!(matches!(refused, OpenError::File { .. }), "{refused}");
}
