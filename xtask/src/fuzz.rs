//! `cargo xtask fuzz`: feeds the decoders of the wire whatever libFuzzer can think of, for a while. What the targets check is
//! theirs, in `end2end/fuzz`; what was found interesting is kept there too, beside the checkout and not in it.

use anyhow::Context;

use crate::{
    shell::{self, say},
    tools, workspace,
};

/// Where each begins: the packet decoder, and operations on a document.
const TARGETS: [&str; 2] = ["packet", "operation"];

/// How long each is run, in seconds, where nothing else is asked for.
const SECONDS: &str = "60";

/// Runs each target; ends with the first that breaks.
///
/// # Errors
/// When cargo-fuzz cannot be had, or a target breaks; the input that broke it is then in `end2end/fuzz/artifacts`.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let seconds = args.first().map_or(SECONDS, String::as_str);
    seconds
        .parse::<u32>()
        .with_context(|| format!("`{seconds}` is no number of seconds"))?;
    let here = workspace::end2end().join("fuzz");
    for target in TARGETS {
        say(&format!("\n=== {target}, {seconds} s"));
        // A compiler for everybody's use has no sanitizers; a panic is found without.
        shell::run(
            tools::cargo_fuzz()?
                .current_dir(&here)
                .args(["run", "--fuzz-dir", ".", "--sanitizer", "none", target])
                .args([format!("corpus/{target}"), format!("seeds/{target}"), "--".to_owned()])
                .arg(format!("-max_total_time={seconds}"))
                .env("CARGO_TARGET_DIR", workspace::target().join("fuzz")),
        )?;
    }
    Ok(())
}
