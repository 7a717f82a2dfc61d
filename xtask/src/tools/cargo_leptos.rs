//! cargo-leptos: builds the browser half and watches in development.

use super::{Tool, cache};

/// The last version that the compiler named in `Cargo.toml` can compile.
const VERSION: &str = "0.3.10";

/// Finds or installs it.
///
/// Our own install has `no_downloads`: it must find wasm-bindgen and wasm-opt on the PATH, where we put versions that we
/// know to work, and never fetch others behind our back.
///
/// # Errors
/// When it cannot be installed.
pub(super) fn need() -> anyhow::Result<Tool> {
    cache::need_crate("cargo-leptos", "cargo-leptos", VERSION, &["no_downloads"])
}
