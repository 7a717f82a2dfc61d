//! What every scenario has: a crowd, what it may use, and how it is measured. What each does is in a file of its own.

mod cost;
mod document;
mod fan_out;
mod gathering;
mod idle;
mod reconnect;
mod slow;
mod soak;
mod storm;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use anyhow::Context;

use crate::{
    Args, Report, Scenario, clock::Clock, process::Processes, progress::Progress, servers::Servers, system::say,
    tally::Tally, target::Target,
};

/// How many failures are told in words; the others are only counted.
const TOLD: u64 = 5;

/// What all people of a run share.
pub(crate) struct Crowd {
    pub(crate) target: Arc<Target>,
    pub(crate) clock: Clock,
    pub(crate) tally: Tally,
    /// Whether they edit the document.
    pub(crate) edits: bool,
    /// Bytes of a line in the chat.
    pub(crate) chat_bytes: usize,
    told: AtomicU64,
    last_words: Mutex<String>,
}

/// What a scenario is given.
pub(crate) struct Stage {
    pub(crate) args: Args,
    pub(crate) crowd: Arc<Crowd>,
    /// Where it was started here.
    pub(crate) servers: Option<Servers>,
    pub(crate) processes: Processes,
}

/// Does one scenario, with one server, or with two by turns: what the machine does meanwhile befalls both.
///
/// # Errors
/// When it could not be done; what came of it, good or bad, is the report.
pub async fn perform(scenario: Scenario, args: &Args) -> anyhow::Result<Report> {
    let Some(beside) = &args.beside else {
        return perform_once(scenario, args).await;
    };
    let other = Args {
        server: Some(beside.clone()),
        ..args.clone()
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..args.turns {
        ours.push(perform_once(scenario, args).await?);
        theirs.push(perform_once(scenario, &other).await?);
    }
    Report::beside(ours, &theirs).context("no turns")
}

/// Against a server of its own where none is named.
async fn perform_once(scenario: Scenario, args: &Args) -> anyhow::Result<Report> {
    let servers = match args.url.is_empty() {
        true => Some(Servers::start(args, scenario).await?),
        false => None,
    };
    let (urls, ids) = servers.as_ref().map_or_else(
        || (args.url.clone(), args.pid.clone()),
        |servers| (servers.urls(), servers.ids()),
    );
    let crowd = Arc::new(Crowd::new(
        &urls,
        args,
        matches!(scenario, Scenario::Document | Scenario::Soak) || args.edits.is_some(),
    )?);
    let mut stage = Stage {
        args: args.clone(),
        crowd: Arc::clone(&crowd),
        servers,
        processes: Processes::new(ids),
    };
    // There its crowds are two, and each speaks for itself.
    let progress = (scenario != Scenario::Slow && !args.quiet).then(|| Progress::start(scenario.name(), crowd));
    let report = match scenario {
        Scenario::FanOut => fan_out::run(&stage).await,
        Scenario::CrossReplica => fan_out::across(&stage).await,
        Scenario::Storm => storm::run(&stage).await,
        Scenario::Idle => idle::run(&stage).await,
        Scenario::Slow => slow::run(&stage).await,
        Scenario::Reconnect => reconnect::run(&mut stage).await,
        Scenario::Document => document::run(&stage).await,
        Scenario::Soak => soak::run(&stage).await,
    };
    drop(progress);
    let report = report.with_context(|| format!("{} could not be done", scenario.name()))?;
    if let Some(servers) = stage.servers {
        servers.stop().await?;
    }
    Ok(report)
}

impl Crowd {
    fn new(urls: &[String], args: &Args, edits: bool) -> anyhow::Result<Self> {
        Ok(Self {
            target: Arc::new(Target::new(urls, &args.secret, !args.no_batch)?),
            clock: Clock::start(),
            tally: Tally::default(),
            edits,
            chat_bytes: args.chat_bytes as usize,
            told: AtomicU64::new(0),
            last_words: Mutex::default(),
        })
    }

    /// Other people of the same run, who are counted by themselves.
    fn anew(&self) -> Self {
        Self {
            target: Arc::clone(&self.target),
            clock: self.clock,
            tally: Tally::default(),
            edits: self.edits,
            chat_bytes: self.chat_bytes,
            told: AtomicU64::new(0),
            last_words: Mutex::default(),
        }
    }

    /// Counts what should not have been, and tells the first few.
    pub(crate) fn failed(&self, words: &str) {
        self.tally.failure();
        let mut last = self.last_words.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != words && self.told.fetch_add(1, Relaxed) < TOLD {
            say(&format!("failed: {words}"));
            words.clone_into(&mut last);
        }
    }
}
