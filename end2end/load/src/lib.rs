//! The load generator: many people at once, whether each heard what they had to, and what that cost the server.
//!
//! It speaks to a server over the wire alone, through the same client that the pages use, and knows nothing of what is
//! behind it. All people are in this one process, so that one clock tells when something was said and when it was heard.
//!
//! A *scenario* (`scenario/`) gathers people (`member.rs`) in rooms, lets them live for a while, and holds what each heard
//! against what was said (`verdict.rs`). What it comes to is a *report*: a table for people, and one line of JSON.

pub mod args;
pub mod report;
pub mod scenario;

mod clock;
mod member;
mod place;
mod process;
mod progress;
mod servers;
mod stalled;
mod system;
mod tally;
mod target;
mod verdict;

pub use args::{Args, Scenario};
pub use report::Report;
pub use system::{prepare, runtime};
