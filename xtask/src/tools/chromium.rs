//! Chromium, for the browser tests, the figures and the pictures. Any current Chromium or Chrome will do; Playwright's own
//! download is not used, so that the machine's package manager stays in charge of updates.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;

use super::system::{self, Package};
use crate::shell;

const PACKAGE: Package = Package {
    apt: &["chromium"],
    brew: &["--cask", "chromium"],
};
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const APPS: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Finds or installs it.
///
/// # Errors
/// When it is missing and cannot be installed.
pub(super) fn need() -> anyhow::Result<()> {
    if installed().is_err() {
        system::try_install(&PACKAGE);
    }
    installed().map(drop)
}

/// The program: `CHROMIUM_PATH` if set, else the first on the PATH that runs. Some systems have a `chromium` that only
/// says where to get one, hence the asking.
///
/// # Errors
/// When there is none that runs.
pub(crate) fn installed() -> anyhow::Result<PathBuf> {
    let named = env::var_os("CHROMIUM_PATH").map(PathBuf::from);
    let on_path = NAMES.iter().filter_map(|name| shell::on_path(name));
    let apps = APPS.iter().map(PathBuf::from);
    named
        .into_iter()
        .chain(on_path)
        .chain(apps)
        .find(|program| runs(program))
        .context("the browser tests need Chromium or Chrome; install one, or set CHROMIUM_PATH to its program")
}

fn runs(program: &Path) -> bool {
    shell::ask(Command::new(program).arg("--version")).is_some()
}
