//! Files that are refused, and are the same afterwards.

use super::*;
use redb::{Database, ReadableDatabase, TableDefinition};

/// Opens what must be refused, and sees that nothing was changed.
fn refused(dir: &Path) -> OpenError {
    let before = fs::read(file(dir)).unwrap();
    let refused = FileLog::open(dir, KEEP).err().unwrap();
    assert!(fs::read(file(dir)).unwrap() == before, "changed: {refused}");
    let said = refused.to_string();
    assert!(said.contains("DATA_DIR") && said.contains("orrery.redb"), "{said}");
    refused
}

fn other(create: impl FnOnce(&redb::WriteTransaction)) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let database = Database::create(file(dir.path())).unwrap();
    let write = database.begin_write().unwrap();
    create(&write);
    write.commit().unwrap();
    dir
}

#[test]
fn other_peoples_files() {
    let dir = tempfile::tempdir().unwrap();
    for foreign in ["", "redb", "a letter to somebody", &"\0".repeat(100_000)] {
        fs::write(file(dir.path()), foreign).unwrap();
        assert!(matches!(refused(dir.path()), OpenError::Foreign { .. }));
    }
}

#[test]
fn other_peoples_databases() {
    let none = other(|_| ());
    let cakes = other(|write| {
        let mut table = write.open_table(TableDefinition::<&str, u64>::new("cakes")).unwrap();
        table.insert("plum", 3).unwrap();
    });
    let numbers = other(|write| {
        let mut table = write.open_table(TableDefinition::<u64, u64>::new("meta")).unwrap();
        table.insert(1, 1).unwrap();
    });
    let words = other(|write| {
        let mut table = write.open_table(table::META).unwrap();
        table.insert("format", "recipes").unwrap();
    });
    for dir in [none, cakes, numbers, words] {
        assert!(matches!(refused(dir.path()), OpenError::Foreign { .. }));
    }
}

#[tokio::test]
async fn newer_versions() {
    let dir = filled(3).await;
    let write_version = |version: &str| {
        let database = Database::open(file(dir.path())).unwrap();
        let write = database.begin_write().unwrap();
        write
            .open_table(table::META)
            .unwrap()
            .insert("version", version)
            .unwrap();
        write.commit().unwrap();
    };
    write_version("2");
    let newer = refused(dir.path());
    assert!(matches!(newer, OpenError::Newer { found: 2, .. }), "{newer}");
    write_version("one");
    assert!(matches!(refused(dir.path()), OpenError::Damaged { .. }));
    write_version("1");
    assert_eq!(said(&opened(dir.path(), KEEP)).await, [1, 2, 3]);
}

/// Does this to a store that was closed and to one whose process was killed.
async fn damaged(damage: impl Fn(&mut Vec<u8>)) {
    for dir in [filled(40).await, killed().await] {
        let mut bytes = fs::read(file(dir.path())).unwrap();
        damage(&mut bytes);
        fs::write(file(dir.path()), bytes).unwrap();
        let refused = refused(dir.path());
        assert!(matches!(refused, OpenError::Damaged { .. }), "{refused}");
    }
}

#[tokio::test]
async fn truncated_files() {
    damaged(|bytes| bytes.truncate(bytes.len() - 1)).await;
    damaged(|bytes| bytes.truncate(bytes.len() / 2)).await;
    damaged(|bytes| bytes.truncate(4096)).await;
    damaged(|bytes| bytes.truncate(10)).await;
}

#[tokio::test]
async fn a_zeroed_header() {
    damaged(|bytes| bytes[9..4096].fill(0)).await;
    damaged(|bytes| bytes[64..320].fill(0)).await;
}

#[tokio::test]
async fn garbage_in_the_middle() {
    damaged(|bytes| {
        let (from, to) = (bytes.len() / 4, bytes.len() * 3 / 4);
        bytes[from..to].fill_with(rand::random);
    })
    .await;
}

#[tokio::test]
async fn zeros_in_the_middle() {
    damaged(|bytes| {
        let (from, to) = (bytes.len() / 4, bytes.len() * 3 / 4);
        bytes[from..to].fill(0);
    })
    .await;
}

/// Spoils one page after the other, and returns how many lines each left, `None` where the store was refused.
async fn spoiled(whole: tempfile::TempDir) -> Vec<Option<u64>> {
    let (bytes, dir) = (fs::read(file(whole.path())).unwrap(), tempfile::tempdir().unwrap());
    let mut left = Vec::new();
    for page in 0..bytes.len() / 4096 {
        let mut bytes = bytes.clone();
        bytes[page * 4096 + 9..(page + 1) * 4096].fill_with(rand::random);
        fs::write(file(dir.path()), bytes).unwrap();
        left.push(match FileLog::open(dir.path(), KEEP) {
            Ok(log) => Some(said(&log).await.len() as u64),
            Err(_) => {
                refused(dir.path());
                None
            }
        });
    }
    left
}

#[tokio::test]
async fn garbage_in_any_page_of_a_closed_store_is_refused_where_it_matters() {
    let left = spoiled(filled(40).await).await;
    assert!(left.contains(&None));
    assert!(left.iter().flatten().all(|lines| *lines == 40), "{left:?}");
}

/// Here a last transaction that is spoiled cannot be told from one that was cut off, and was then not acknowledged.
#[tokio::test]
async fn garbage_in_any_page_after_an_unclean_stop_costs_the_last_transaction_at_most() {
    let left = spoiled(killed().await).await;
    assert!(left.contains(&None));
    assert!(left.iter().flatten().all(|lines| [39, 40].contains(lines)), "{left:?}");
}

/// What an unclean stop left is repaired in memory first: the look alone changes nothing.
#[tokio::test]
async fn a_look_repairs_nothing() {
    let dir = killed().await;
    let before = fs::read(file(dir.path())).unwrap();
    let overlay = overlay::Overlay::new(fs::File::open(file(dir.path())).unwrap()).unwrap();
    let database = Database::builder().create_with_backend(overlay).unwrap();
    assert!(database.begin_read().is_ok());
    drop(database);
    assert!(fs::read(file(dir.path())).unwrap() == before);
}
