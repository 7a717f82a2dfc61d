//! What Orrery needs on the machine, and how it gets there: one file a tool below.
//!
//! The rule for all of them: use what is there in a fitting version, install what is missing where that needs no
//! password, and otherwise say what to install by hand. Nothing here is built or tested; `Toolbox` only hands out commands.

mod cache;
mod cargo_deny;
mod cargo_fuzz;
mod cargo_leptos;
pub(crate) mod chromium;
mod node;
mod openssl;
pub(crate) mod redis;
mod rust;
mod system;
mod version;
mod wasm_bindgen;
mod wasm_opt;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;

use crate::workspace;

/// A program that was found or installed.
struct Tool {
    /// The program file.
    program: PathBuf,
    /// What it said its version is, for the fingerprint of the site.
    version: String,
}

/// Tools that are known to be there, and the PATH on which other programs find them.
pub(crate) struct Toolbox {
    cargo_leptos: PathBuf,
    path: OsString,
    /// The server that tests start their own instances of; not looked for where no test will run.
    redis: Option<PathBuf>,
    versions: Vec<String>,
}

impl Toolbox {
    /// All that is needed to build.
    ///
    /// # Errors
    /// When a tool is missing and cannot be installed; the message says what to do by hand.
    pub(crate) fn for_build() -> anyhow::Result<Self> {
        rust::need_target("wasm32-unknown-unknown")?;
        let tools = [cargo_leptos::need()?, wasm_bindgen::need()?, wasm_opt::need()?];
        Ok(Self {
            cargo_leptos: tools[0].program.clone(),
            path: path_with(&tools)?,
            redis: None,
            versions: tools
                .into_iter()
                .map(|tool| tool.version)
                .chain(rust::version())
                .collect(),
        })
    }

    /// All that is needed to build and to test.
    ///
    /// # Errors
    /// As `for_build`.
    pub(crate) fn for_tests() -> anyhow::Result<Self> {
        rust::need_component("rustfmt", "fmt")?;
        rust::need_component("clippy", "clippy")?;
        node::need()?;
        chromium::need()?;
        let redis = Some(redis::need()?);
        openssl::need()?;
        let toolbox = Self::for_build()?;
        node_packages()?;
        Ok(Self { redis, ..toolbox })
    }

    /// cargo in the workspace.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = self.command("cargo");
        command.current_dir(workspace::root());
        command
    }

    /// cargo-leptos in the workspace.
    pub(crate) fn cargo_leptos(&self) -> Command {
        let mut command = self.command(&self.cargo_leptos);
        command.current_dir(workspace::root()).arg("leptos");
        command
    }

    /// Any program, with our tools first on its PATH and cargo's output where `workspace` expects it. Tests are told besides
    /// which Redis to start.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env("PATH", &self.path)
            .env("CARGO_TARGET_DIR", workspace::target());
        command.envs(self.redis.iter().map(|program| (redis::VARIABLE, program)));
        command
    }

    /// The versions of everything that shapes the built site.
    pub(crate) fn versions(&self) -> &[String] {
        &self.versions
    }
}

/// Node.js, and the packages of `end2end`.
///
/// # Errors
/// When there is no fitting Node.js, or npm fails.
pub(crate) fn node_packages() -> anyhow::Result<()> {
    node::need()?;
    node::need_packages(&workspace::end2end())
}

/// cargo-fuzz, found or installed.
///
/// # Errors
/// When it cannot be installed.
pub(crate) fn cargo_fuzz() -> anyhow::Result<Command> {
    Ok(Command::new(cargo_fuzz::need()?.program))
}

/// cargo-deny, found or installed.
///
/// # Errors
/// When it cannot be installed.
pub(crate) fn cargo_deny() -> anyhow::Result<Command> {
    Ok(Command::new(cargo_deny::need()?.program))
}

fn path_with(tools: &[Tool]) -> anyhow::Result<OsString> {
    let ours = tools
        .iter()
        .filter_map(|tool| tool.program.parent())
        .map(Path::to_owned);
    let machine = std::env::var_os("PATH").unwrap_or_default();
    let all = ours.chain(std::env::split_paths(&machine));
    std::env::join_paths(all).context("a directory on the PATH has a name that cannot be on a PATH")
}
