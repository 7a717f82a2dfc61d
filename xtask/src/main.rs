//! The commands of the README: `cargo xtask run`, `cargo xtask test` and the developer's verbs.
//!
//! This file owns the verbs and their help. What a verb needs installed is in `tools`, how the program is built in
//! `site`, what is checked in `check`, how replicas run together in `cluster`, and the browser-side programs in
//! `browser`. It knows nothing of what Orrery does.

mod audit;
mod browser;
mod check;
mod cluster;
mod figures;
mod fuzz;
mod load;
mod serve;
mod shell;
mod site;
#[cfg(test)]
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::bail;
use shell::say;
use tools::Toolbox;

const HELP: &str = "\
cargo xtask <verb>

  run [flags]   set up what is missing, build the release, serve it (flags go to `orrery`; try `run --help`)
  cluster [--replicas n]
                as `run`, but two replicas, or as many as named, that share their rooms over one Redis
  build         set up what is missing, build target/release/orrery: one file with the site inside
  test          set up what is missing, then format, lints, tests, release build, browser and interop tests
  dev           build anew and serve again on every change (cargo leptos watch); load the page again to see it
  figures       print what the README quotes: bytes to load, latencies, paint rates, edits and appends a second
  load [scenario ...] [flags]
                many people at once, and what they cost: fan-out, storm, idle, slow, cross-replica, reconnect, document,
                soak; against the server of this checkout, or those that are running at each --url (try `load --help`)
  fuzz [s]      feed the decoders of the wire anything at all, 60 seconds each or as many as named
  audit         look at what we depend on: licences, sources, and known weaknesses where their list can be reached
  screenshots   make the pictures in docs/
  help          this page

Tools are kept in ~/.cache/orrery/tools ($XDG_CACHE_HOME is honoured); delete that directory to start afresh.
CHROMIUM_PATH names the browser for the tests, and REDIS_SERVER the program of Redis, where they are not found by themselves.";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let verb = args.next().unwrap_or_else(|| "help".to_owned());
    match obey(&verb, &args.collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn obey(verb: &str, rest: &[String]) -> anyhow::Result<()> {
    match verb {
        "run" => {
            let toolbox = Toolbox::for_build()?;
            site::build(&toolbox)?;
            serve::run(rest)
        }
        "cluster" => cluster::run(rest),
        "build" => site::build(&Toolbox::for_build()?),
        "dev" => site::watch(&Toolbox::for_build()?),
        "test" => check::all(),
        "fuzz" => fuzz::run(rest),
        "audit" => audit::run(),
        "load" => load::run(rest),
        "figures" => figures::all(),
        "screenshots" => browser::screenshots(),
        "help" | "--help" | "-h" => {
            say(HELP);
            Ok(())
        }
        unknown => bail!("there is no verb `{unknown}`; `cargo xtask help` lists them"),
    }
}
