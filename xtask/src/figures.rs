//! `cargo xtask figures`: prints what the README quotes, one program after the other. What each measures is its own.

use crate::{
    browser,
    shell::{self, say},
    site,
    tools::Toolbox,
};

/// The benches, by package and name.
const BENCHES: [(&str, &str); 4] = [
    ("document", "document"),
    ("server", "join"),
    ("server", "store"),
    ("server", "cluster"),
];

/// Prints all figures.
///
/// # Errors
/// When the build fails, or a figure cannot be taken.
pub(crate) fn all() -> anyhow::Result<()> {
    let toolbox = Toolbox::for_tests()?;
    site::build(&toolbox)?;
    browser::figures(&toolbox)?;
    for (package, bench) in BENCHES {
        say("");
        shell::run(
            toolbox
                .cargo()
                .args(["bench", "--quiet", "--package", package, "--bench", bench]),
        )?;
    }
    Ok(())
}
