//! Redis, for the tests that run several replicas. Orrery itself runs without it; the tests start their own instances, so
//! only the program is needed and no service.

use anyhow::bail;

use super::system::{self, Package};
use crate::shell;

const PACKAGE: Package = Package {
    apt: &["redis-server"],
    brew: &["redis"],
};

/// Finds or installs `redis-server`.
///
/// # Errors
/// When it is missing and cannot be installed.
pub(super) fn need() -> anyhow::Result<()> {
    if shell::on_path("redis-server").is_none() {
        system::try_install(&PACKAGE);
    }
    if shell::on_path("redis-server").is_none() {
        bail!("the tests need redis-server (7 or later); install it and try again");
    }
    Ok(())
}
