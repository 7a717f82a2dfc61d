//! Why a store is not opened, in words for whoever has set `DATA_DIR`.

use super::VERSION;
use redb::DatabaseError;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a store is not opened. Each names the path; what is there was not changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is no directory and cannot be made one.
    #[error("DATA_DIR: {} cannot be used as a directory: {error}", path.display())]
    Directory {
        /// What `DATA_DIR` says.
        path: PathBuf,
        /// What the system says to that.
        error: io::Error,
    },
    /// A file in it cannot be read or written.
    #[error("DATA_DIR: {} cannot be opened: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another process has it, or another store of this process.
    #[error("DATA_DIR: {} is in use by another process; each needs a directory of its own", .0.display())]
    InUse(PathBuf),
    /// The file was not written by Orrery.
    #[error("DATA_DIR: {} is not a store of Orrery's: {why}; it was left as it is", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// By what it is known.
        why: &'static str,
    },
    /// A later Orrery has written it.
    #[error("DATA_DIR: {} is of version {found}, newer than {VERSION}; it was left as it is", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// It was a store once. A copy from before is needed, or another directory.
    #[error("DATA_DIR: {} is damaged: {why}; it was left as it is", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The system gives no thread to write in.
    #[error("the store's writer cannot be started: {0}")]
    Thread(#[from] io::Error),
}

/// An [`OpenError`] that does not know its path yet.
pub(super) enum Refusal {
    File(io::Error),
    InUse,
    Foreign(&'static str),
    Newer(u32),
    Damaged(String),
}

impl OpenError {
    pub(super) fn directory(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self::Directory { path, error }
    }

    pub(super) fn file(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self::File { path, error }
    }
}

impl Refusal {
    pub(super) fn of(self, path: &Path) -> OpenError {
        let path = path.to_owned();
        match self {
            Self::File(error) => OpenError::File { path, error },
            Self::InUse => OpenError::InUse(path),
            Self::Foreign(why) => OpenError::Foreign { path, why },
            Self::Newer(found) => OpenError::Newer { path, found },
            Self::Damaged(why) => OpenError::Damaged { path, why },
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<DatabaseError> for Refusal {
    fn from(error: DatabaseError) -> Self {
        redb::Error::from(error).into()
    }
}

impl From<redb::Error> for Refusal {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Self::InUse,
            // Pages that the file names and does not have.
            redb::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => Self::Damaged(error.to_string()),
            redb::Error::Io(error) => Self::File(error),
            error => Self::Damaged(error.to_string()),
        }
    }
}
