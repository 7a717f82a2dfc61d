//! The programs in `end2end`, run against the release binary: Playwright, the interop tests, the figures, the pictures.
//! What they check is theirs; here is only how they are started.

use std::{fs, io, path::PathBuf, process::Command};

use crate::{
    shell, site,
    tools::{Toolbox, chromium},
    workspace,
};

/// The Playwright specs.
///
/// # Errors
/// When a spec fails, or Chromium or npm's packages are missing.
pub(crate) fn test(toolbox: &Toolbox) -> anyhow::Result<()> {
    shell::run(node(toolbox)?.args(["node_modules/@playwright/test/cli.js", "test"]))
}

/// The official JavaScript client against our server.
///
/// # Errors
/// When a test fails.
pub(crate) fn interop(toolbox: &Toolbox) -> anyhow::Result<()> {
    shell::run(node(toolbox)?.arg("--test").args(interop_tests()?))
}

/// Listed here because releases of Node.js differ in what they take a directory for.
fn interop_tests() -> io::Result<Vec<PathBuf>> {
    let files = fs::read_dir(workspace::end2end().join("interop"))?;
    let mut tests = files.map(|file| Ok(file?.path())).collect::<io::Result<Vec<_>>>()?;
    tests.retain(|test| test.to_string_lossy().ends_with(".test.mjs"));
    tests.sort();
    Ok(tests)
}

/// Prints the figures of the browser.
///
/// # Errors
/// When a figure cannot be taken.
pub(crate) fn figures(toolbox: &Toolbox) -> anyhow::Result<()> {
    shell::run(node(toolbox)?.arg("figures.mjs"))
}

/// Makes the pictures in `docs/`.
///
/// # Errors
/// When the build fails, or a page does not come up.
pub(crate) fn screenshots() -> anyhow::Result<()> {
    let toolbox = Toolbox::for_tests()?;
    site::build(&toolbox)?;
    shell::run(node(&toolbox)?.arg("screenshots.mjs"))
}

/// `node` in `end2end`, told where the binary and the browser are.
fn node(toolbox: &Toolbox) -> anyhow::Result<Command> {
    let mut command = toolbox.command("node");
    command
        .current_dir(workspace::end2end())
        .env("ORRERY_BIN", workspace::binary())
        .env("CHROMIUM_PATH", chromium::installed()?);
    Ok(command)
}
