//! The process that is killed, from within and from without.

use crate::{Ack, KEEP};
use protocol::{Position, RoomId};
use server::store::{Appended, Log, NewEntry, Snapshot, Topic, file::FileLog};
use std::{
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{ChildStdout, Command, Stdio},
    sync::Arc,
};

/// Tells the child that it is one, and where its store is.
pub(crate) const CHILD: &str = "ORRERY_CRASH_CHILD";

/// Sets the ids of one child apart from those of the others.
const ROUND: &str = "ORRERY_CRASH_ROUND";

/// A running child.
pub(crate) struct Child {
    process: std::process::Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: Vec<Ack>,
}

impl Child {
    pub(crate) fn start(dir: &Path, round: u32) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(CHILD, dir)
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            lines: BufReader::new(process.stdout.take().unwrap()).lines(),
            process,
            said: Vec::new(),
        }
    }

    /// Waits for so many acknowledgements.
    pub(crate) fn read(&mut self, count: usize) {
        while self.said.len() < count {
            let line = self.lines.next().expect("the child ended by itself").unwrap();
            self.said.extend(line.parse::<Ack>());
        }
    }

    /// Waits for so many acknowledgements, kills (SIGKILL, on Unix), and returns all that were given until then.
    pub(crate) fn kill_after(mut self, count: usize) -> Vec<Ack> {
        self.read(count);
        self.process.kill().unwrap();
        let ended = self.process.wait().unwrap();
        assert_eq!(ended.code(), None, "it ended by the signal and not before");
        let rest = self.lines.map_while(Result::ok);
        self.said.extend(rest.filter_map(|line| line.parse::<Ack>().ok()));
        self.said
    }
}

/// Writes until it is killed: two writers a log, three logs a room, two rooms.
pub(crate) fn write(dir: &Path) {
    // The harness has begun a line.
    println!();
    let round = std::env::var(ROUND).unwrap();
    let log = Arc::new(FileLog::open(dir, KEEP).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..12_usize {
            let topic = [Topic::Chat, Topic::Document, Topic::Note][writer % 3];
            let room = ["north", "south"][writer / 6].parse().unwrap();
            writers.spawn(write_one(Arc::clone(&log), room, topic, format!("{round}-{writer}")));
        }
        writers.join_all().await;
    });
}

async fn write_one(log: Arc<FileLog>, room: RoomId, topic: Topic, name: String) {
    for turn in 0_u64.. {
        let entry = NewEntry {
            by: "ann".parse().unwrap(),
            id: format!("{name}-{turn}").parse().unwrap(),
            body: format!("\"{name} says {turn}, and {}\"", "so on ".repeat(turn as usize % 50)).into(),
        };
        let id = Some(entry.id.clone());
        let came = log.append(&room, topic, None, entry).await.unwrap();
        let Appended::New(at) = came else {
            panic!("said once: {came:?}")
        };
        acknowledge(&room, topic, at, id);
        if topic == Topic::Document && turn % 5 == 4 {
            let body = format!("all up to {}", at.seq).into();
            log.compact(&room, topic, at.epoch, Snapshot { seq: at.seq, body })
                .await
                .unwrap();
            acknowledge(&room, topic, at, None);
        }
    }
}

fn acknowledge(room: &RoomId, topic: Topic, Position { epoch, seq }: Position, id: Option<protocol::MessageId>) {
    let room = room.clone();
    let ack = Ack {
        room,
        topic,
        epoch,
        seq,
        id,
    };
    println!("{ack} .");
}
