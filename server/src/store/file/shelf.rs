//! The database while it is open, and how it comes back after an error. Knows transactions, not what is in them.

use super::table::{Tables, Weights};
use crate::store::LogError;
use redb::{Database, DatabaseError, Durability, ReadTransaction, ReadableDatabase};
use std::{
    any::Any,
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Opens the database, at the start and after each error.
pub(super) type Opener = Box<dyn Fn() -> Result<Database, DatabaseError> + Send + Sync>;

/// The open database. After an error of the disk redb refuses everything until the file is opened anew: what failed is
/// answered with the error, and whoever comes next opens the file.
pub(super) struct Shelf {
    open: Opener,
    /// The lock is held to take a copy or to open, and never during a transaction.
    state: Mutex<State>,
    /// Locked until [`Shelf::close`], or as long as it lives, and dropped last: no other process comes near the directory
    /// while the file is open.
    claim: File,
}

/// How it stands with the database.
enum State {
    Open(Arc<Database>),
    /// After an error: the next one opens it.
    Failed,
    /// For good.
    Closed,
}

impl Shelf {
    /// Opens the database of a directory that `claim` holds for this process.
    pub(super) fn new(open: Opener, claim: File) -> Result<Self, DatabaseError> {
        let database = open()?;
        Ok(Self {
            open,
            state: Mutex::new(State::Open(Arc::new(database))),
            claim,
        })
    }

    /// Reads what is committed.
    pub(super) fn read<T>(&self, look: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>) -> Result<T, LogError> {
        self.with(|database| look(&database.begin_read()?))
    }

    /// Writes in one transaction. `Ok` means that it is on the disk. With an error it is there whole or not at all: a disk
    /// that fails in its last step may have it. Then `weights` are of what is not there, and to be forgotten.
    pub(super) fn write<T>(
        &self,
        weights: &mut Weights,
        change: impl FnOnce(&mut Tables<'_>) -> Result<T, redb::Error>,
    ) -> Result<T, LogError> {
        self.with(|database| {
            let mut write = database.begin_write()?;
            write.set_durability(Durability::Immediate)?;
            let mut tables = Tables::open(&write, weights)?;
            let came = change(&mut tables)?;
            if tables.close() {
                write.commit()?;
            } else {
                write.abort()?;
            }
            Ok(came)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, LogError> {
        let database = self.database()?;
        let result = caught(|| work(&database)).map_err(Into::into).flatten();
        result.map_err(|error| {
            self.failed(&database);
            LogError::from(error)
        })
    }

    /// Gives the directory back. Whoever comes after this is told so; who still reads, finishes.
    pub(super) fn close(&self) {
        *self.state() = State::Closed;
        if let Err(error) = self.claim.unlock() {
            tracing::warn!(%error, "the directory of the logs stays locked until the process ends");
        }
    }

    /// The database, which is opened for it if it has to be. Somebody who still reads from the one that failed makes
    /// this fail too; the next one finds it closed.
    fn database(&self) -> Result<Arc<Database>, LogError> {
        let mut state = self.state();
        match &*state {
            State::Open(database) => return Ok(Arc::clone(database)),
            State::Closed => return Err(LogError::Unavailable("it is closed".into())),
            State::Failed => {}
        }
        let opened = caught(|| (self.open)().map_err(redb::Error::from))
            .map_err(Into::into)
            .flatten()?;
        let opened = Arc::new(opened);
        *state = State::Open(Arc::clone(&opened));
        tracing::info!("the store is open again");
        Ok(opened)
    }

    fn failed(&self, failed: &Arc<Database>) {
        let mut state = self.state();
        if matches!(&*state, State::Open(database) if Arc::ptr_eq(database, failed)) {
            *state = State::Failed;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// redb promises no panic, not even on a damaged file; it has kept less than that before.
pub(super) struct Panicked(pub(super) String);

/// Turns a panic into an error.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    // What a panic leaves behind is never used again: the transaction is dropped, and the database closed.
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Panicked(said(&*panic)))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().copied();
    let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    said.unwrap_or("it panicked").to_owned()
}

impl From<Panicked> for redb::Error {
    fn from(panicked: Panicked) -> Self {
        redb::Error::Corrupted(panicked.0)
    }
}

impl From<redb::Error> for LogError {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::Corrupted(why) => Self::Damaged(why),
            error => Self::Unavailable(error.to_string()),
        }
    }
}
