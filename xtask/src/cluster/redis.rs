//! A Redis for one cluster: on a free port of this machine, in memory, gone with the cluster.

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::Command,
    sync::mpsc::Receiver,
    time::{Duration, Instant},
};

use anyhow::Context;

use super::{probe, process::Process};
use crate::tools;

/// It keeps nothing, so that it has nothing to do when it stops.
const STOP: Duration = Duration::from_secs(5);

/// The process, and the directory that it works in.
pub(super) struct Redis {
    process: Process,
    address: SocketAddr,
    // Below the process, so that it is removed once nobody works in it.
    _dir: Dir,
}

impl Redis {
    /// How long it has until it answers.
    pub(super) const START: Duration = Duration::from_secs(10);

    /// Starts one; it may take a moment until it answers.
    ///
    /// # Errors
    /// When there is no `redis-server`, or it cannot be started.
    pub(super) fn start(width: usize) -> anyhow::Result<Self> {
        let program = tools::redis::need()?;
        let dir = Dir::new()?;
        let address = free_address().context("looking for a free port")?;
        let mut command = Command::new(program);
        command
            .args(["--bind", &address.ip().to_string()])
            .args(["--port", &address.port().to_string()])
            .arg("--dir")
            .arg(&dir.0)
            .args(["--save", "", "--appendonly", "no", "--loglevel", "warning"]);
        Ok(Self {
            process: Process::start("redis", width, &mut command)?,
            address,
            _dir: dir,
        })
    }

    /// What replicas are told.
    pub(super) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// The question whether it answers.
    pub(super) fn ready(&self) -> impl Fn() -> bool + use<> {
        let address = self.address;
        move || probe::is_redis(address)
    }

    /// To look after.
    pub(super) fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Ends it.
    ///
    /// # Errors
    /// When the system does not tell whether it has ended.
    pub(super) fn stop(&mut self, told: &Receiver<()>) -> anyhow::Result<()> {
        self.process.tell_to_stop();
        self.process.end_by(Instant::now() + STOP, told)?;
        Ok(())
    }
}

/// Free a moment ago, that is: Redis cannot be told to choose one.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Where Redis would write if it wrote.
struct Dir(PathBuf);

impl Dir {
    fn new() -> anyhow::Result<Self> {
        let dir = env::temp_dir().join(format!("orrery-cluster-{}", std::process::id()));
        fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
        Ok(Self(dir))
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}
