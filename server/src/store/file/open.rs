//! From a directory to an open database, or to the reason why not. Whatever is refused stays as it is, byte for byte.
//!
//! In this order: the directory is claimed, a new file is made where there is none, one that is there is looked through
//! from end to end without writing to it, and only then it is opened to be written.

mod error;

use super::{
    overlay::Overlay,
    shelf::{Panicked, Shelf, caught},
    table::{META, Tables, Weights},
};
pub use error::OpenError;
use error::Refusal;
use redb::{Builder, Database, DatabaseError, ReadableDatabase, TableError, backends::FileBackend};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::Read,
    path::{Path, PathBuf},
};

/// The file in `DATA_DIR`.
const FILE: &str = "orrery.redb";

/// Locked while a process has the directory. redb locks its own file too, but not before there is one, and not between
/// the look and the opening.
const CLAIM: &str = "orrery.lock";

/// What a file begins with that is redb's.
const MAGIC: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";

/// What the file says it is.
const FORMAT: &str = "orrery log";

/// The version of what is in the tables. Newer ones are refused.
const VERSION: u32 = 1;

/// Bytes of pages that redb keeps in memory. Its own default is 1 GiB, which is more than the machine may have.
const CACHE: usize = 64 * 1024 * 1024;

/// Opens the database of this directory, or makes it.
pub(super) fn shelf(dir: &Path) -> Result<Shelf, OpenError> {
    fs::create_dir_all(dir).map_err(|error| OpenError::directory(dir, error))?;
    let claim = claim(dir)?;
    let path = dir.join(FILE);
    if !path.try_exists().map_err(|error| OpenError::file(&path, error))? {
        create(dir, &path).map_err(|refusal| refusal.of(&path))?;
    }
    look(&path).map_err(|refusal| refusal.of(&path))?;
    let file = path.clone();
    Shelf::new(Box::new(move || open(&file)), claim).map_err(|error| Refusal::from(error).of(&path))
}

fn claim(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(CLAIM);
    let claim = OpenOptions::new().create(true).append(true).open(&path);
    let claim = claim.map_err(|error| OpenError::file(&path, error))?;
    match claim.try_lock() {
        Ok(()) => Ok(claim),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(OpenError::file(&path, error)),
    }
}

/// Makes an empty store under another name and renames it when it is whole, so that an end half-way leaves nothing that
/// would be refused for ever.
fn create(dir: &Path, path: &Path) -> Result<(), Refusal> {
    let unfinished = unfinished(path);
    let mut options = OpenOptions::new();
    let file = options
        .create(true)
        .truncate(true)
        .read(true)
        .write(true)
        .open(&unfinished)?;
    let database = builder().create_with_backend(FileBackend::new(file)?)?;
    fill(&database)?;
    database.close()?;
    fs::rename(unfinished, path)?;
    // The name is on the disk when the directory is.
    Ok(File::open(dir)?.sync_all()?)
}

fn unfinished(path: &Path) -> PathBuf {
    path.with_extension("redb.new")
}

fn fill(database: &Database) -> Result<(), redb::Error> {
    let write = database.begin_write()?;
    Tables::open(&write, &mut Weights::default())?;
    let mut meta = write.open_table(META)?;
    meta.insert("format", FORMAT)?;
    meta.insert("version", &*VERSION.to_string())?;
    drop(meta);
    Ok(write.commit()?)
}

/// Looks through a file as redb would repair and check it, with all that it writes kept from the file.
fn look(path: &Path) -> Result<(), Refusal> {
    let mut file = File::open(path)?;
    let mut magic = Vec::new();
    (&mut file).take(MAGIC.len() as u64).read_to_end(&mut magic)?;
    if magic != MAGIC {
        return Err(Refusal::Foreign("it does not begin as a redb file does"));
    }
    let overlay = Overlay::new(file)?;
    caught(|| {
        let database = builder()
            .set_check_integrity_on_open(true)
            .create_with_backend(overlay)?;
        recognise(&database)
    })
    .unwrap_or_else(|Panicked(why)| Err(Refusal::Damaged(why)))
}

/// Whether this is a store of ours, in a version that is known here.
fn recognise(database: &Database) -> Result<(), Refusal> {
    let read = database.begin_read().map_err(redb::Error::from)?;
    let meta = read.open_table(META).map_err(|error| match error {
        TableError::Storage(error) => redb::Error::from(error).into(),
        _ => Refusal::Foreign("it is a redb file of another program"),
    })?;
    let said =
        |key: &str| -> Result<Option<String>, redb::Error> { Ok(meta.get(key)?.map(|said| said.value().to_owned())) };
    if said("format")?.as_deref() != Some(FORMAT) {
        return Err(Refusal::Foreign("it is a redb file of another program"));
    }
    match said("version")?.and_then(|version| version.parse().ok()) {
        Some(VERSION) => Ok(()),
        Some(found) if found > VERSION => Err(Refusal::Newer(found)),
        _ => Err(Refusal::Damaged("it does not say which version it is of".into())),
    }
}

fn open(path: &Path) -> Result<Database, DatabaseError> {
    builder().open(path)
}

fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE);
    builder
}
