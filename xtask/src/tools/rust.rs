//! Parts of the Rust toolchain beyond cargo and rustc: the WebAssembly target, rustfmt, clippy. rustup adds them; where the
//! toolchain came from somewhere else, a person has to.

use std::{path::Path, process::Command};

use anyhow::bail;

use crate::shell::{self, say};

/// Makes sure that the compiler can compile for `target`.
///
/// # Errors
/// When it cannot and there is no rustup to teach it.
pub(super) fn need_target(target: &str) -> anyhow::Result<()> {
    let libdir = shell::ask(Command::new("rustc").args(["--print", "target-libdir", "--target", target]));
    if libdir.is_some_and(|dir| Path::new(&dir).is_dir()) {
        return Ok(());
    }
    if shell::on_path("rustup").is_none() {
        bail!(
            "this Rust cannot compile for {target}; install that target from where the Rust came from, or use rustup"
        );
    }
    say(&format!("Adding the target {target}"));
    shell::run(Command::new("rustup").args(["target", "add", target]))
}

/// Makes sure that `cargo <subcommand>` is there, which rustup calls `component`.
///
/// # Errors
/// When it is not and there is no rustup to add it.
pub(super) fn need_component(component: &str, subcommand: &str) -> anyhow::Result<()> {
    if shell::ask(Command::new("cargo").args([subcommand, "--version"])).is_some() {
        return Ok(());
    }
    if shell::on_path("rustup").is_none() {
        bail!("`cargo {subcommand}` is missing; install {component} from where the Rust came from, or use rustup");
    }
    say(&format!("Adding {component}"));
    shell::run(Command::new("rustup").args(["component", "add", component]))
}

/// The compiler's own words about its version.
pub(super) fn version() -> Option<String> {
    shell::ask(Command::new("rustc").arg("--version"))
}
