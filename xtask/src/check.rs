//! `cargo xtask test`: every check there is, cheapest first, stopping at the first that fails.
//!
//! This file owns the order. The programs print their own summaries; a step only says its name and its time.

use std::time::Instant;

use crate::{
    browser,
    shell::{self, say, spoken},
    site,
    tools::Toolbox,
    workspace,
};

/// A check: what it is called and how it is done.
type Step = (&'static str, fn(&Toolbox) -> anyhow::Result<()>);

const STEPS: [Step; 8] = [
    ("format", format),
    ("lints, native", lint_native),
    ("lints, browser", lint_browser),
    ("unit and integration tests", test_native),
    ("release build", site::build),
    ("browser tests", browser::test),
    ("foreign clients, JavaScript", browser::interop),
    ("foreign clients, Rust", test_interop),
];

/// Sets up, then runs every step.
///
/// # Errors
/// The first step that failed, by name.
pub(crate) fn all() -> anyhow::Result<()> {
    let started = Instant::now();
    let toolbox = Toolbox::for_tests()?;
    for (name, step) in STEPS {
        let began = Instant::now();
        say(&format!("\n=== {name}"));
        step(&toolbox).map_err(|error| error.context(format!("{name}: failed after {}", spoken(began.elapsed()))))?;
        say(&format!("=== {name}: {}", spoken(began.elapsed())));
    }
    say(&format!("\nxtask: all green in {}", spoken(started.elapsed())));
    Ok(())
}

fn format(toolbox: &Toolbox) -> anyhow::Result<()> {
    shell::run(toolbox.cargo().args(["fmt", "--all", "--check"]))
}

fn lint_native(toolbox: &Toolbox) -> anyhow::Result<()> {
    shell::run(toolbox.cargo().args([
        "clippy",
        "--workspace",
        "--exclude",
        "frontend",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))
}

fn lint_browser(toolbox: &Toolbox) -> anyhow::Result<()> {
    let what = ["clippy", "--target", "wasm32-unknown-unknown", "--package", "frontend"];
    shell::run(toolbox.cargo().args(what).args(["--", "--deny", "warnings"]))
}

/// In one call, so that what packages have in common is built once.
fn test_native(toolbox: &Toolbox) -> anyhow::Result<()> {
    let what = ["test", "--workspace", "--exclude", "frontend", "--exclude", "interop"];
    shell::run(toolbox.cargo().args(what))
}

/// Apart from the other tests, because it speaks to the release binary.
fn test_interop(toolbox: &Toolbox) -> anyhow::Result<()> {
    shell::run(
        toolbox
            .cargo()
            .args(["test", "--package", "interop"])
            .env("ORRERY_BIN", workspace::binary()),
    )
}
