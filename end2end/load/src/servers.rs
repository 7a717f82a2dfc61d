//! The server where it is started here: one process, or replicas over a Redis of their own, and what they are told to allow,
//! since a crowd from one address is what limits are for.

use std::{
    net::{Ipv4Addr, SocketAddr},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

use crate::{Args, Scenario, system::Cores};

/// Asks a server whether it takes people.
const READY: &str = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
/// How long a process has until it answers.
const START: Duration = Duration::from_secs(30);
/// How long it has to end once it was told to.
const STOP: Duration = Duration::from_secs(20);
/// How often we look whether it answers.
const LOOK: Duration = Duration::from_millis(20);

/// What runs. Dropped, it is killed.
pub(crate) struct Servers {
    replicas: Vec<Replica>,
    /// Below the replicas, so that it ends after them.
    _redis: Option<Child>,
}

struct Replica {
    address: SocketAddr,
    command: Command,
    child: Child,
}

impl Servers {
    /// Starts what a scenario is about, and waits until it takes people.
    ///
    /// # Errors
    /// When something does not start.
    pub(crate) async fn start(args: &Args, scenario: Scenario) -> anyhow::Result<Self> {
        let program = args.server.as_ref().context("no --url, and no --server to start")?;
        let number = scenario.replicas();
        let (redis, url) = if number > 1 {
            start_redis(args).await.map(Some)?
        } else {
            None
        }
        .unzip();
        let mut replicas = Vec::new();
        for index in 0..number {
            let address = free_address().await?;
            let mut command = match Cores::of(args, number).servers {
                Some(cores) => {
                    let mut command = Command::new("taskset");
                    command.args(["--cpu-list", &cores]).arg(program);
                    command
                }
                None => Command::new(program),
            };
            settings(&mut command, scenario);
            command
                .env("HOST", address.ip().to_string())
                .env("PORT", address.port().to_string())
                .env("INSTANCE_ID", format!("load-{index}"))
                .env("JWT_SECRET", &args.secret)
                .envs(url.iter().map(|url| ("REDIS_URL", url)));
            let child = spawn(&mut command)?;
            replicas.push(Replica {
                address,
                command,
                child,
            });
        }
        for replica in &replicas {
            answers(replica.address, READY, "HTTP/1.1 200").await?;
        }
        Ok(Self {
            replicas,
            _redis: redis,
        })
    }

    /// Where they are.
    pub(crate) fn urls(&self) -> Vec<String> {
        self.replicas
            .iter()
            .map(|replica| format!("http://{}", replica.address))
            .collect()
    }

    /// Their processes.
    pub(crate) fn ids(&self) -> Vec<u32> {
        self.replicas.iter().filter_map(|replica| replica.child.id()).collect()
    }

    /// Ends one in order, and starts it again where it was.
    ///
    /// # Errors
    /// When it does not end, or not come back.
    pub(crate) async fn restart(&mut self, index: usize) -> anyhow::Result<()> {
        let replica = self.replicas.get_mut(index).context("no such replica")?;
        stop(&mut replica.child).await?;
        replica.child = spawn(&mut replica.command)?;
        answers(replica.address, READY, "HTTP/1.1 200").await
    }

    /// Ends all in order.
    ///
    /// # Errors
    /// When one has to be killed.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        for replica in &mut self.replicas {
            tell_to_stop(&mut replica.child);
        }
        for replica in &mut self.replicas {
            stop(&mut replica.child).await?;
        }
        Ok(())
    }
}

/// What a scenario lifts: in all of them people come from one address.
fn settings(command: &mut Command, scenario: Scenario) {
    for variable in ["DATA_DIR", "REDIS_URL", "ORRERY_ENV", "TRANSPORTS", "STALL_MS"] {
        command.env_remove(variable);
    }
    command
        .env("ORRERY_LOG", "warn")
        .env("RATE_CONNECT", "off")
        .env("PENDING", "100000");
    if scenario == Scenario::Soak {
        // How many rooms are remembered: as few as there are room for at once, so that the end of growth is reached.
        command.env("ROOMS", "500");
    }
}

fn spawn(command: &mut Command) -> anyhow::Result<Child> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::from(std::io::stderr()))
        .kill_on_drop(true)
        .spawn()
        .context("could not start the server")
}

async fn start_redis(args: &Args) -> anyhow::Result<(Child, String)> {
    let address = free_address().await?;
    let child = Command::new(&args.redis)
        .args([
            "--bind",
            &address.ip().to_string(),
            "--port",
            &address.port().to_string(),
        ])
        .args(["--save", "", "--appendonly", "no", "--loglevel", "warning", "--dir"])
        .arg(std::env::temp_dir())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("could not start {}", args.redis.display()))?;
    answers(address, "PING\r\n", "+PONG").await?;
    Ok((child, format!("redis://{address}")))
}

/// Waits until the answer to a question begins as it should.
async fn answers(address: SocketAddr, question: &str, expected: &str) -> anyhow::Result<()> {
    let until = Instant::now() + START;
    while !first_bytes(address, question, expected.len())
        .await
        .is_ok_and(|said| said == expected.as_bytes())
    {
        if Instant::now() > until {
            bail!("{address} does not answer");
        }
        sleep(LOOK).await;
    }
    Ok(())
}

async fn first_bytes(address: SocketAddr, question: &str, count: usize) -> std::io::Result<Vec<u8>> {
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(question.as_bytes()).await?;
        let mut said = vec![0; count];
        stream.read_exact(&mut said).await?;
        Ok(said)
    };
    timeout(Duration::from_secs(1), asked).await?
}

/// Free a moment ago, that is.
async fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()
}

async fn stop(child: &mut Child) -> anyhow::Result<()> {
    tell_to_stop(child);
    if timeout(STOP, child.wait()).await.is_err() {
        child.kill().await?;
        bail!("the server did not end within {} s", STOP.as_secs());
    }
    Ok(())
}

#[cfg(unix)]
fn tell_to_stop(child: &mut Child) {
    use nix::{
        sys::signal::{Signal, kill},
        unistd::Pid,
    };
    if let Some(id) = child.id().and_then(|id| id.try_into().ok()) {
        // An error means that it has just ended.
        kill(Pid::from_raw(id), Signal::SIGTERM).ok();
    }
}

/// Elsewhere there is no way to ask.
#[cfg(not(unix))]
fn tell_to_stop(child: &mut Child) {
    child.start_kill().ok();
}
