//! What the site on disk was made from: a hash of every source and of every tool, and a hash of the result. Both must match
//! before a build is skipped, so that neither an edit nor a development build in the same place goes unnoticed.
//!
//! The hash guards against mistakes, not against attackers; the standard library's is good enough for that.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

use crate::{tools::Toolbox, workspace};

/// Everything the browser half is compiled from or copied from.
const SOURCES: [&str; 6] = ["Cargo.lock", "Cargo.toml", "app", "frontend", "public", "style"];

/// The state of the sources and tools at one moment.
pub(crate) struct Fingerprint {
    sources: u64,
}

impl Fingerprint {
    /// Reads all sources: about a megabyte, some milliseconds.
    pub(crate) fn of_sources(toolbox: &Toolbox) -> io::Result<Self> {
        let mut hasher = DefaultHasher::new();
        toolbox.versions().hash(&mut hasher);
        for source in SOURCES {
            hash_tree(&workspace::root().join(source), &mut hasher)?;
        }
        Ok(Self {
            sources: hasher.finish(),
        })
    }

    /// Whether the site on disk is whole and was made from exactly these sources.
    pub(crate) fn is_of_the_site_on_disk(&self) -> bool {
        let remembered = fs::read_to_string(note());
        let expected = self.line();
        matches!((remembered, expected), (Ok(remembered), Ok(expected)) if remembered == expected)
    }

    /// Notes that the site now on disk was made from these sources.
    pub(crate) fn remember(&self) -> anyhow::Result<()> {
        Ok(fs::write(note(), self.line()?)?)
    }

    /// Forgets what the site was made from; called before it is touched, so that an interrupted build is built again.
    pub(crate) fn forget() -> anyhow::Result<()> {
        match fs::remove_file(note()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn line(&self) -> io::Result<String> {
        let mut hasher = DefaultHasher::new();
        hash_tree(&workspace::site(), &mut hasher)?;
        Ok(format!(
            "sources {:016x}, site {:016x}\n",
            self.sources,
            hasher.finish()
        ))
    }
}

/// Beside the site and not in it: what is in the site gets embedded.
fn note() -> PathBuf {
    workspace::target().join("site.fingerprint")
}

/// Hashes names and contents, in an order that does not depend on the file system.
fn hash_tree(path: &Path, hasher: &mut impl Hasher) -> io::Result<()> {
    path.file_name().hash(hasher);
    if !path.is_dir() {
        fs::read(path)?.hash(hasher);
        return Ok(());
    }
    let mut children = fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    children.sort();
    children.len().hash(hasher);
    children.iter().try_for_each(|child| hash_tree(child, hasher))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(path: &Path) -> u64 {
        let mut hasher = DefaultHasher::new();
        hash_tree(path, &mut hasher).unwrap();
        hasher.finish()
    }

    #[test]
    fn contents_names_and_new_files_all_change_the_hash() {
        let dir = std::env::temp_dir().join(format!("orrery-fingerprint-{}", std::process::id()));
        fs::create_dir_all(dir.join("sub")).unwrap();
        fs::write(dir.join("sub/a.rs"), "one").unwrap();
        let first = hash_of(&dir);
        assert_eq!(hash_of(&dir), first, "nothing changed");

        fs::write(dir.join("sub/a.rs"), "two").unwrap();
        let edited = hash_of(&dir);
        assert_ne!(edited, first);

        fs::rename(dir.join("sub/a.rs"), dir.join("sub/b.rs")).unwrap();
        let renamed = hash_of(&dir);
        assert_ne!(renamed, edited);

        fs::write(dir.join("c.css"), "").unwrap();
        assert_ne!(hash_of(&dir), renamed);
        fs::remove_dir_all(&dir).unwrap();
    }
}
