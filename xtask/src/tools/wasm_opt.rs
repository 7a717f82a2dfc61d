//! wasm-opt: makes the WebAssembly small. Old versions, such as the 108 of Debian 12, write modules that do not run, so a
//! floor on the version matters more than where the program comes from.

use std::process::Command;

use anyhow::Context;

use super::{
    Tool,
    cache::{self, tool_at},
    version::Version,
};
use crate::shell::{self, say};

/// The oldest version that is known to write working modules.
const OLDEST: Version = Version([116, 0, 0]);
/// The version that npm is asked for.
const FROM_NPM: &str = "132";
/// The crate that compiles binaryen 116 from C++; its program prints the version of binaryen.
const FROM_CARGO: &str = "0.116.1";

/// Finds it on the PATH or in our directory, else installs it: with npm where there is one (seconds), else with cargo
/// (minutes, and a C++ compiler), because building Orrery must not need a JavaScript toolchain.
///
/// # Errors
/// When neither way works.
pub(super) fn need() -> anyhow::Result<Tool> {
    let npm_dir = cache::dir("binaryen", FROM_NPM)?;
    let cargo_dir = cache::dir("wasm-opt", FROM_CARGO)?;
    let places = [
        shell::on_path("wasm-opt"),
        Some(npm_dir.join("node_modules").join(".bin").join("wasm-opt")),
        Some(cargo_dir.join("bin").join("wasm-opt")),
    ];
    let find = || {
        places
            .iter()
            .flatten()
            .find_map(|place| tool_at(place.clone(), |found| found >= OLDEST))
    };
    if let Some(tool) = find() {
        return Ok(tool);
    }
    if shell::on_path("npm").is_some() {
        say(&format!(
            "Installing wasm-opt {FROM_NPM} with npm into {}",
            npm_dir.display()
        ));
        let package = format!("binaryen@{FROM_NPM}");
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--no-fund",
            "--no-audit",
            "--loglevel=error",
            &package,
            "--prefix",
        ])
        .arg(&npm_dir);
        std::fs::create_dir_all(&npm_dir)?;
        shell::run(&mut npm)?;
    } else {
        say(&format!(
            "Compiling wasm-opt {FROM_CARGO} (once, some minutes) into {}",
            cargo_dir.display()
        ));
        cache::install("wasm-opt", FROM_CARGO, &cargo_dir, std::iter::empty())
            .context("wasm-opt needs npm or a C++ compiler; or install binaryen 116 or later by hand")?;
    }
    find().context("wasm-opt was installed but does not run; install binaryen 116 or later by hand")
}
