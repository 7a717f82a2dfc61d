//! A replica as a real process, to be killed, stopped and continued.

use crate::{
    redis::{self, signal_to},
    stage::{SECRET, Stage},
};
use std::{net::TcpListener, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// The process, and the way to it.
pub(crate) struct Replica {
    pub(crate) stage: Stage,
    child: Child,
}

impl Replica {
    /// Starts one over this Redis and waits until it listens.
    pub(crate) async fn start(redis: &redis::Process, name: &str) -> Self {
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_orrery"))
            .env("PORT", address.port().to_string())
            .env("JWT_SECRET", SECRET)
            .env("INSTANCE_ID", name)
            .env("REDIS_URL", redis.url())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        loop {
            let line = lines.next_line().await.unwrap().expect("it ended before it listened");
            if line.contains("Orrery is at") {
                break;
            }
        }
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            stage: Stage::at(address),
            child,
        }
    }

    /// Ends it as a crash would.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: &str) {
        signal_to(self.child.id().unwrap(), signal);
    }
}
