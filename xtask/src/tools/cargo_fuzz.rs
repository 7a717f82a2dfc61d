//! cargo-fuzz: builds and runs the fuzz targets. No part of what tests need.

use super::{Tool, cache};

const VERSION: &str = "0.13.2";

/// Finds or installs it.
///
/// # Errors
/// When it cannot be installed.
pub(super) fn need() -> anyhow::Result<Tool> {
    cache::need_crate("cargo-fuzz", "cargo-fuzz", VERSION, &[])
}
