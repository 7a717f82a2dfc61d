//! cargo-deny: looks at what we depend on. No part of what tests need.

use super::{Tool, cache};

const VERSION: &str = "0.20.2";

/// Finds or installs it.
///
/// # Errors
/// When it cannot be installed.
pub(super) fn need() -> anyhow::Result<Tool> {
    cache::need_crate("cargo-deny", "cargo-deny", VERSION, &[])
}
