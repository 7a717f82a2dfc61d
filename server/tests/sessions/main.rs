//! Random sessions: several people talk, write and stick notes onto the canvas over real sockets, while connections break
//! and the process is killed or stopped and started again, or any of three over one Redis, whose connections are cut. At the end everybody must have the same, with nothing doubled and nothing
//! missing.
//!
//! What is done follows from a seed alone, which a failure names; `SESSION_SEED=7 cargo test -p server --test sessions` does
//! it again. When it arrives is the network's business, as it is outside.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod balancer;
mod page;
mod plan;
mod process;
#[path = "../support/redis.rs"]
mod redis;
mod rolling;

use page::Page;
use plan::{Act, Plan};
use process::Process;
use protocol::{
    Seq,
    chat::{ChatMessage, ReadChat},
    limits::CHAT_PAGE,
    note::Note,
};
use std::{collections::HashMap, time::Duration};

/// The longest that a session may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is checked at the end, as somebody gets it who comes in then.
struct Truth {
    chat: Vec<ChatMessage>,
    text: String,
    notes: Vec<Note>,
}

#[tokio::test]
async fn whatever_breaks_everybody_ends_with_the_same() {
    let seeds = match std::env::var("SESSION_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (1..=6).collect(),
    };
    for seed in seeds {
        let played = tokio::spawn(async move { play(seed, World::one().await).await }).await;
        assert!(played.is_ok(), "SESSION_SEED={seed} fails in one process: {played:?}");
        let played = tokio::spawn(async move { play(seed, World::replicas().await).await }).await;
        assert!(played.is_ok(), "SESSION_SEED={seed} fails over replicas: {played:?}");
    }
}

/// The processes that are one Orrery, and what they share.
struct World {
    processes: Vec<Process>,
    redis: Option<redis::Process>,
}

impl World {
    /// One process, with a directory of its own.
    async fn one() -> Self {
        Self {
            processes: vec![Process::start().await],
            redis: None,
        }
    }

    /// Three, over one Redis.
    async fn replicas() -> Self {
        Self::replicas_of(3).await
    }

    /// So many.
    async fn replicas_of(number: usize) -> Self {
        let redis = redis::Process::start();
        let mut processes = Vec::new();
        for _ in 0..number {
            processes.push(Process::over(&redis.url()).await);
        }
        Self {
            processes,
            redis: Some(redis),
        }
    }

    /// The process at which this person is.
    fn of(&mut self, person: usize) -> &mut Process {
        let at = person % self.processes.len();
        &mut self.processes[at]
    }

    /// Kills the process of this person and starts it again; all others lose their way to Redis meanwhile.
    async fn kill(&mut self, person: usize) {
        self.of(person).kill().await;
        if let Some(redis) = &self.redis {
            redis.ask("CLIENT KILL TYPE pubsub");
            redis.ask("CLIENT KILL TYPE normal");
        }
        self.of(person).again().await;
    }

    /// Stops the process of this person in order and starts it again.
    async fn restart(&mut self, person: usize) {
        self.of(person).stop().await;
        self.of(person).again().await;
    }
}

async fn play(seed: u64, mut world: World) {
    let mut plan = Plan::new(seed);
    let mut pages: Vec<Page> = (0..plan.people()).map(|n| Page::open(world.of(n), n)).collect();
    for page in &mut pages {
        page.is_live().await;
    }
    while let Some((person, act)) = plan.next(&pages) {
        match act {
            Act::Kill => world.kill(person).await,
            Act::Restart => world.restart(person).await,
            Act::Rest => rest(&mut pages).await,
            act => pages[person].act(act),
        }
        pages.iter_mut().for_each(Page::hear_what_came);
    }
    rest(&mut pages).await;
    let truth = truth(world.of(0)).await;
    for page in &pages {
        page.agrees(&truth.text, &truth.notes, &truth.chat);
    }
    nothing_is_doubled_or_missing(&plan, &truth);
    for process in &world.processes {
        assert_eq!(process.complaints(), Vec::<String>::new());
    }
}

/// Waits until nobody has anything that is not confirmed, and all stand at the same place.
async fn rest(pages: &mut [Page]) {
    let resting = async {
        loop {
            for page in &mut *pages {
                page.hear_until_settled().await;
            }
            let stand = pages[0].stands();
            if pages.iter_mut().all(|page| page.is_settled() && page.stands() == stand) {
                return;
            }
            // Somebody stands behind: what they miss is on its way.
            let behind = pages.iter_mut().min_by_key(|page| page.stands());
            if let Some(page) = behind {
                page.hear_one().await;
            }
        }
    };
    let rested = tokio::time::timeout(PATIENCE, resting).await;
    assert!(
        rested.is_ok(),
        "no rest: {:#?}",
        pages.iter().map(Page::state).collect::<Vec<_>>()
    );
}

async fn truth(process: &Process) -> Truth {
    let mut witness = Page::open(process, 99);
    witness.is_live().await;
    let mut chat = witness.chat.lines().to_vec();
    let mut before = chat.first().map_or(Seq(1), |line| line.seq);
    loop {
        let read = ReadChat {
            room: page::room(),
            before,
            limit: CHAT_PAGE,
        };
        let older = witness.ask(&read).await.unwrap();
        before = older.entries.first().map_or(before, |line| line.seq);
        chat.splice(0..0, older.entries);
        if !older.more {
            break;
        }
    }
    Truth {
        text: witness.document.text().to_owned(),
        notes: witness.note.shown().notes().to_vec(),
        chat,
    }
}

fn nothing_is_doubled_or_missing(plan: &Plan, truth: &Truth) {
    nothing_missing_in(&truth.chat, plan.said());
    for sign in plan.written() {
        let times = truth.text.matches(sign.as_str()).count();
        // What somebody took away may be gone, but nothing ever stands there twice.
        let right = if plan.loses() { times <= 1 } else { times == 1 };
        assert!(right, "{sign} stands {times} times in {:?}", truth.text);
    }
    let mut names: Vec<&str> = truth.notes.iter().map(|note| note.id.as_str()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "a note is doubled");
}

/// Each thing that was said stands in the chat once.
fn nothing_missing_in(chat: &[ChatMessage], said: &[String]) {
    assert!(
        chat.iter().map(|line| line.seq.0).eq(1..=chat.len() as u64),
        "a gap in the chat"
    );
    let mut times: HashMap<&str, u32> = HashMap::new();
    for line in chat {
        *times.entry(&line.text).or_default() += 1;
    }
    assert_eq!(times.len(), said.len(), "something that was said is missing");
    for text in said {
        assert_eq!(times.get(text.as_str()), Some(&1), "{text}");
    }
}
