//! `cargo xtask load`: builds the load generator, and the server it is to be aimed at where no other is named. What it does
//! is its own; what we are told after the verb goes to it as it is, but for the names of the servers to compare with.

use std::{ffi::OsString, path::PathBuf, process::Command};

use crate::{
    shell, site,
    tools::{self, Toolbox},
    workspace,
};

/// A server to be measured beside ours, one of the load generator's examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Other {
    /// `socketioxide` by itself.
    Plain,
    /// Socket.IO on Node.js.
    Node,
}

impl Other {
    fn named(name: &str) -> Option<Self> {
        match name {
            "plain" => Some(Self::Plain),
            "node" => Some(Self::Node),
            _ => None,
        }
    }

    fn program(self) -> PathBuf {
        match self {
            Self::Plain => workspace::built("examples/plain"),
            Self::Node => workspace::end2end().join("load/examples/node.mjs"),
        }
    }

    /// Builds it, or installs what it needs.
    fn prepare(self, toolbox: &Toolbox) -> anyhow::Result<()> {
        match self {
            Self::Plain => shell::run(toolbox.cargo().args(BUILD).args(["--example", "plain"])),
            Self::Node => tools::node_packages(),
        }
    }
}

/// Builds something of the load generator.
const BUILD: [&str; 5] = ["build", "--quiet", "--release", "--package", "load"];

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
    shell::run(toolbox.cargo().args(BUILD))?;
    let (args, other) = located(args);
    if let Some(other) = other {
        other.prepare(&toolbox)?;
    }
    shell::run(load.args(args))
}

/// The arguments with the program in place of the name of a server to compare with, and which that is.
fn located(args: &[String]) -> (Vec<OsString>, Option<Other>) {
    let (mut located, mut other) = (Vec::new(), None);
    let mut before = "";
    for arg in args {
        let beside = arg.strip_prefix("--beside=");
        let name = beside.or((before == "--beside").then_some(arg.as_str()));
        match name.and_then(Other::named) {
            Some(named) => {
                let mut program = OsString::from(if beside.is_some() { "--beside=" } else { "" });
                program.push(named.program());
                located.push(program);
                other = Some(named);
            }
            None => located.push(arg.into()),
        }
        before = arg;
    }
    (located, other)
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
    fn servers_to_compare_with_are_known_by_name() {
        for (line, other) in [
            ("storm --beside plain", Other::Plain),
            ("storm --beside=plain", Other::Plain),
            ("--beside node storm", Other::Node),
        ] {
            let (args, found) = located(&words(line));
            assert_eq!(found, Some(other), "{line}");
            let args = args.join(" ".as_ref()).into_string().unwrap();
            assert!(args.contains(other.program().to_str().unwrap()), "{args}");
            assert_eq!(args.contains('='), line.contains('='), "{args}");
        }
        for line in ["storm --beside ./plain", "plain", "--secret node"] {
            let as_it_is = line.split(' ').map(OsString::from).collect();
            assert_eq!(located(&words(line)), (as_it_is, None));
        }
    }

    #[test]
    fn replicas_need_redis() {
        assert!(needs_redis(&words("storm reconnect")));
        assert!(!needs_redis(&words("storm --at-once 5")));
    }
}
