//! A disk that fails, or takes its time.

use super::*;
use redb::{Database, StorageBackend, backends::FileBackend};
use std::{
    fs::{File, OpenOptions},
    io,
    pin::Pin,
    sync::{
        Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker},
};

/// A disk that takes so many changes and then says that it is full, counts how often it is synced, and does not sync
/// while somebody holds the gate.
#[derive(Debug)]
struct Disk {
    left: AtomicI64,
    syncs: AtomicU64,
    gate: Mutex<()>,
}

#[derive(Debug)]
struct OnDisk(Arc<Disk>, FileBackend);

impl Disk {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            left: AtomicI64::new(i64::MAX),
            syncs: AtomicU64::new(0),
            gate: Mutex::new(()),
        })
    }

    fn take(&self) -> io::Result<()> {
        if self.left.fetch_sub(1, SeqCst) > 0 {
            Ok(())
        } else {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    /// A store on this disk.
    async fn store(self: &Arc<Self>) -> (tempfile::TempDir, FileLog) {
        let dir = filled(0).await;
        let (disk, path) = (Arc::clone(self), file(dir.path()));
        let open = move || {
            let file = OpenOptions::new().read(true).write(true).open(&path)?;
            Database::builder().create_with_backend(OnDisk(Arc::clone(&disk), FileBackend::new(file)?))
        };
        let claim = File::open(dir.path()).unwrap();
        let shelf = Shelf::new(Box::new(open), claim).unwrap();
        (dir, FileLog::on(shelf, KEEP).unwrap())
    }
}

impl StorageBackend for OnDisk {
    fn len(&self) -> io::Result<u64> {
        self.1.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.1.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.take()?;
        self.1.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        let _open = self.0.gate.lock().unwrap();
        self.0.take()?;
        self.0.syncs.fetch_add(1, SeqCst);
        self.1.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.take()?;
        self.1.write(offset, data)
    }
}

/// Lets a future hand over what it has to, and no more.
fn begun<F: Future>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// Five entries from this one on, in one transaction.
async fn say_five(log: &FileLog, first: u64) -> Result<(), LogError> {
    let name = log.name(&room(), Topic::Chat);
    let write = move |tables: &mut table::Tables<'_>| {
        (first..first + 5).try_for_each(|id| tables.append(&name, KEEP, None, &new(id)).map(drop))
    };
    log.writer.write(write).await
}

/// However far a commit came before the disk was full: it is answered as an error, is in the log whole or not at all,
/// and the log goes on when there is room.
#[tokio::test]
async fn a_full_disk_costs_what_was_not_acknowledged_and_no_more() {
    let disk = Disk::new();
    let (dir, log) = disk.store().await;
    let (mut kept, mut errors) = (Vec::new(), 0);
    for changes in 0..40 {
        disk.left.store(changes, SeqCst);
        let first = 10 * changes as u64;
        let answer = say_five(&log, first).await;
        disk.left.store(i64::MAX, SeqCst);
        let now = said(&log).await;
        assert!(now.starts_with(&kept), "what was acknowledged stays");
        assert!([0, 5].contains(&(now.len() - kept.len())), "half-written: {now:?}");
        match answer {
            Ok(()) => assert_eq!(now.len(), kept.len() + 5),
            Err(error) => {
                assert!(matches!(error, LogError::Unavailable(_)), "{error}");
                errors += 1;
            }
        }
        assert_eq!(
            say_five(&log, first).await,
            Ok(()),
            "again with the same ids, now that there is room"
        );
        kept.extend(first..first + 5);
        assert_eq!(said(&log).await, kept, "and none stands twice");
    }
    assert!(errors > 5, "the disk was full {errors} times");
    drop(log);
    assert_eq!(said(&opened(dir.path(), KEEP)).await, kept);
}

#[tokio::test]
async fn all_that_wait_for_a_disk_that_fails_are_told() {
    let disk = Disk::new();
    let (_dir, log) = disk.store().await;
    let gate = disk.gate.lock().unwrap();
    let mut waiting: Vec<_> = (1..=20).map(|id| Box::pin(say(&log, id))).collect();
    assert!(waiting.iter_mut().all(|append| begun(append).is_pending()));
    disk.left.store(0, SeqCst);
    drop(gate);
    let answers = futures::future::join_all(waiting).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Err(LogError::Unavailable(_)))),
        "{answers:?}"
    );
    disk.left.store(i64::MAX, SeqCst);
    for id in 1..=20 {
        say(&log, id).await.unwrap();
    }
    assert_eq!(said(&log).await, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_waits_is_committed_together_and_too_much_is_refused() {
    let disk = Disk::new();
    let (_dir, log) = disk.store().await;
    say(&log, 0).await.unwrap();
    let gate = disk.gate.lock().unwrap();
    let (mut waiting, mut id) = (Vec::new(), 1);
    let refused = loop {
        let mut append = Box::pin(say(&log, id));
        match begun(&mut append) {
            Poll::Pending => waiting.push(append),
            Poll::Ready(refused) => break refused,
        }
        id += 1;
    };
    assert!(matches!(refused, Err(LogError::Unavailable(_))), "{refused:?}");
    assert!((1024..=2050).contains(&waiting.len()), "{} waited", waiting.len());
    let before = disk.syncs.load(SeqCst);
    drop(gate);
    let (count, answers) = (waiting.len(), futures::future::join_all(waiting).await);
    let syncs = disk.syncs.load(SeqCst) - before;
    assert!(
        syncs <= 8,
        "{count} writes in {syncs} syncs: two or three batches, and room for the file to grow"
    );
    for (place, answer) in answers.into_iter().enumerate() {
        assert!(
            matches!(answer, Ok(Appended::New(at)) if at.seq == Seq(place as u64 + 2)),
            "in order of arrival"
        );
    }
}

#[tokio::test]
async fn what_was_accepted_is_written_when_the_store_is_dropped() {
    let disk = Disk::new();
    let (dir, log) = disk.store().await;
    let gate = disk.gate.lock().unwrap();
    for id in 1..=50 {
        assert!(begun(&mut Box::pin(say(&log, id))).is_pending());
    }
    drop(gate);
    drop(log);
    assert_eq!(said(&opened(dir.path(), KEEP)).await, (1..=50).collect::<Vec<_>>());
}
