//! OpenSSL's headers, on Linux and only for the tests: `rust_socketio`, one of the foreign clients that are let loose on the
//! server, brings native TLS. Elsewhere native TLS is part of the system.

use std::{env, process::Command};

use anyhow::bail;

use super::system::{self, Package};
use crate::shell;

const PACKAGE: Package = Package {
    apt: &["libssl-dev", "pkg-config"],
    brew: &["openssl", "pkg-config"],
};

/// Finds or installs them.
///
/// # Errors
/// When they are missing and cannot be installed.
pub(super) fn need() -> anyhow::Result<()> {
    if !installed() {
        system::try_install(&PACKAGE);
    }
    if !installed() {
        bail!(
            "the tests need OpenSSL's headers and pkg-config (libssl-dev, openssl-devel); install them and try again"
        );
    }
    Ok(())
}

fn installed() -> bool {
    let told = env::var_os("OPENSSL_DIR").is_some();
    let found = || shell::ask(Command::new("pkg-config").args(["--exists", "openssl"])).is_some();
    !cfg!(target_os = "linux") || told || found()
}
