//! `cargo xtask load`: builds the load generator, and the server it is to be aimed at where no other is named. What it does
//! is its own; what we are told after the verb goes to it as it is, but for the name of the plain server.

use std::{ffi::OsString, process::Command};

use crate::{
    shell, site,
    tools::{self, Toolbox},
    workspace,
};

/// A server to be measured beside ours: an example of the load generator.
const PLAIN: &str = "plain";
/// What names it as one word.
const BESIDE_PLAIN: &str = "--beside=plain";

/// Builds both, and hands over.
///
/// # Errors
/// When something cannot be built, or the load generator has something against what it saw.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let toolbox = Toolbox::for_build()?;
    let mut load = Command::new(workspace::built("load"));
    if is_about_our_server(args) {
        site::build(&toolbox)?;
        load.arg("--server").arg(workspace::binary());
        if needs_redis(args) {
            load.arg("--redis").arg(tools::redis::need()?);
        }
    }
    shell::run(
        toolbox
            .cargo()
            .args(["build", "--quiet", "--release", "--package", "load"]),
    )?;
    if names_plain(args) {
        shell::run(
            toolbox
                .cargo()
                .args(["build", "--quiet", "--release", "--package", "load", "--example", PLAIN]),
        )?;
    }
    shell::run(load.args(args.iter().map(|arg| located(arg))))
}

/// Whether the plain server is to be measured too.
fn names_plain(args: &[String]) -> bool {
    args.windows(2).any(|pair| pair == ["--beside", PLAIN]) || args.iter().any(|arg| arg == BESIDE_PLAIN)
}

/// The plain server's name, as a path.
fn located(arg: &str) -> OsString {
    let path = || workspace::built(&format!("examples/{PLAIN}")).into_os_string();
    match arg {
        PLAIN => path(),
        BESIDE_PLAIN => {
            let mut named = OsString::from("--beside=");
            named.push(path());
            named
        }
        _ => arg.into(),
    }
}

/// Whether a server has to be built. One that is named runs already.
fn is_about_our_server(args: &[String]) -> bool {
    let named =
        |arg: &String| ["--url", "--server", "--help", "-h"].contains(&arg.split('=').next().unwrap_or_default());
    !args.iter().any(named)
}

/// Whether one of the scenarios is about replicas.
fn needs_redis(args: &[String]) -> bool {
    args.iter()
        .any(|arg| ["cross-replica", "reconnect"].contains(&arg.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_server_is_built_where_none_is_named() {
        assert!(is_about_our_server(&words("storm --connections 5")));
        for line in ["--url http://a", "storm --url=http://a", "--help"] {
            assert!(!is_about_our_server(&words(line)), "{line}");
        }
    }

    #[test]
    fn the_plain_server_is_built_where_it_is_named() {
        for line in ["storm --beside plain", "storm --beside=plain"] {
            assert!(names_plain(&words(line)), "{line}");
            let located: Vec<OsString> = words(line).iter().map(|arg| located(arg)).collect();
            let located = located.join(" ".as_ref()).into_string().unwrap();
            assert!(
                located.starts_with("storm --beside") && located.contains("examples"),
                "{located}"
            );
        }
        assert!(!names_plain(&words("storm --beside ./plain")));
        assert_eq!(located("./plain"), "./plain");
    }

    #[test]
    fn replicas_need_redis() {
        assert!(needs_redis(&words("storm reconnect")));
        assert!(!needs_redis(&words("storm --at-once 5")));
    }
}
