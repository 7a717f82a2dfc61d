//! A redis-server of one test's own, on a free port: started, stopped, killed, spoken to.

#![allow(dead_code, reason = "each test uses its part")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

/// The server. Dropped, it is killed.
pub(crate) struct Process {
    pub(crate) port: u16,
    dir: tempfile::TempDir,
    child: Child,
    options: Vec<String>,
}

impl Process {
    /// One that keeps nothing on disk unless it is told to.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// One with further options of redis-server.
    pub(crate) fn start_with(options: &[&str]) -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let dir = tempfile::tempdir().unwrap();
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        let child = spawn(port, dir.path(), &options);
        Self {
            port,
            dir,
            child,
            options,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it as a crash would. What it wrote to its directory stays.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again, with what it finds in its directory.
    pub(crate) fn again(&mut self) {
        self.child = spawn(self.port, self.dir.path(), &self.options);
    }

    /// Sends it a signal: `STOP`, `CONT`.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([format!("-{signal}"), id]).status();
        assert!(sent.unwrap().success(), "kill -{signal}");
    }

    /// Asks it something; the answer as it stands on the wire.
    pub(crate) fn ask(&self, command: &str) -> String {
        self.ask_all(&[command])
    }

    /// Asks it several things on one connection.
    pub(crate) fn ask_all(&self, commands: &[&str]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "{}\r\nQUIT\r\n", commands.join("\r\n")).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.strip_suffix("+OK\r\n").unwrap_or(&answer).to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts it and waits until it says that it is ready.
fn spawn(port: u16, dir: &std::path::Path, options: &[String]) -> Child {
    let program = std::env::var("REDIS_SERVER").unwrap_or_else(|_| "redis-server".to_owned());
    let mut child = Command::new(&program)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
        .arg("--dir")
        .arg(dir)
        .args(options)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} cannot be started ({error}): `cargo xtask test` installs it"));
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines
        .by_ref()
        .map_while(Result::ok)
        .any(|line| line.contains("Ready to accept"));
    assert!(ready, "redis-server ended before it was ready");
    // What it says later is read, or it would come to a halt.
    std::thread::spawn(move || lines.for_each(drop));
    child
}
