//! One line a second while it goes on.

use std::{sync::Arc, time::Duration};

use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use crate::{scenario::Crowd, system::say, tally::Counts};

/// Speaks until it is dropped.
pub(crate) struct Progress(JoinHandle<()>);

impl Progress {
    /// Begins to speak of a crowd.
    pub(crate) fn start(name: &'static str, crowd: Arc<Crowd>) -> Self {
        Self(tokio::spawn(async move {
            let mut ticks = interval(Duration::from_secs(1));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks.tick().await;
            let mut before = 0;
            loop {
                ticks.tick().await;
                let counts = crowd.tally.counts();
                say(&line(name, &counts, before));
                before = counts.delivered;
            }
        }))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn line(name: &str, counts: &Counts, before: u64) -> String {
    let Counts {
        connected,
        delivered,
        failed,
        disconnected,
        ..
    } = counts;
    let new = delivered - before;
    format!(
        "{name}: {connected} connected, {delivered} delivered (+{new}), {failed} failed, {disconnected} disconnected"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_what_is_new() {
        let counts = Counts {
            connected: 3,
            delivered: 50,
            ..Counts::default()
        };
        assert_eq!(
            line("idle", &counts, 20),
            "idle: 3 connected, 50 delivered (+30), 0 failed, 0 disconnected"
        );
    }
}
