//! Handing the terminal over to the release binary. The server itself says when it listens.

use std::{env, process::Command};

use crate::{shell, workspace};

/// Becomes the server: where the system allows, this process is replaced by it, so that Ctrl-C and signals reach the
/// server and nothing is left behind when it ends.
///
/// # Errors
/// When the binary cannot be started.
pub(crate) fn run(flags: &[String]) -> anyhow::Result<()> {
    if flags.is_empty() {
        shell::say(&format!("Serving http://{} (Ctrl-C stops it)", address()));
    }
    hand_over(Command::new(workspace::binary()).args(flags))
}

/// The address the server takes from the same variables, in words a browser understands.
fn address() -> String {
    let host = match env::var("HOST") {
        Ok(host) if host != "0.0.0.0" && !host.is_empty() => host,
        _ => "127.0.0.1".to_owned(),
    };
    let port = env::var("PORT")
        .ok()
        .filter(|port| !port.is_empty())
        .unwrap_or_else(|| "3000".to_owned());
    format!("{host}:{port}")
}

#[cfg(unix)]
fn hand_over(command: &mut Command) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    Err(anyhow::Error::new(command.exec()).context("could not start the release binary"))
}

#[cfg(not(unix))]
fn hand_over(command: &mut Command) -> anyhow::Result<()> {
    shell::run(command)
}
