//! Building the two halves of the release: the browser half into `target/site`, then the server that embeds it.
//!
//! cargo decides by itself what of the server is stale. cargo-leptos does not: it empties the site and makes it anew,
//! which takes half a minute even when nothing changed. So `fingerprint` remembers what the site was made from.

mod fingerprint;

use anyhow::Context;
use fingerprint::Fingerprint;

use crate::{
    shell::{self, say},
    tools::Toolbox,
};

/// Leaves `target/release/orrery`: the whole program in one file.
///
/// # Errors
/// When one of the halves does not build.
pub(crate) fn build(toolbox: &Toolbox) -> anyhow::Result<()> {
    build_site(toolbox)?;
    say("Building the server (release)");
    shell::run(toolbox.cargo().args(["build", "--release", "--package", "server"]))
}

/// Serves a development build and rebuilds it on every change.
///
/// # Errors
/// When cargo-leptos cannot be started or fails.
pub(crate) fn watch(toolbox: &Toolbox) -> anyhow::Result<()> {
    Fingerprint::forget()?;
    shell::run(toolbox.cargo_leptos().arg("watch"))
}

fn build_site(toolbox: &Toolbox) -> anyhow::Result<()> {
    let made_from = Fingerprint::of_sources(toolbox).context("reading the sources of the site")?;
    if made_from.is_of_the_site_on_disk() {
        say("The browser half is up to date");
        return Ok(());
    }
    say("Building the browser half (release, WebAssembly)");
    Fingerprint::forget()?;
    shell::run(
        toolbox
            .cargo_leptos()
            .args(["build", "--release", "--frontend-only", "--precompress"]),
    )?;
    made_from.remember()
}
