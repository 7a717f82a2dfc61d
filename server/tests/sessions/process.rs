//! A real process with a directory of its own, or over a Redis that it shares, to be killed and started again on the same port. The sessions
//! use it, the tests of several replicas, and the bench of joins.

#![allow(dead_code, reason = "each who uses it uses a part")]

use server::{clock::Now, token::Keys};
use std::{
    ffi::OsStr,
    net::{SocketAddr, TcpListener},
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// Signs its tokens; the stage of the stories has the same.
const SECRET: &str = "a secret for the stage, long enough for production too";

/// Over how long it sends people elsewhere when it stops.
pub(crate) const DRAIN: Duration = Duration::from_millis(500);

/// Random people do more a second than real ones.
const UNHURRIED: [&str; 6] = [
    "RATE_CONNECT",
    "RATE_JOIN",
    "RATE_CHAT",
    "RATE_DOCUMENT",
    "RATE_NOTE",
    "RATE_OTHER",
];

/// The process.
pub(crate) struct Process {
    pub(crate) address: SocketAddr,
    store: Store,
    child: Child,
    complaints: Complaints,
}

/// Where it keeps its logs.
enum Store {
    Dir(tempfile::TempDir),
    Redis(String),
    /// In memory, of which it may take so many bytes, and of which so many may wait for one connection.
    Memory(String, String),
}

/// Lines of the log that must not be there: errors, and panics.
type Complaints = Arc<Mutex<Vec<String>>>;

impl Process {
    /// Starts one in a new directory, on a port that nobody listens on.
    pub(crate) async fn start() -> Self {
        Self::start_with(Store::Dir(tempfile::tempdir().unwrap())).await
    }

    /// Starts one over the Redis at this URL.
    pub(crate) async fn over(redis: &str) -> Self {
        Self::start_with(Store::Redis(redis.to_owned())).await
    }

    /// Starts one that may take so many bytes of memory, and in which so many may wait for one connection.
    pub(crate) async fn with_memory(most: u64, waiting: u32) -> Self {
        Self::start_with(Store::Memory(most.to_string(), waiting.to_string())).await
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().unwrap().to_string();
        let sent = std::process::Command::new("kill")
            .args([format!("-{signal}"), id])
            .status();
        assert!(sent.unwrap().success(), "kill -{signal}");
    }

    async fn start_with(store: Store) -> Self {
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let complaints = Complaints::default();
        let child = spawn(address, &store, &complaints).await;
        Self {
            address,
            store,
            child,
            complaints,
        }
    }

    /// The CPU time that it has taken so far, to a hundredth of a second. Read from where Linux tells it.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id().unwrap())).unwrap();
        // The name of the program stands in brackets and may have spaces in it.
        let (_, after) = stat.rsplit_once(") ").unwrap();
        let ticks = after.split(' ').skip(11).take(2);
        Duration::from_millis(10) * ticks.map(|ticks| ticks.parse::<u32>().unwrap()).sum()
    }

    /// What it complained of so far.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }

    /// Ends it as a crash would.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Ends it in order, and waits until it has ended.
    pub(crate) async fn stop(&mut self) {
        self.signal("TERM");
        assert!(self.child.wait().await.unwrap().success());
    }

    /// Starts it again.
    pub(crate) async fn again(&mut self) {
        self.child = spawn(self.address, &self.store, &self.complaints).await;
    }

    /// A token for a person.
    pub(crate) fn token(user: &str) -> String {
        let user_id: protocol::UserId = user.parse().unwrap();
        let who = protocol::auth::Identity {
            hue: protocol::Hue::of(&user_id),
            name: user.parse().unwrap(),
            user_id,
        };
        let now = Now::read().at.0 / 1000;
        Keys::new(SECRET).sign(&who, now, Duration::from_secs(600)).unwrap()
    }
}

/// Starts the binary and waits until it says that it listens.
async fn spawn(address: SocketAddr, store: &Store, complaints: &Complaints) -> Child {
    let settings: Vec<(&str, &OsStr)> = match store {
        Store::Dir(dir) => vec![("DATA_DIR", dir.path().as_os_str())],
        Store::Redis(url) => vec![("REDIS_URL", url.as_ref())],
        Store::Memory(most, waiting) => vec![("MEMORY_BYTES", most.as_ref()), ("QUEUE_BYTES", waiting.as_ref())],
    };
    let mut child = Command::new(env!("CARGO_BIN_EXE_orrery"))
        .env("PORT", address.port().to_string())
        .env("JWT_SECRET", SECRET)
        .envs(settings)
        .envs(UNHURRIED.map(|rate| (rate, "off")))
        .env("GRACE_MS", "100")
        .env("CHAT_HISTORY", "100000")
        .env("DRAIN_MS", DRAIN.as_millis().to_string())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.contains("Orrery is at") {
            // What it says later is read, or it would come to a halt.
            let complaints = Arc::clone(complaints);
            tokio::spawn(async move {
                while let Ok(Some(line)) = lines.next_line().await {
                    if line.contains("ERROR") || line.contains("panicked") {
                        complaints.lock().unwrap().push(line);
                    }
                }
            });
            return child;
        }
    }
    panic!("the process ended before it listened");
}
