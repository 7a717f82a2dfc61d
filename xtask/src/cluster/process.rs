//! One process of the cluster: in a group of its own, so that the terminal's Ctrl-C does not reach it; heard line by line
//! under its name; killed where it is forgotten. When it should end is for the caller.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    mem,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::Receiver,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::Context;

/// How often we look whether it has ended.
const LOOK: Duration = Duration::from_millis(20);

/// A child, and the threads that pass on what it says.
pub(super) struct Process {
    name: String,
    child: Child,
    hearing: Vec<JoinHandle<()>>,
}

/// How it ended.
#[derive(Debug, PartialEq)]
pub(super) enum Ending {
    /// By itself, after it was told to.
    Stopped,
    /// By force.
    Killed,
}

impl Process {
    /// Starts it; its lines begin with its name, in a column of this width.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn start(name: &str, width: usize, command: &mut Command) -> anyhow::Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        apart(command);
        let mut child = command.spawn().with_context(|| format!("could not start {name}"))?;
        let prefix = format!("{name:width$} | ");
        let hearing = [
            child.stdout.take().map(|out| hear(out, prefix.clone())),
            child.stderr.take().map(|err| hear(err, prefix)),
        ];
        Ok(Self {
            name: name.to_owned(),
            child,
            hearing: hearing.into_iter().flatten().collect(),
        })
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How it ended, if it has; all it had to say has been said then.
    ///
    /// # Errors
    /// When the system does not tell.
    pub(super) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        let status = self.child.try_wait()?;
        if status.is_some() {
            for hearing in mem::take(&mut self.hearing) {
                // It ends with the pipe, and has nothing to tell.
                hearing.join().ok();
            }
        }
        Ok(status)
    }

    /// Asks it to end in order.
    pub(super) fn tell_to_stop(&mut self) {
        // Once it has ended its number may be somebody else's.
        if let Ok(None) = self.ended() {
            terminate(&mut self.child);
        }
    }

    /// Waits until it has ended; at `end`, or when we are told a second time to stop, it is killed.
    ///
    /// # Errors
    /// When the system does not tell.
    pub(super) fn end_by(&mut self, end: Instant, told: &Receiver<()>) -> io::Result<Ending> {
        while self.ended()?.is_none() {
            if Instant::now() > end || told.try_recv().is_ok() {
                self.child.kill()?;
                self.child.wait()?;
                return Ok(Ending::Killed);
            }
            thread::sleep(LOOK);
        }
        Ok(Ending::Stopped)
    }
}

impl Drop for Process {
    /// Where nobody asked it to end in order there is no time left to do so. An error means that it has ended.
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Passes on what a child says, a line at a time. The child must never wait for a terminal that is gone, so what cannot be
/// written is dropped.
fn hear(from: impl Read + Send + 'static, prefix: String) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let said = format!("{prefix}{}\n", String::from_utf8_lossy(&line).trim_end());
            io::stdout().lock().write_all(said.as_bytes()).ok();
            line.clear();
        }
    })
}

#[cfg(unix)]
fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn apart(_: &mut Command) {}

#[cfg(unix)]
fn terminate(child: &mut Child) {
    use nix::{
        sys::signal::{Signal, kill},
        unistd::Pid,
    };
    if let Ok(id) = child.id().try_into() {
        // An error means that it has just ended.
        kill(Pid::from_raw(id), Signal::SIGTERM).ok();
    }
}

/// Elsewhere there is no way to ask.
#[cfg(not(unix))]
fn terminate(child: &mut Child) {
    child.kill().ok();
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn shell(script: &str) -> Process {
        Process::start("test", 4, Command::new("sh").args(["-c", script])).unwrap()
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn who_ends_by_itself_is_noticed() {
        let (_telling, told) = mpsc::channel();
        let mut process = shell("exit 7");
        assert_eq!(process.end_by(soon(), &told).unwrap(), Ending::Stopped);
        assert_eq!(process.ended().unwrap().unwrap().code(), Some(7));
        process.tell_to_stop();
    }

    #[test]
    fn who_is_told_to_stop_may_do_so_in_order() {
        let (_telling, told) = mpsc::channel();
        let mut process = shell("trap 'exit 3' TERM; while :; do sleep 0.01; done");
        // Until it listens the signal ends it at once, which is as well.
        process.tell_to_stop();
        assert_eq!(process.end_by(soon(), &told).unwrap(), Ending::Stopped);
    }

    #[test]
    fn who_does_not_listen_is_killed() {
        let (telling, told) = mpsc::channel();
        let mut process = shell("trap '' TERM; while :; do sleep 0.01; done");
        assert_eq!(process.end_by(Instant::now(), &told).unwrap(), Ending::Killed);

        let mut process = shell("trap '' TERM; while :; do sleep 0.01; done");
        telling.send(()).unwrap();
        assert_eq!(process.end_by(soon(), &told).unwrap(), Ending::Killed);
    }
}
