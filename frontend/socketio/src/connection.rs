//! The state machine of one client over all its connections: `(input, moment) -> outputs`. It has no socket, clock or dice;
//! a driver feeds it and does what it says. The only thing it does itself is to resolve the futures of requests.

mod attempt;
mod inbound;
mod outbound;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod tests;

use std::{collections::VecDeque, time::Duration};

use bytes::Bytes;
use serde_json::Value;

use self::inbound::Assembly;
use crate::{
    Backoff, Config, Event, Reason,
    ack::Acks,
    client::{command::Command, shared::Status},
    packet::encode::Frame,
    queue::{Kept, Queue},
};

/// All the state machine may know of the world: the time since its driver began, and one throw of the dice in
/// `0.0..1.0`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: Duration,
    pub(crate) random: f64,
}

/// What a driver tells. Only what concerns the present transport: news of one that was hung up must not arrive.
#[derive(Debug)]
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))] // Some of this only a browser tells.
pub(crate) enum Input<'a> {
    /// Begin.
    Started,
    /// The auth provider's answer to [`Output::Authorize`].
    Authorized(Result<Value, String>),
    /// A text message came.
    Text(&'a str),
    /// A binary message came.
    Binary(Bytes),
    /// The transport closed, failed, or could not be opened.
    Lost(String),
    /// A handle's wish.
    Wished(Command),
    /// The time of [`Connection::deadline`] has come. Harmless when it has not.
    Elapsed,
    /// A browser says: the network is there again, or somebody looks at the page again: do not wait any longer, and look whether the
    /// connection lived through it.
    Woken,
    /// A browser says: the network is gone.
    WentOffline,
    /// A browser says: the page is being left.
    Hid,
}

/// What a driver has to do, in order.
#[derive(Debug)]
pub(crate) enum Output {
    /// Ask the auth provider.
    Authorize,
    /// Open a transport.
    Open,
    /// Send one text message and its attachments.
    Send(Frame),
    /// Let go of the transport at once, of one that opens, and of the question to the auth provider.
    HangUp,
    /// The same, but after what was sent has left.
    Leave,
    /// Tell the application.
    Tell(Event),
}

/// How far the way to a connection has been walked.
#[derive(Debug)]
enum Phase {
    /// No attempt is made until somebody wishes it.
    Resting,
    /// The next attempt begins then.
    Waiting { until: Duration },
    /// The auth provider was asked. Attempts end at `give_up`.
    Authorizing { give_up: Duration },
    /// A transport opens, or is open and Engine.IO's handshake has not come.
    Opening { give_up: Duration, auth: Value },
    /// CONNECT was sent.
    Greeting { give_up: Duration, pulse: Pulse },
    /// CONNECT was acknowledged.
    Connected { pulse: Pulse },
    /// The end.
    Closed,
}

/// Whether the other side lives: it has to be heard from before `until`.
#[derive(Clone, Copy, Debug)]
struct Pulse {
    patience: Duration,
    until: Duration,
}

/// The state machine.
#[derive(Debug)]
pub(crate) struct Connection {
    ack_timeout: Duration,
    connect_timeout: Duration,
    backoff: Backoff,
    hold_kept: bool,
    phase: Phase,
    /// How many attempts failed in a row.
    attempts: u32,
    /// Counts connections, so that a reply to an earlier one is told from a reply to this one.
    connection: u32,
    /// When the server wishes to see us again.
    retry_at: Option<Duration>,
    /// Whether kept requests may go on this connection.
    released: bool,
    queue: Queue,
    acks: Acks,
    kept: Kept,
    assembly: Option<Assembly>,
    outputs: VecDeque<Output>,
}

impl Connection {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            ack_timeout: config.ack_timeout,
            connect_timeout: config.connect_timeout,
            backoff: config.backoff,
            hold_kept: config.hold_kept,
            phase: Phase::Resting,
            attempts: 0,
            connection: 0,
            retry_at: None,
            released: false,
            queue: Queue::default(),
            acks: Acks::default(),
            kept: Kept::default(),
            assembly: None,
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input. What follows from it comes out of [`Self::output`].
    pub(crate) fn handle(&mut self, input: Input<'_>, at: Moment) {
        if matches!(self.phase, Phase::Closed) {
            return self.refuse(input);
        }
        match input {
            Input::Started => self.begin(at),
            Input::Authorized(answer) => self.authorized(answer, at),
            Input::Text(text) => self.text(text, at),
            Input::Binary(bytes) => self.binary(bytes, at),
            Input::Lost(words) => self.lose(Reason::Transport(words), at),
            Input::Wished(command) => self.wished(command, at),
            Input::Elapsed => self.elapsed(at),
            Input::Woken => self.woken(at),
            Input::WentOffline => self.lose(Reason::Offline, at),
            Input::Hid => self.hide(),
        }
    }

    /// The next thing to do.
    pub(crate) fn output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Elapsed`] is due; `None` when nothing depends on time.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        let phase = match &self.phase {
            Phase::Waiting { until } => Some(*until),
            Phase::Authorizing { give_up } | Phase::Opening { give_up, .. } => Some(*give_up),
            Phase::Greeting { give_up, pulse } => Some((*give_up).min(pulse.until)),
            Phase::Connected { pulse } => Some(pulse.until),
            Phase::Resting | Phase::Closed => None,
        };
        let kept = if self.may_send_kept() {
            self.kept.deadline()
        } else {
            None
        };
        [phase, self.acks.deadline(), kept]
            .into_iter()
            .flatten()
            .min()
            .filter(|at| *at < Duration::MAX)
    }

    /// How a sender finds it.
    pub(crate) fn status(&self) -> Status {
        match self.phase {
            Phase::Resting | Phase::Waiting { .. } => Status::Offline,
            Phase::Authorizing { .. } | Phase::Opening { .. } | Phase::Greeting { .. } => Status::Opening,
            Phase::Connected { .. } => Status::Connected,
            Phase::Closed => Status::Closed,
        }
    }

    /// The bytes that wait for CONNECT.
    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }

    fn may_send_kept(&self) -> bool {
        self.released && matches!(self.phase, Phase::Connected { .. })
    }

    fn send(&mut self, frame: Frame) {
        self.outputs.push_back(Output::Send(frame));
    }

    fn tell(&mut self, event: Event) {
        self.outputs.push_back(Output::Tell(event));
    }
}

impl Pulse {
    fn felt(patience: Duration, now: Duration) -> Self {
        Self {
            patience,
            until: now.saturating_add(patience),
        }
    }
}
