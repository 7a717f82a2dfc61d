//! What can be asked for. Each scenario has defaults of its own for what is not.

use clap::{Parser, ValueEnum};

/// The secret that a server of Orrery signs with in development. It is public, and stands in its documentation.
const DEVELOPMENT_SECRET: &str = "orrery in development: this secret is public and signs nothing of worth";

/// Many people at once, what they hear of each other, and what that costs the server.
#[derive(Clone, Debug, Parser)]
#[command(name = "load", version, about)]
pub struct Args {
    /// What to do, one after the other; `slow` where nothing is named.
    #[arg(value_enum)]
    pub scenarios: Vec<Scenario>,

    /// The server; repeated, its replicas. Any server that speaks the wire contract will do.
    #[arg(long)]
    pub url: Vec<String>,

    /// The process of the server, for its memory and CPU; repeated, of each replica. Known where it is started here.
    #[arg(long)]
    pub pid: Vec<u32>,

    /// The program to start where no `--url` is given, anew for each scenario.
    #[arg(long)]
    pub server: Option<std::path::PathBuf>,

    /// Another program, to be measured by turns with `--server`; the medians of both are told. `cargo xtask load` knows two
    /// by name, which check no token and keep nothing: `plain`, `socketioxide` by itself, and `node`, Socket.IO on Node.js.
    #[arg(long, requires = "server", conflicts_with = "url")]
    pub beside: Option<std::path::PathBuf>,

    /// How often each of the two is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub turns: u32,

    /// The program of Redis, for scenarios with replicas that are started here.
    #[arg(long, default_value = "redis-server")]
    pub redis: std::path::PathBuf,

    /// Leaves the choice of cores to the system: without it the server that is started here has one core, and we the others.
    #[arg(long)]
    pub unpinned: bool,

    /// Signs the tokens of those who come (HS256).
    #[arg(long, env = "JWT_SECRET", hide_env_values = true, default_value = DEVELOPMENT_SECRET, hide_default_value = true)]
    pub secret: String,

    /// Asks for no batches: cursors come one by one, and presence as lists.
    #[arg(long)]
    pub no_batch: bool,

    /// Prints one line of JSON a scenario on stdout; the table goes to stderr then.
    #[arg(long)]
    pub json: bool,

    /// Says nothing while it goes on, but for what fails.
    #[arg(long)]
    pub quiet: bool,

    /// Rooms.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rooms: Option<u32>,

    /// People in each room.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub members: Option<u32>,

    /// How often each moves, a second.
    #[arg(long)]
    pub moves: Option<f64>,

    /// How often each edits the document, a second.
    #[arg(long)]
    pub edits: Option<f64>,

    /// Seconds between two lines of one person in the chat; 0: nobody chats.
    #[arg(long)]
    pub chat_every: Option<f64>,

    /// Bytes of a line in the chat.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=2000))]
    pub chat_bytes: u32,

    /// Seconds for which it goes on.
    #[arg(long)]
    pub duration: Option<u64>,

    /// `storm`, `idle`: how many connections.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub connections: Option<u32>,

    /// How many may be connecting at the same time.
    #[arg(long, default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub at_once: u32,

    /// `idle`: seconds for which connections are held.
    #[arg(long, default_value_t = 10)]
    pub hold: u64,

    /// `slow`: people who read what they get.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=500))]
    pub fast: u32,

    /// `slow`: people who stop reading.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=400))]
    pub slow: u32,

    /// `soak`: how often somebody joins and leaves; as often as ten a second are in an hour.
    #[arg(long, default_value_t = 36_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub joins: u64,
}

/// What is done, and what must come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Rooms in which everybody moves, and chats now and then.
    FanOut,
    /// All come at once.
    Storm,
    /// Many are there and do next to nothing.
    Idle,
    /// Some stop reading; the others must not feel it.
    Slow,
    /// Each room is spread over all replicas.
    CrossReplica,
    /// Replicas are started anew, or connections cut, while people chat.
    Reconnect,
    /// Everybody edits one document.
    Document,
    /// People and rooms come and go, and the server must not grow.
    Soak,
}

impl Scenario {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FanOut => "fan-out",
            Self::Storm => "storm",
            Self::Idle => "idle",
            Self::Slow => "slow",
            Self::CrossReplica => "cross-replica",
            Self::Reconnect => "reconnect",
            Self::Document => "document",
            Self::Soak => "soak",
        }
    }

    /// How many replicas it is about, where they are started here.
    #[must_use]
    pub fn replicas(self) -> usize {
        match self {
            Self::CrossReplica | Self::Reconnect => 2,
            _ => 1,
        }
    }
}

impl Args {
    /// What to do.
    #[must_use]
    pub fn scenarios(&self) -> Vec<Scenario> {
        if self.scenarios.is_empty() {
            return vec![Scenario::Slow];
        }
        self.scenarios.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(std::iter::once("load").chain(words.split_whitespace()))
    }

    #[test]
    fn without_a_name_some_are_slow() {
        let args = args("--url http://127.0.0.1:3000 --fast 20 --slow 5 --duration 15").unwrap();
        assert_eq!(args.scenarios(), [Scenario::Slow]);
        assert_eq!((args.fast, args.slow, args.duration), (20, 5, Some(15)));
    }

    #[test]
    fn a_scenario_is_called_what_its_word_is() {
        for scenario in Scenario::value_variants() {
            assert_eq!(args(scenario.name()).unwrap().scenarios(), [*scenario]);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for words in [
            "--beside plain",
            "--turns 0",
            "--rooms 0",
            "--members -1",
            "walk",
            "--slow 0",
            "--chat-bytes 2001",
        ] {
            assert!(args(words).is_err(), "{words}");
        }
    }
}
