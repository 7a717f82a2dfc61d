//! A real process that may take little memory, and people who take more of it than there is.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

#[path = "../sessions/process.rs"]
mod process;
#[path = "../stories/stage.rs"]
#[allow(dead_code, reason = "the stories use all of it")]
mod stage;
#[path = "../stories/stalled.rs"]
mod stalled;

use futures::SinkExt;
use process::Process;
use protocol::{Code, Position, Refusal, ServerEvent, document::Step};
use stage::{PATIENCE, Person, Stage};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

/// Bytes that the process may take: the fewest that can be set.
const MOST: u64 = 64 * 1024 * 1024;

/// Characters of what is pasted.
const PASTE: u32 = 200_000;

/// Pastes and takes away again, a few times. Room after room, since each keeps only so much of that.
async fn pastes(person: &Person, room: &str, at: &mut Position) -> Result<(), Refusal> {
    for _ in 0..5 {
        for step in [Step::Insert("x".repeat(PASTE as usize)), Step::Delete(PASTE)] {
            at.seq = person.edits(room, *at, vec![step]).await?.seq;
        }
    }
    Ok(())
}

/// Pastes until it is enough, or there is no memory for more: returns why.
async fn fills(person: &mut Person, mut enough: impl AsyncFnMut() -> bool) -> Option<Refusal> {
    for n in 0..16 {
        let room = format!("room-{n}");
        let mut at = person.joins(&room).await.document.position;
        for _ in 0..5 {
            if enough().await {
                return None;
            }
            if let Err(refusal) = pastes(person, &room, &mut at).await {
                return Some(refusal);
            }
        }
    }
    panic!("all rooms are full, and it was not enough");
}

/// Waits until the process is full, or no longer.
async fn is_full(stage: &Stage, full: bool) {
    let waiting = async {
        while (stage.metric("collab_memory_full").await == 1.0) != full {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    if waited.is_err() {
        let resident = stage.metric("process_resident_memory_bytes").await;
        panic!("it should be full: {full}; of {MOST} bytes it takes {resident}");
    }
}

#[tokio::test]
async fn without_memory_to_spare_nothing_is_lost_and_it_goes_on_later() {
    let process = Process::with_memory(MOST, 8 * 1024 * 1024).await;
    let stage = Stage::at(process.address);
    let (mut ann, mut cyd) = (stage.person("ann").await, stage.person("cyd").await);
    ann.joins_batching("sky").await;
    cyd.joins_batching("sky").await;
    ann.says("sky", "before").await.unwrap();

    let mut bob = stage.person("bob").await;
    let refusal = fills(&mut bob, async || false).await.unwrap();
    assert_eq!((refusal.code, refusal.retry_after_ms), (Code::Busy, Some(1000)));
    is_full(&stage, true).await;

    // A little can be written until there is none left for that either; and whoever is here is still seen.
    let line = "🌒".repeat(2000);
    let refusal = loop {
        if let Err(refusal) = bob.says("room-0", &line).await {
            break refusal;
        }
    };
    assert_eq!((refusal.code, refusal.retry_after_ms), (Code::Busy, Some(1000)));
    assert_eq!(ann.knocks("elsewhere", None).await.unwrap_err().code, Code::Busy);
    let (head, body) = stage.get("/socket.io/?EIO=4&transport=polling").await;
    assert!(
        head.starts_with("HTTP/1.1 503") && head.to_lowercase().contains("retry-after: 1") && body.contains("\"busy\""),
        "{head} {body}"
    );
    let (head, body) = stage.get("/readyz").await;
    assert!(head.starts_with("HTTP/1.1 503") && body == "full", "{head} {body}");
    let refused = stage.metric("collab_handshakes_refused_total{reason=\"memory\"}").await;
    assert_eq!(refused, 1.0);
    ann.moves("sky", 1.0, 2.0);
    cyd.hears(|event| matches!(event, ServerEvent::CursorsMoved(_)).then_some(()))
        .await;

    // With who filled them, the rooms can be forgotten. The one that others are in is not.
    bob.client.close();
    is_full(&stage, false).await;
    ann.says("sky", "after").await.unwrap();
    let welcome = stage.person("dan").await.joins("sky").await;
    let said: Vec<&str> = welcome.chat.entries.iter().map(|line| &*line.text).collect();
    assert_eq!(said, ["before", "after"]);
}

#[tokio::test]
async fn those_for_whom_most_is_waiting_are_ended_first() {
    // However much may wait for one: the process is full before.
    let process = Process::with_memory(MOST, 1024 * 1024 * 1024).await;
    let stage = Stage::at(process.address);
    let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
    let empty = ann.joins("sky").await.document.position;
    let paste = vec![Step::Insert("x".repeat(PASTE as usize))];
    ann.edits("sky", empty, paste).await.unwrap();
    // Half of it is taken by what is not to be let go.
    let enough = async || stage.metric("process_resident_memory_bytes").await > 0.5 * MOST as f64;
    assert_eq!(fills(&mut bob, enough).await, None);
    let mut slow = Vec::new();
    for _ in 0..5 {
        slow.push(stalled::joins(&stage, "sky").await);
    }
    for id in 2..40 {
        for socket in &mut slow {
            let join = format!("42{id}[\"room.join\",{{\"room\":\"sky\"}}]");
            // Whoever was ended meanwhile asks no more.
            socket.send(Message::text(join)).await.ok();
        }
    }
    let ended = "collab_slow_client_evictions_total{reason=\"memory\"}";
    let waiting = async {
        while stage.metric(ended).await == 0.0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.expect("somebody is ended");
    is_full(&stage, false).await;
    ann.says("sky", "still here").await.unwrap();
}
