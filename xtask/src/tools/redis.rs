//! Redis, for what runs several replicas: some of the tests, and `cargo xtask cluster`. Orrery itself runs without it. They
//! start instances of their own, so only the program is needed and no service.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;

use super::{
    system::{self, Package},
    version::Version,
};
use crate::shell;

/// Names the program: set by a person for us, and by us for the tests.
pub(crate) const VARIABLE: &str = "REDIS_SERVER";

const PACKAGE: Package = Package {
    apt: &["redis-server"],
    brew: &["redis"],
};
/// Redis, and the fork that some systems have in its place; both count their versions on.
const NAMES: [&str; 2] = ["redis-server", "valkey-server"];
/// The oldest that replicas are written for.
const OLDEST: Version = Version([6, 2, 0]);

/// Finds or installs it, and says where it is.
///
/// # Errors
/// When it is missing or too old and cannot be installed.
pub(crate) fn need() -> anyhow::Result<PathBuf> {
    if let Some(program) = installed() {
        return Ok(program);
    }
    system::try_install(&PACKAGE);
    installed().with_context(|| {
        format!(
            "several replicas need redis-server or valkey-server, 6.2 or newer: `{}`, or name its program in {VARIABLE}",
            if cfg!(target_os = "macos") {
                "brew install redis"
            } else {
                "apt-get install redis-server"
            }
        )
    })
}

fn installed() -> Option<PathBuf> {
    let named = env::var_os(VARIABLE).map(PathBuf::from);
    let on_path = NAMES.iter().filter_map(|name| shell::on_path(name));
    named.into_iter().chain(on_path).find(|program| fits(program))
}

fn fits(program: &Path) -> bool {
    let answer = shell::ask(Command::new(program).arg("--version"));
    answer.as_deref().and_then(version) >= Some(OLDEST)
}

/// `Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0` is 7.0.15.
fn version(answer: &str) -> Option<Version> {
    Version::find_in(&answer.replace(" v=", " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_found_in_what_either_says() {
        let redis = "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=ae4d7c971a948f0";
        let valkey = "Valkey server v=8.0.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=f5d9e4dbd1ff5d41";
        assert_eq!(version(redis), Some(Version([7, 0, 15])));
        assert_eq!(version(valkey), Some(Version([8, 0, 1])));
        assert!(version("Redis server v=6.0.16 sha=00000000:0") < Some(OLDEST));
    }

    #[test]
    fn a_program_that_is_not_there_does_not_fit() {
        assert!(!fits(Path::new("no-such-program-at-all")));
    }
}
