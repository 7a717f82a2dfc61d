//! What every store does alike: stories that each is told.

use super::{file::FileLog, memory::MemoryLog, redis::RedisLog, *};
use crate::{cluster::connection::Redis, metrics::Metrics};
use std::{future::Future, time::Duration};

mod agreement;

#[path = "../../tests/support/redis.rs"]
mod server;

const KEEP: Retention = Retention {
    chat: 5,
    document: 3,
    note: 0,
    access: 0,
    bytes: 60,
};

fn room(name: &str) -> RoomId {
    name.parse().unwrap()
}

fn new(by: &str, id: u64) -> NewEntry {
    NewEntry {
        by: by.parse().unwrap(),
        id: id.to_string().parse().unwrap(),
        // From 10 on they are heavier.
        body: format!("{{\"said\":{id}{}}}", " ".repeat(id as usize / 10 * 25)).into(),
    }
}

fn seqs(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq.0).collect()
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}

/// Tells the same story to each store, new and empty.
fn each<F: Future<Output = ()>>(story: impl Fn(Box<dyn Log>) -> F) {
    wait(story(Box::new(MemoryLog::new(KEEP, 10))));
    let dir = tempfile::tempdir().unwrap();
    wait(story(Box::new(FileLog::open(dir.path(), KEEP).unwrap())));
    let redis = server::Process::start();
    wait(async { story(Box::new(in_redis(&redis).await)).await });
}

async fn in_redis(redis: &server::Process) -> RedisLog {
    let connected = Redis::connect(&redis.url()).await.unwrap();
    let metrics = Arc::new(Metrics::new().unwrap());
    RedisLog::new(connected.commands, KEEP, Duration::from_secs(60), metrics)
}

#[test]
fn a_repetition_is_known_by_author_and_id() {
    each(async |log| {
        let a = &room("a");
        let say = |by, id| log.append(a, Topic::Chat, None, new(by, id));
        assert!(matches!(say("ann", 7).await, Ok(Appended::New(at)) if at.seq == Seq(1)));
        assert!(matches!(say("ann", 7).await, Ok(Appended::Repeated(entry)) if entry.seq == Seq(1)));
        assert!(matches!(say("bob", 7).await, Ok(Appended::New(at)) if at.seq == Seq(2)));
        let other = log.append(&room("a"), Topic::Document, None, new("ann", 7)).await;
        assert!(
            matches!(other, Ok(Appended::New(at)) if at.seq == Seq(1)),
            "another log"
        );
    });
}

#[test]
fn a_repetition_is_forgotten_with_its_entry() {
    each(async |log| {
        let a = &room("a");
        let say = |id| log.append(a, Topic::Chat, None, new("ann", id));
        for id in 1..=6 {
            say(id).await.unwrap();
        }
        assert!(matches!(say(2).await, Ok(Appended::Repeated(entry)) if entry.seq == Seq(2)));
        assert!(matches!(say(1).await, Ok(Appended::New(at)) if at.seq == Seq(7)));
    });
}

#[test]
fn an_append_can_insist_on_the_end() {
    each(async |log| {
        let a = &room("a");
        let say = |expected, id| log.append(a, Topic::Note, Some(Seq(expected)), new("ann", id));
        assert!(matches!(say(0, 1).await, Ok(Appended::New(at)) if at.seq == Seq(1)));
        assert_eq!(say(0, 2).await, Ok(Appended::Conflict(Seq(1))));
        assert!(
            matches!(say(7, 1).await, Ok(Appended::Repeated(_))),
            "known before it is in conflict"
        );
    });
}

#[test]
fn an_epoch_told_to_a_reader_holds_at_the_first_append() {
    each(async |log| {
        let told = log.read(&room("a"), Topic::Chat, Span::Newest(1)).await.unwrap();
        assert_eq!((told.end.seq, told.first, told.entries.len()), (Seq(0), Seq(1), 0));
        let other = log.load(&room("a"), Topic::Note).await.unwrap();
        assert_ne!(told.end.epoch, other.end.epoch);
        let first = log.append(&room("a"), Topic::Chat, None, new("ann", 1)).await.unwrap();
        assert!(matches!(first, Appended::New(at) if at.epoch == told.end.epoch));
    });
}

#[test]
fn a_snapshot_takes_the_place_of_what_it_holds() {
    each(async |log| {
        let (log, a, topic) = (&*log, &room("a"), Topic::Document);
        for id in 1..=8 {
            log.append(a, topic, None, new("ann", id)).await.unwrap();
        }
        let before = log.load(a, topic).await.unwrap();
        assert_eq!(
            seqs(&before.entries),
            (1..=8).collect::<Vec<_>>(),
            "no snapshot holds them yet"
        );
        let take = async |epoch, seq, body: &str| {
            let (seq, body) = (Seq(seq), body.into());
            log.compact(a, topic, epoch, Snapshot { seq, body }).await.unwrap();
            log.load(a, topic).await.unwrap()
        };
        let epoch = before.end.epoch;
        assert_eq!(take(Epoch(!epoch.0), 6, "of another life").await, before);
        assert_eq!(take(epoch, 9, "from beyond the end").await, before);
        let after = take(epoch, 6, "six").await;
        assert_eq!(after.snapshot.as_ref().map(|held| &*held.body), Some("six"));
        assert_eq!(seqs(&after.entries), [7, 8]);
        assert_eq!(take(epoch, 4, "older").await, after);
        let kept = log.read(a, topic, Span::After(Seq(0))).await.unwrap();
        assert_eq!((kept.first, seqs(&kept.entries)), (Seq(6), vec![6, 7, 8]));
        let find = |id: u64| async move {
            log.find(a, topic, &new("ann", id).by, &new("ann", id).id)
                .await
                .unwrap()
        };
        assert_eq!(find(5).await, None);
        assert_eq!(find(6).await.map(|entry| entry.seq), Some(Seq(6)));
    });
}

#[test]
fn chat_has_no_snapshots() {
    each(async |log| {
        let said = log.append(&room("a"), Topic::Chat, None, new("ann", 1)).await.unwrap();
        let Appended::New(at) = said else { panic!("{said:?}") };
        let snapshot = Snapshot {
            seq: at.seq,
            body: "so far".into(),
        };
        log.compact(&room("a"), Topic::Chat, at.epoch, snapshot).await.unwrap();
        let loaded = log.load(&room("a"), Topic::Chat).await.unwrap();
        assert_eq!((loaded.snapshot, seqs(&loaded.entries)), (None, vec![1]));
    });
}

#[test]
fn what_is_heavy_goes_sooner() {
    each(async |log| {
        let (log, a) = (&*log, &room("a"));
        let kept = async |topic| seqs(&log.read(a, topic, Span::After(Seq(0))).await.unwrap().entries);
        let say = async |topic, id| match log.append(a, topic, None, new("ann", id)).await.unwrap() {
            Appended::New(at) => at,
            other => panic!("{other:?}"),
        };
        for id in 10..13 {
            say(Topic::Chat, id).await;
            say(Topic::Document, id).await;
        }
        let epoch = say(Topic::Document, 1).await.epoch;
        assert_eq!(kept(Topic::Document).await, [1, 2, 3, 4], "no snapshot holds them yet");
        let hold = async |seq| {
            let (seq, body) = (Seq(seq), "so far".into());
            let snapshot = Snapshot { seq, body };
            log.compact(a, Topic::Document, epoch, snapshot).await.unwrap();
        };
        hold(1).await;
        assert_eq!(kept(Topic::Document).await, [2, 3, 4]);
        hold(3).await;
        assert_eq!(kept(Topic::Document).await, [3, 4], "no more go than are too many");
        assert_eq!(
            say(Topic::Document, 10).await.seq,
            Seq(5),
            "its id is forgotten with it"
        );
        assert_eq!(kept(Topic::Document).await, [4, 5]);
        assert_eq!(
            kept(Topic::Chat).await,
            [1, 2, 3],
            "of which as many are kept as was set"
        );
    });
}

/// A Redis may lose what it had taken: the last second where it restarts, what had not reached the replica that takes over.
#[test]
fn a_log_in_redis_that_has_lost_its_end_begins_a_new_life() {
    let redis = server::Process::start();
    wait(async {
        let log = in_redis(&redis).await;
        let a = &room("a");
        for id in 1..=3 {
            log.append(a, Topic::Chat, None, new("ann", id)).await.unwrap();
        }
        let end = log.read(a, Topic::Chat, Span::Newest(1)).await.unwrap().end;
        let known = |seq: u64, id: u64| Witness {
            position: Position { seq: Seq(seq), ..end },
            entry: Some(("ann".parse().unwrap(), id.to_string().parse().unwrap())),
        };
        let witness = async |seq, id| log.witness(a, Topic::Chat, &known(seq, id)).await.unwrap();
        let page = witness(1, 1).await;
        assert_eq!((page.end, seqs(&page.entries)), (end, vec![2, 3]), "as it was known");
        for command in [
            "DEL orrery:{a}:chat:entries",
            "XADD orrery:{a}:chat:entries 1-0 by ann id 1 body {}",
            "XADD orrery:{a}:chat:entries 2-0 by ann id 2 body {}",
            "HDEL orrery:{a}:chat:ids \"ann 3\"",
            "HSET orrery:{a}:chat last 2",
        ] {
            redis.ask(command);
        }
        let shorter = witness(3, 3).await.end;
        assert_ne!(shorter.epoch, end.epoch, "it ends before what was known");
        assert_eq!(shorter.seq, Seq(2));
        log.append(a, Topic::Chat, None, new("bob", 4)).await.unwrap();
        let known = Witness {
            position: Position { seq: Seq(3), ..shorter },
            ..known(3, 3)
        };
        let another = log.witness(a, Topic::Chat, &known).await.unwrap().end;
        assert_ne!(another.epoch, shorter.epoch, "another entry stands there");
    });
}

#[test]
fn every_key_in_redis_goes_by_itself_some_day() {
    let redis = server::Process::start();
    wait(async {
        let log = in_redis(&redis).await;
        let a = &room("a");
        log.append(a, Topic::Document, Some(Seq(0)), new("ann", 1))
            .await
            .unwrap();
        log.read(&room("never-written"), Topic::Chat, Span::Newest(1))
            .await
            .unwrap();
        let keys = redis.ask("KEYS *");
        let keys: Vec<&str> = keys.lines().filter(|line| line.starts_with("orrery:")).collect();
        assert_eq!(keys.len(), 4, "{keys:?}");
        for key in keys {
            let ttl = redis.ask(&format!("TTL {key}"));
            assert!(!ttl.starts_with(":-"), "{key} lives for ever: {ttl}");
        }
    });
}
