//! `cargo xtask cluster`: several replicas over one Redis, on this machine and in this terminal.
//!
//! This file owns the order in which they start and stop. Each is in a process group of its own, so that Ctrl-C reaches only
//! us: replicas are told first and drain while Redis is still there. How a process is started, heard and ended is in
//! `process`; nothing is left running when we end, whichever way.

mod plan;
mod probe;
mod process;
mod redis;

use std::{
    env,
    process::Command,
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use plan::{Plan, Replica};
use process::{Ending, Process};
use redis::Redis;

use crate::{
    shell::{self, say},
    site,
    tools::Toolbox,
    workspace,
};

/// The variable that names the Redis of replicas; set, it is used and none is started.
const REDIS_URL: &str = "REDIS_URL";
/// How often we look whether everything still runs.
const LOOK: Duration = Duration::from_millis(100);
/// How long replicas have until they are ready.
const START: Duration = Duration::from_secs(30);
/// How long replicas have to drain once they were told to stop, all together.
const DRAIN: Duration = Duration::from_secs(15);

/// Builds, starts everything, and stops it when it is told to.
///
/// # Errors
/// When something does not start, ends by itself, or has to be killed.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let plan = Plan::new(args, &|variable| env::var(variable).ok())?;
    plan.need_free_ports()?;
    site::build(&Toolbox::for_build()?)?;
    let mut cluster = Cluster {
        told: signals()?,
        replicas: Vec::new(),
        redis: None,
    };
    let lived = cluster.live(&plan);
    if let Err(error) = &lived {
        say(&format!("{error:#}"));
    }
    let stopped = cluster.stop();
    lived.and(stopped)
}

/// Ctrl-C, SIGTERM, and the terminal that is closed.
fn signals() -> anyhow::Result<Receiver<()>> {
    let (told, receiver) = mpsc::channel();
    // Nobody hears it once we are about to end anyway.
    ctrlc::set_handler(move || _ = told.send(())).context("listening for Ctrl-C")?;
    Ok(receiver)
}

/// What runs. Fields end in this order where nothing else ended them.
struct Cluster {
    replicas: Vec<Process>,
    redis: Option<Redis>,
    told: Receiver<()>,
}

/// Whether to go on.
#[derive(PartialEq)]
enum Wish {
    GoOn,
    Stop,
}

impl Cluster {
    /// From the first start until we are told to stop.
    fn live(&mut self, plan: &Plan) -> anyhow::Result<()> {
        let url = match env::var(REDIS_URL).ok().filter(|url| !url.is_empty()) {
            Some(url) => url,
            None => self.redis.insert(Redis::start(plan.width())?).url(),
        };
        if let Some(ready) = self.redis.as_ref().map(Redis::ready)
            && self.until("redis", Redis::START, ready)? == Wish::Stop
        {
            return Ok(());
        }
        for replica in plan.replicas() {
            let process = Process::start(&replica.name, plan.width(), &mut command(replica, &url))?;
            self.replicas.push(process);
        }
        for replica in plan.replicas() {
            let address = replica.reachable();
            if self.until(&replica.name, START, move || probe::is_ready(address))? == Wish::Stop {
                return Ok(());
            }
        }
        say(&plan.spoken(&url));
        while self.look()? == Wish::GoOn {}
        Ok(())
    }

    /// Waits until `ready` says so.
    fn until(&mut self, name: &str, limit: Duration, ready: impl Fn() -> bool) -> anyhow::Result<Wish> {
        let end = Instant::now() + limit;
        while !ready() {
            if self.look()? == Wish::Stop {
                return Ok(Wish::Stop);
            }
            if Instant::now() > end {
                bail!("{name} was not ready after {}", shell::spoken(limit));
            }
        }
        Ok(Wish::GoOn)
    }

    /// A moment's pause, and a look at every process after it.
    fn look(&mut self) -> anyhow::Result<Wish> {
        if self.told.recv_timeout(LOOK).is_ok() {
            return Ok(Wish::Stop);
        }
        let redis = self.redis.iter_mut().map(Redis::process);
        for process in self.replicas.iter_mut().chain(redis) {
            if let Some(status) = process.ended()? {
                bail!("{} ended by itself ({status})", process.name());
            }
        }
        Ok(Wish::GoOn)
    }

    /// Replicas first, all at once, as they may drain side by side; then Redis. Told once more, nobody waits any longer.
    fn stop(&mut self) -> anyhow::Result<()> {
        say("Stopping (Ctrl-C again: at once)");
        let mut killed = Vec::new();
        self.replicas.iter_mut().for_each(Process::tell_to_stop);
        let mut drained = Instant::now() + DRAIN;
        for replica in &mut self.replicas {
            if replica.end_by(drained, &self.told)? == Ending::Killed {
                killed.push(replica.name().to_owned());
                drained = Instant::now();
            }
        }
        if let Some(redis) = &mut self.redis {
            redis.stop(&self.told)?;
        }
        if !killed.is_empty() {
            bail!("{} did not stop in time and had to be killed", killed.join(", "));
        }
        Ok(())
    }
}

/// The release binary as this replica.
fn command(replica: &Replica, redis: &str) -> Command {
    let mut command = Command::new(workspace::binary());
    command
        .env("PORT", replica.address.port().to_string())
        .env("INSTANCE_ID", &replica.name)
        .env(REDIS_URL, redis)
        // A directory belongs to one process; what replicas keep is in Redis.
        .env_remove("DATA_DIR");
    command
}
