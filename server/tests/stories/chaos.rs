//! Chaos, short and seeded: while two people talk, others send anything at all, flood, fall silent, or hold their connections
//! half open. The two hear each other as if nobody else were there, and of the others nothing is left.
//!
//! `CHAOS_SEED=7 cargo test -p server --test stories chaos` does it again. Stalled peers have a story of their own, and
//! processes are killed in the random sessions.

use crate::{
    stage::{Person, Stage},
    vandal::{Raw, raw},
};
use futures::{SinkExt, StreamExt};
use protocol::ServerEvent;
use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::IndexedRandom};
use server::config::Limits;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

/// Malformed packets that are sent in all.
const PACKETS: usize = 10_000;

/// How long an answer is waited for that may never come.
const QUIET: Duration = Duration::from_millis(500);

/// Packets after which the two look whether they still hear each other.
const EVERY: usize = 100;

/// Packets that mean something, to be spoiled.
const SOUND: [&str; 11] = [
    "2",
    "3probe",
    "40{\"token\":\"x\"}",
    "421[\"room.join\",{\"room\":\"sky\"}]",
    "422[\"chat\",{\"room\":\"sky\",\"text\":\"hello\",\"id\":\"a\"}]",
    "42[\"cursor\",{\"room\":\"sky\",\"x\":1,\"y\":2}]",
    "423[\"document.edit\",{\"room\":\"sky\",\"base\":{\"epoch\":\"0\",\"seq\":0},\"operation\":[1,\"x\",-2]}]",
    "424[\"note.change\",{\"room\":\"sky\",\"change\":{\"move\":{\"note\":\"n\",\"x\":0,\"y\":0}}}]",
    "42[\"typing\",{\"room\":\"sky\",\"typing\":true}]",
    "43[\"x\"]",
    "451-[\"x\",{\"_placeholder\":true,\"num\":0}]",
];

fn dice() -> SmallRng {
    let seed = std::env::var("CHAOS_SEED").map_or(1, |seed| seed.parse().unwrap());
    SmallRng::seed_from_u64(seed)
}

/// A packet that was sound, with up to four of its characters changed, doubled, left out, or moved to its end.
fn spoiled(dice: &mut SmallRng) -> Message {
    let mut packet: Vec<char> = SOUND.choose(dice).unwrap().chars().collect();
    for _ in 0..dice.random_range(1..=4) {
        let at = dice.random_range(0..packet.len());
        match dice.random_range(0..5) {
            0 => packet[at] = char::from(dice.random_range(b' '..=b'~')),
            1 => packet.insert(at, packet[at]),
            2 if packet.len() > 1 => drop(packet.remove(at)),
            3 => packet.truncate(at + 1),
            _ => packet.push(['\u{0}', '\u{feff}', '}', ']', '"', '9'][at % 6]),
        }
    }
    let packet: String = packet.into_iter().collect();
    if dice.random_bool(0.1) {
        return Message::binary(packet.into_bytes());
    }
    Message::text(packet)
}

/// Sends a packet, and then a proper request. Whether it is answered: if not, the connection was ended.
async fn outlives(vandal: &mut Raw, packet: Message) -> bool {
    // An error: it was ended before.
    vandal.send(packet).await.ok();
    vandal.send(Message::text("42999[\"tape\",{}]")).await.ok();
    let answered = async {
        loop {
            match vandal.next().await {
                Some(Ok(Message::Text(text))) if text.starts_with("43999") => return true,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return false,
                Some(Ok(_)) => {}
            }
        }
    };
    // A packet that happens to say goodbye is not answered, and leaves the connection open.
    tokio::time::timeout(QUIET, answered).await.unwrap_or(false)
}

/// Two who talk.
struct Talk {
    ann: Person,
    bob: Person,
    said: usize,
}

impl Talk {
    async fn begin(stage: &Stage) -> Self {
        let (mut ann, mut bob) = (stage.person("ann").await, stage.person("bob").await);
        ann.joins("sky").await;
        bob.joins_batching("sky").await;
        Self { ann, bob, said: 0 }
    }

    /// One says something, and the other hears it.
    async fn goes_on(&mut self) {
        self.said += 1;
        let words = format!("line {} of ann", self.said);
        self.ann.says("sky", &words).await.unwrap();
        self.bob
            .hears(|event| match event {
                ServerEvent::Chat(line) => (line.text == words).then_some(()),
                _ => None,
            })
            .await;
        self.ann.heard_by_now().await;
    }
}

/// Waits until nobody but the two is left.
async fn only_two_are_left(stage: &Stage) {
    while stage.metric("collab_connections").await > 2.0 || stage.metric("collab_members").await > 2.0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn ten_thousand_malformed_packets_harm_nobody() {
    let mut dice = dice();
    let stage = Stage::set(|config| config.grace_ms = 0).await;
    let mut talk = Talk::begin(&stage).await;
    let mut sent = 0;
    while sent < PACKETS {
        let mut vandal = raw(&stage).await;
        let mut lives = true;
        while lives && sent < PACKETS {
            lives = outlives(&mut vandal, spoiled(&mut dice)).await;
            sent += 1;
            if sent % EVERY == 0 {
                talk.goes_on().await;
            }
        }
    }
    only_two_are_left(&stage).await;
    talk.goes_on().await;
}

#[tokio::test]
async fn a_flood_of_each_event_harms_nobody() {
    let stage = Stage::set(|config| {
        config.limits = Limits::default();
        config.grace_ms = 0;
    })
    .await;
    let mut talk = Talk::begin(&stage).await;
    for event in SOUND.iter().filter(|packet| packet.starts_with("42")) {
        // One who reads what comes: who does not is ended for that, before anything is too fast.
        let (mut vandal, heard) = raw(&stage).await.split();
        tokio::spawn(heard.for_each(async |_| ()));
        vandal
            .send(Message::text("421[\"room.join\",{\"room\":\"sky\"}]"))
            .await
            .unwrap();
        for _ in 0..2000 {
            if vandal.send(Message::text(*event)).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(vandal.close().await);
        talk.goes_on().await;
    }
    only_two_are_left(&stage).await;
    // For going on after refusals.
    assert!(stage.metric("collab_floods_total").await >= 1.0);
    for kind in ["join", "chat", "cursor", "document", "note"] {
        let counted = stage
            .metric(&format!("collab_rate_limited_total{{kind=\"{kind}\"}}"))
            .await;
        assert!(counted > 0.0, "nothing of {kind} was too fast");
    }
    talk.goes_on().await;
}

#[tokio::test]
async fn who_falls_silent_is_known_to_be_gone() {
    let stage = Stage::set(|config| {
        config.ping_ms = 200;
        config.grace_ms = 0;
    })
    .await;
    let mut talk = Talk::begin(&stage).await;
    // Half open: they take what comes, and never answer a ping.
    let mut silent = Vec::new();
    for _ in 0..5 {
        let mut peer = raw(&stage).await;
        peer.send(Message::text("421[\"room.join\",{\"room\":\"sky\"}]"))
            .await
            .unwrap();
        silent.push(tokio::spawn(
            async move { while let Some(Ok(_)) = peer.next().await {} },
        ));
    }
    while stage.metric("collab_disconnects_total{reason=\"silent\"}").await < 5.0 {
        talk.goes_on().await;
    }
    only_two_are_left(&stage).await;
    for peer in silent {
        peer.await.unwrap();
    }
}

#[tokio::test]
async fn who_never_says_who_they_are_is_nobody() {
    let stage = Stage::set(|config| config.limits.pending = 20).await;
    let mut talk = Talk::begin(&stage).await;
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", stage.address);
    let (mut open, mut turned_away) = (Vec::new(), 0);
    for _ in 0..50 {
        match tokio_tungstenite::connect_async(&url).await {
            Ok((socket, _)) => open.push(socket),
            Err(_) => turned_away += 1,
        }
    }
    assert_eq!((open.len(), turned_away), (20, 30));
    talk.goes_on().await;
    talk.goes_on().await;
}
