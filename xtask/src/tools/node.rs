//! Node.js and npm, for the browser and interop tests, and for a server to compare with; building and running Orrery needs
//! neither. They are not installed here: how a machine gets its Node.js is its owner's choice, and versions from package
//! managers are often old.

use std::{fs, path::Path, process::Command, time::SystemTime};

use anyhow::{Context, bail};

use super::version::Version;
use crate::shell::{self, say};

/// What the test runner and the packages ask for.
const OLDEST: Version = Version([20, 0, 0]);

/// Checks that a fitting Node.js and npm are there.
///
/// # Errors
/// When they are not.
pub(super) fn need() -> anyhow::Result<()> {
    let found = shell::ask(Command::new("node").arg("--version"));
    let version = found
        .as_deref()
        .and_then(|text| Version::find_in(text.trim_start_matches('v')));
    if version < Some(OLDEST) {
        bail!("what is in end2end needs Node.js 20 or later and npm (https://nodejs.org); install them and try again");
    }
    shell::on_path("npm")
        .map(drop)
        .context("there is a Node.js but no npm; install npm and try again")
}

/// Installs the packages that `dir/package-lock.json` names, unless that was done since the lock last changed.
///
/// # Errors
/// When npm fails.
pub(super) fn need_packages(dir: &Path) -> anyhow::Result<()> {
    let installed = changed_at(&dir.join("node_modules").join(".package-lock.json"));
    if installed.is_some() && installed >= changed_at(&dir.join("package-lock.json")) {
        return Ok(());
    }
    say("Installing the packages of end2end with npm");
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-fund", "--no-audit", "--loglevel=error"])
        .current_dir(dir);
    shell::run(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
}

fn changed_at(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}
