//! wasm-bindgen: writes the JavaScript between browser and WebAssembly. The program and the crate must have the very same
//! version, so it is read from `Cargo.lock` and never written down here.

use std::fs;

use anyhow::Context;

use super::{Tool, cache};
use crate::workspace;

/// Finds or installs the version that `Cargo.lock` asks for.
///
/// # Errors
/// When `Cargo.lock` does not name wasm-bindgen, or the program cannot be installed.
pub(super) fn need() -> anyhow::Result<Tool> {
    let lock = fs::read_to_string(workspace::root().join("Cargo.lock")).context("reading Cargo.lock")?;
    let version = locked_version(&lock, "wasm-bindgen").context("Cargo.lock does not name wasm-bindgen")?;
    let tool = cache::need_crate("wasm-bindgen-cli", "wasm-bindgen", version, &[])?;
    Ok(tool)
}

fn locked_version<'a>(lock: &'a str, krate: &str) -> Option<&'a str> {
    let name = format!("name = \"{krate}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
[[package]]
name = "wasm-bindgen-macro"
version = "0.2.99"

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
"#;

    #[test]
    fn the_version_is_that_of_the_crate_and_not_of_its_neighbour() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }
}
