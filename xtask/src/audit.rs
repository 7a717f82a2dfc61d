//! `cargo xtask audit`: looks at what we depend on, as `deny.toml` asks: licences, doubles, sources, and known weaknesses, where
//! the list of those can be reached. No part of the tests: what others publish today must not break what was green yesterday.

use anyhow::Context;

use crate::{
    shell::{self, say},
    tools, workspace,
};

/// What is looked at without asking anybody.
const HERE: [&str; 3] = ["bans", "licenses", "sources"];

/// Looks at all of it.
///
/// # Errors
/// When cargo-deny cannot be had, or finds something.
pub(crate) fn run() -> anyhow::Result<()> {
    say("\n=== licences, doubles, sources");
    shell::run(
        tools::cargo_deny()?
            .current_dir(workspace::root())
            .arg("check")
            .args(HERE),
    )
    .context("what is allowed stands in deny.toml")?;
    say("\n=== known weaknesses");
    let fetched = shell::run(
        tools::cargo_deny()?
            .current_dir(workspace::root())
            .args(["fetch", "db"]),
    );
    if fetched.is_err() {
        say("\nxtask: the list of known weaknesses could not be reached, so that they were NOT looked for");
        return Ok(());
    }
    let check = ["check", "--disable-fetch", "advisories"];
    shell::run(tools::cargo_deny()?.current_dir(workspace::root()).args(check))
}
