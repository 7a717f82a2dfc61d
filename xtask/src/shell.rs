//! Talking to the person at the terminal and running other programs. Decides nothing: what to run is for the callers.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::Command,
    time::Duration,
};

use anyhow::{Context, bail};

/// One short line to the person who typed the command. Somebody who has stopped reading is no reason to fail: there may be
/// processes to end.
pub(crate) fn say(line: &str) {
    writeln!(io::stdout(), "{line}").ok();
}

/// The last word of a verb that could not be done.
pub(crate) fn complain(line: &str) {
    writeln!(io::stderr(), "xtask: {line}").ok();
}

/// Runs a program to its end, with its output on our terminal.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let line = spelled(command);
    let status = command.status().with_context(|| format!("could not start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// What a program prints, or `None` when it is missing or fails. For asking questions (`--version`), not for work.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first program of that name on the PATH of this process.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(&file))
        .find(|candidate| candidate.is_file())
}

/// Time as a person says it: `8 s`, `12 min`.
pub(crate) fn spoken(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds => format!("{} min", (seconds + 30) / 60),
    }
}

fn spelled(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    #[test]
    fn time_is_rounded_to_what_a_person_would_say() {
        assert_eq!(spoken(Duration::from_secs(8)), "8 s");
        assert_eq!(spoken(Duration::from_secs(119)), "119 s");
        assert_eq!(spoken(Duration::from_secs(151)), "3 min");
    }

    #[test]
    fn a_failing_program_is_named_with_its_arguments() {
        let error = run(Command::new("cargo").arg("no-such-verb").stderr(Stdio::null())).unwrap_err();
        assert!(error.to_string().starts_with("`cargo no-such-verb` failed"));
    }

    #[test]
    fn a_missing_program_answers_nothing() {
        assert_eq!(ask(&mut Command::new("no-such-program-at-all")), None);
    }
}
