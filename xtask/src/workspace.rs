//! Where things are: the paths that more than one verb needs. Nothing here touches the disk.

use std::path::{Path, PathBuf};

/// The directory of the root `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_dir.parent().unwrap_or(manifest_dir)
}

/// Cargo's output. Always inside the workspace, whatever the machine's own cargo settings say, because the server looks
/// for the site there at compile time and the README promises `target/release/orrery`.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// The browser half as cargo-leptos leaves it, and as the server embeds it.
pub(crate) fn site() -> PathBuf {
    target().join("site")
}

/// The release binary.
pub(crate) fn binary() -> PathBuf {
    built("orrery")
}

/// A program that was built for release.
pub(crate) fn built(name: &str) -> PathBuf {
    target()
        .join("release")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The browser and interop tests.
pub(crate) fn end2end() -> PathBuf {
    root().join("end2end")
}
