//! Where tools that we install ourselves are kept: one directory a tool and version, for all checkouts of one user.
//! A version is part of the name, so two versions never fight and an upgrade is a new directory.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};

use super::{Tool, version::Version};
use crate::shell::{self, say};

/// The directory of one tool in one version. It need not exist.
///
/// # Errors
/// When the machine names neither a cache nor a home directory.
pub(crate) fn dir(tool: &str, version: &str) -> anyhow::Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|dir| dir.is_absolute())
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .context("neither XDG_CACHE_HOME nor HOME is set: there is no place to keep tools")?;
    Ok(cache.join("orrery").join("tools").join(format!("{tool}-{version}")))
}

/// The tool at `program`, if it runs and its version fits. A half-installed program does not answer, and so is not there.
pub(super) fn tool_at(program: PathBuf, fits: impl Fn(Version) -> bool) -> Option<Tool> {
    let version = shell::ask(Command::new(&program).arg("--version"))?;
    fits(Version::find_in(&version)?).then_some(Tool { program, version })
}

/// A crate's program, from the PATH when it has just this version, else from our directory, else compiled into it.
///
/// It is compiled without optimisation: these programs run for seconds, while optimising them takes up to half an hour.
///
/// # Errors
/// When cargo cannot install it.
pub(super) fn need_crate(krate: &str, name: &str, version: &str, features: &[&str]) -> anyhow::Result<Tool> {
    let wanted = Version::find_in(version);
    let fits = |found| Some(found) == wanted;
    let dir = dir(name, version)?;
    let ours = dir.join("bin").join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if let Some(tool) = shell::on_path(name).and_then(|program| tool_at(program, fits)) {
        return Ok(tool);
    }
    if let Some(tool) = tool_at(ours.clone(), fits) {
        return Ok(tool);
    }
    say(&format!(
        "Installing {krate} {version} (once, some minutes) into {}",
        dir.display()
    ));
    let extra = features.iter().flat_map(|feature| ["--features", feature]);
    install(krate, version, &dir, ["--debug"].into_iter().chain(extra))?;
    match tool_at(ours, fits) {
        Some(tool) => Ok(tool),
        None => bail!(
            "{krate} {version} was installed into {} but does not run",
            dir.display()
        ),
    }
}

/// Compiles a crate's programs into `dir`, with the versions that its author tested, or else with the newest that fit.
///
/// # Errors
/// When neither compiles.
pub(super) fn install<'a>(
    krate: &str,
    version: &str,
    dir: &Path,
    flags: impl Iterator<Item = &'a str>,
) -> anyhow::Result<()> {
    let flags: Vec<&str> = flags.collect();
    let command = || {
        let mut cargo = Command::new("cargo");
        cargo
            .args(["install", krate, "--version", version, "--force", "--root"])
            .arg(dir);
        cargo.args(&flags).env_remove("CARGO_TARGET_DIR");
        cargo
    };
    if shell::run(command().arg("--locked")).is_err() {
        say("That failed with the versions its author tested; trying with the newest that fit");
        shell::run(&mut command())?;
    }
    Ok(())
}
