//! What the tape shows: which server answers and how, the round trip, messages a second, reconnects, people here.
//!
//! Pure: times come in as milliseconds of one steady clock.

use super::meter::Meter;
use protocol::{
    health::{Bus, Mode},
    room::Welcome,
    tape::{TapeReading, Transport},
};
use std::{collections::VecDeque, time::Duration};

/// Samples of the round trip that the sparkline shows.
pub const SAMPLES: usize = 30;

/// The tape of one page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// Name of the replica that answers; `None` before the first welcome.
    pub instance: Option<String>,
    /// How replicas share rooms.
    pub mode: Option<Mode>,
    /// How it stands with the bus between replicas.
    pub bus: Bus,
    /// Milliseconds that the newest heartbeat took through the bus; `None` where none has.
    pub bus_lag: Option<f64>,
    /// How this connection travels; `None` before the first reading.
    pub transport: Option<Transport>,
    /// The newest round trip in milliseconds.
    pub rtt: Option<f64>,
    /// Messages heard in the last second, as of the last [`Model::refreshed`].
    pub incoming: u32,
    /// Messages sent in the last second, as of the last [`Model::refreshed`].
    pub outgoing: u32,
    /// How often the connection came back after it was lost.
    pub reconnects: u32,
    /// People in the room.
    pub people: usize,
    /// How the last return to the room went; `None` before the first.
    pub recovery: Option<Recovery>,
    /// When the room was asked for, with where one stands.
    joining: Option<f64>,
    samples: VecDeque<f64>,
    heard: Meter,
    sent: Meter,
}

/// How it went to come back to a room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Recovery {
    /// Exactly what was missed came: so many entries of all logs, in so many milliseconds.
    Replayed(usize, f64),
    /// The history was gone for at least one log: its newest state came in place of what was missed.
    Snapshot,
}

impl Model {
    /// The newest round trips in milliseconds, oldest first, [`SAMPLES`] at most.
    pub fn samples(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        self.samples.iter().copied()
    }

    /// The middle of the samples in milliseconds, which one slow answer does not move.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        let mut sorted: Vec<f64> = self.samples().collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied()
    }

    /// The room is asked for, `resumes` telling whether from where one stood.
    pub fn join_asked(&mut self, resumes: bool, now: f64) {
        self.joining = resumes.then_some(now);
    }

    /// A room was joined. How it stood with another replica's bus says nothing of this one's.
    pub fn welcomed(&mut self, welcome: &Welcome, now: f64) {
        if self.instance.as_ref() != Some(&welcome.instance) {
            self.instance = Some(welcome.instance.clone());
            self.bus = Bus::None;
        }
        self.mode = Some(welcome.mode);
        if let Some(asked) = self.joining.take() {
            let missed = welcome.chat.entries.len() + welcome.document.entries.len() + welcome.note.entries.len();
            self.recovery = Some(if welcome.recovered {
                Recovery::Replayed(missed, now - asked)
            } else {
                Recovery::Snapshot
            });
        }
    }

    /// A reading came back after `took`.
    pub fn read(&mut self, reading: TapeReading, took: Duration) {
        let rtt = took.as_secs_f64() * 1000.0;
        self.instance = Some(reading.instance);
        self.mode = Some(reading.mode);
        self.bus = reading.bus;
        self.bus_lag = reading.bus_lag_ms;
        self.transport = Some(reading.transport);
        self.rtt = Some(rtt);
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back(rtt);
    }

    /// One message came at `now`.
    pub fn heard(&mut self, now: f64) {
        self.heard.count(now);
    }

    /// One message went at `now`.
    pub fn sent(&mut self, now: f64) {
        self.sent.count(now);
    }

    /// The connection came back.
    pub fn reconnected(&mut self) {
        self.reconnects += 1;
    }

    /// Takes the figures of the second before `now`.
    pub fn refreshed(&mut self, now: f64) {
        self.incoming = self.heard.rate(now);
        self.outgoing = self.sent.rate(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Millis;

    fn reading() -> TapeReading {
        TapeReading {
            instance: "east-1".to_owned(),
            mode: Mode::Memory,
            transport: Transport::Websocket,
            connections: 1,
            rooms: 1,
            bus: Bus::None,
            bus_lag_ms: None,
            at: Millis(0),
        }
    }

    fn read(tape: &mut Model, millis: u64) {
        tape.read(reading(), Duration::from_millis(millis));
    }

    #[test]
    fn the_newest_thirty_samples_are_kept() {
        let mut tape = Model::default();
        (0..40).for_each(|millis| read(&mut tape, millis));
        assert_eq!(tape.samples().len(), SAMPLES);
        assert_eq!(tape.samples().next(), Some(10.0));
        assert_eq!(tape.rtt, Some(39.0));
    }

    #[test]
    fn one_slow_answer_does_not_move_the_median() {
        let mut tape = Model::default();
        assert_eq!(tape.median(), None);
        [4, 5, 900].into_iter().for_each(|millis| read(&mut tape, millis));
        assert_eq!(tape.median(), Some(5.0));
    }

    #[test]
    fn figures_change_only_when_they_are_taken() {
        let mut tape = Model::default();
        tape.heard(1000.0);
        tape.heard(1100.0);
        tape.sent(1100.0);
        assert_eq!((tape.incoming, tape.outgoing), (0, 0));
        tape.refreshed(1500.0);
        assert_eq!((tape.incoming, tape.outgoing), (2, 1));
    }
}
