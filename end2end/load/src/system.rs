//! What we ask of the system before anything begins: files for thousands of sockets, and cores that are ours alone.

use std::io::{self, Write};

use tokio::runtime::{Builder, Runtime};

use crate::Args;

/// One line to the person at the terminal, beside the results. Somebody who has stopped reading is no reason to fail.
pub(crate) fn say(line: &str) {
    writeln!(io::stderr(), "{line}").ok();
}

/// The cores, where a server is started here and can have some of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cores {
    /// The server's, as `taskset` wants them; `None` where the system chooses.
    pub(crate) servers: Option<String>,
}

/// To be called before there is a second thread: those that come later have what this one has.
pub fn prepare(args: &Args) {
    raise_files();
    if let Some((_, ours)) = shares(args) {
        pin(&ours);
    }
}

/// What runs all people: one thread for each core, and for one core no second thread that would only wake it.
///
/// # Errors
/// When the system gives no threads.
pub fn runtime() -> io::Result<Runtime> {
    let mut builder = match our_cores() {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.enable_all().build()
}

/// How many cores we may use.
pub(crate) fn our_cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(unix)]
fn raise_files() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // Where it is refused, a connection that cannot be opened says so.
        setrlimit(Resource::RLIMIT_NOFILE, hard, hard).ok();
    }
}

#[cfg(not(unix))]
fn raise_files() {}

impl Cores {
    /// Those of a server that is started here.
    pub(crate) fn of(args: &Args, replicas: usize) -> Self {
        let total = system_cores();
        let servers = (is_pinned(args) && total >= 2).then(|| match replicas {
            1 => "0".to_owned(),
            _ => format!("0-{}", total - 2),
        });
        Self { servers }
    }
}

/// The server's cores and ours. One replica has the first alone and leaves the others to us; several have all but the last.
fn shares(args: &Args) -> Option<(usize, Vec<usize>)> {
    let total = system_cores();
    if !is_pinned(args) || total < 2 {
        return None;
    }
    let many = args.scenarios().iter().any(|scenario| scenario.replicas() > 1);
    Some((total, if many { vec![total - 1] } else { (1..total).collect() }))
}

fn is_pinned(args: &Args) -> bool {
    args.url.is_empty() && args.server.is_some() && !args.unpinned && has_taskset()
}

fn has_taskset() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join("taskset").is_file())
}

#[cfg(target_os = "linux")]
fn system_cores() -> usize {
    // Ours may be pinned already; the system's are not.
    std::fs::read_to_string("/proc/cpuinfo").map_or(1, |text| {
        text.lines().filter(|line| line.starts_with("processor")).count()
    })
}

#[cfg(not(target_os = "linux"))]
fn system_cores() -> usize {
    1
}

#[cfg(target_os = "linux")]
fn pin(cores: &[usize]) {
    use nix::{
        sched::{CpuSet, sched_setaffinity},
        unistd::Pid,
    };
    let mut set = CpuSet::new();
    let fits = cores.iter().all(|core| set.set(*core).is_ok());
    // Cores that we may not have are left as they are; the table says how many we used.
    if fits {
        sched_setaffinity(Pid::from_raw(0), &set).ok();
    }
}

#[cfg(not(target_os = "linux"))]
fn pin(_: &[usize]) {}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[test]
    fn a_server_of_somebody_else_is_left_where_it_is() {
        let args = Args::try_parse_from(["load", "--url", "http://127.0.0.1:1"]).unwrap();
        assert_eq!((Cores::of(&args, 1), shares(&args)), (Cores::default(), None));
        let args = Args::try_parse_from(["load", "--server", "orrery", "--unpinned"]).unwrap();
        assert_eq!(Cores::of(&args, 1).servers, None);
    }
}
