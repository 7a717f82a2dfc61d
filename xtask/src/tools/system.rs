//! Asking the machine's own package manager, where that needs no password: apt as root or with a sudo that does not ask,
//! and Homebrew. Everywhere else the answer is no, and the caller says what to install by hand.

use std::process::Command;

use crate::shell::{self, say};

/// A package under the names that the package managers know it by.
pub(super) struct Package {
    /// For Debian and its kin.
    pub(super) apt: &'static [&'static str],
    /// For Homebrew, with its flags.
    pub(super) brew: &'static [&'static str],
}

/// Tries to install; whether it worked is for the caller to find out by looking for the program.
pub(super) fn try_install(package: &Package) {
    if let Some(apt) = apt() {
        say(&format!("Installing {} with apt-get", package.apt.join(" ")));
        let update = shell::run(apt_command(apt).args(["update", "--quiet=2"]));
        let install = ["install", "--quiet=2", "--yes", "--no-install-recommends"];
        if let Err(error) = update.and_then(|()| shell::run(apt_command(apt).args(install).args(package.apt))) {
            say(&format!("That failed: {error}"));
        }
    } else if shell::on_path("brew").is_some() {
        say(&format!("Installing {} with Homebrew", package.brew.join(" ")));
        if let Err(error) = shell::run(Command::new("brew").arg("install").args(package.brew)) {
            say(&format!("That failed: {error}"));
        }
    }
}

/// How apt-get may be called here.
#[derive(Clone, Copy)]
enum Apt {
    AsRoot,
    WithSudo,
}

fn apt() -> Option<Apt> {
    shell::on_path("apt-get")?;
    if shell::ask(Command::new("id").arg("-u"))? == "0" {
        return Some(Apt::AsRoot);
    }
    shell::ask(Command::new("sudo").args(["--non-interactive", "true"])).map(|_| Apt::WithSudo)
}

fn apt_command(apt: Apt) -> Command {
    match apt {
        Apt::AsRoot => {
            let mut command = Command::new("apt-get");
            command.env("DEBIAN_FRONTEND", "noninteractive");
            command
        }
        Apt::WithSudo => {
            let mut command = Command::new("sudo");
            command.args(["--non-interactive", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            command
        }
    }
}
