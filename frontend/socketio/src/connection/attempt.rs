//! How connections come and go: attempts, what ends them, and the waits between. What travels on a connection is not
//! looked at here.

use std::time::Duration;

use serde_json::Value;

use super::{Connection, Moment, Output, Phase, Pulse};
use crate::{
    Event, Payload, Reason, RequestError,
    packet::{
        Handshake,
        encode::{DISCONNECT, Frame, connect_frame},
    },
};

impl Connection {
    /// Starts an attempt.
    pub(super) fn begin(&mut self, at: Moment) {
        self.retry_at = None;
        self.phase = Phase::Authorizing {
            give_up: at.now.saturating_add(self.connect_timeout),
        };
        self.outputs.push_back(Output::Authorize);
    }

    /// The auth provider answered.
    pub(super) fn authorized(&mut self, answer: Result<Value, String>, at: Moment) {
        let Phase::Authorizing { give_up } = self.phase else {
            return;
        };
        match answer {
            Ok(auth) => {
                self.phase = Phase::Opening { give_up, auth };
                self.outputs.push_back(Output::Open);
            }
            Err(words) => self.lose(Reason::Auth(words), at),
        }
    }

    /// Engine.IO's handshake came: greet.
    pub(super) fn opened(&mut self, handshake: Handshake, at: Moment) {
        let Phase::Opening { give_up, auth } = &self.phase else {
            return self.lose(Reason::Protocol, at);
        };
        let greeting = connect_frame(auth);
        self.phase = Phase::Greeting {
            give_up: *give_up,
            pulse: Pulse::felt(handshake.patience(), at.now),
        };
        self.send(greeting);
    }

    /// CONNECT was acknowledged: what waited for it may go.
    pub(super) fn connected(&mut self, sid: String, at: Moment) {
        let Phase::Greeting { pulse, .. } = self.phase else {
            return self.lose(Reason::Protocol, at);
        };
        self.phase = Phase::Connected { pulse };
        self.attempts = 0;
        self.connection = self.connection.wrapping_add(1);
        self.released = !self.hold_kept;
        self.tell(Event::Connected { sid });
        while let Some(frame) = self.queue.pop() {
            self.send(frame);
        }
        self.send_kept(at);
    }

    /// CONNECT was refused: rest.
    pub(super) fn refused(&mut self, message: String, data: Option<Payload>, at: Moment) {
        let Phase::Greeting { .. } = self.phase else {
            return self.lose(Reason::Protocol, at);
        };
        self.let_go(Output::Leave);
        self.phase = Phase::Resting;
        self.tell(Event::Refused { message, data });
    }

    /// The server disconnected us on purpose: rest, unless it told us before when to come back.
    pub(super) fn dismissed(&mut self, at: Moment) {
        if self.retry_at.is_some() {
            return self.lose(Reason::ServerDisconnect, at);
        }
        let was_connected = self.let_go(Output::Leave);
        self.phase = Phase::Resting;
        self.part(was_connected, Reason::ServerDisconnect);
    }

    /// The connection or the attempt failed: wait, then try again.
    pub(super) fn lose(&mut self, cause: Reason, at: Moment) {
        if matches!(self.phase, Phase::Resting | Phase::Waiting { .. }) {
            return;
        }
        let was_connected = self.let_go(Output::HangUp);
        self.part(was_connected, cause.clone());
        self.wait(cause, at);
    }

    /// Connects now. A connection that stands is let go first, without a goodbye: to the server it is a blip and no
    /// leave.
    pub(super) fn reconnect(&mut self, at: Moment) {
        match self.phase {
            Phase::Resting | Phase::Waiting { .. } => self.begin(at),
            Phase::Connected { .. } => {
                let was_connected = self.let_go(Output::Leave);
                self.part(was_connected, Reason::Renewed);
                self.begin(at);
            }
            _ => {}
        }
    }

    /// The server said when to come back, counted from now: it may keep us until then.
    pub(super) fn retry_after(&mut self, delay: Duration, at: Moment) {
        let wished = at.now.saturating_add(delay);
        if let Phase::Waiting { until } = &mut self.phase {
            *until = wished;
        } else {
            self.retry_at = Some(wished);
        }
    }

    /// Ends a wait, and looks whether the connection still lives: a page in the background hears its timers late.
    pub(super) fn woken(&mut self, at: Moment) {
        self.elapsed(at);
        if matches!(self.phase, Phase::Waiting { .. }) {
            self.begin(at);
        }
    }

    /// The page is being left: leave too, so that the others see it at once. Wakes when the page comes back.
    pub(super) fn hide(&mut self) {
        if matches!(self.phase, Phase::Resting) {
            return;
        }
        let was_connected = self.leave();
        self.phase = Phase::Waiting { until: Duration::MAX };
        self.part(was_connected, Reason::PageHidden);
    }

    /// Leaves for good.
    pub(super) fn close(&mut self) {
        self.acks.fail(&RequestError::Closed);
        self.kept.fail(&RequestError::Closed);
        let was_connected = self.leave();
        self.phase = Phase::Closed;
        self.part(was_connected, Reason::Closed);
    }

    /// Does what is due.
    pub(super) fn elapsed(&mut self, at: Moment) {
        while let Some(id) = self.acks.expire(at.now) {
            self.queue.remove(id);
        }
        match self.phase {
            Phase::Waiting { until } if until <= at.now => self.begin(at),
            Phase::Authorizing { give_up } | Phase::Opening { give_up, .. } | Phase::Greeting { give_up, .. }
                if give_up <= at.now =>
            {
                self.lose(Reason::ConnectTimeout, at);
            }
            Phase::Greeting { pulse, .. } | Phase::Connected { pulse } if pulse.until <= at.now => {
                self.lose(Reason::PingTimeout, at);
            }
            _ => self.send_kept(at),
        }
    }

    fn wait(&mut self, cause: Reason, at: Moment) {
        self.attempts = self.attempts.saturating_add(1);
        let after = match self.retry_at.take() {
            Some(wished) => wished.saturating_sub(at.now),
            None => self.backoff.delay(self.attempts, at.random),
        };
        self.phase = Phase::Waiting {
            until: at.now.saturating_add(after),
        };
        self.tell(Event::Reconnecting {
            attempt: self.attempts,
            after,
            cause,
        });
    }

    /// Says goodbye if there is somebody to say it to, and lets go.
    fn leave(&mut self) -> bool {
        if matches!(self.phase, Phase::Greeting { .. } | Phase::Connected { .. }) {
            self.send(Frame::text(DISCONNECT));
        }
        self.let_go(Output::Leave)
    }

    /// Forgets all that belonged to this connection or attempt, and has its transport let go by `ending`. Returns whether it had been acknowledged.
    fn let_go(&mut self, ending: Output) -> bool {
        self.acks.fail(&RequestError::Disconnected);
        self.queue.clear();
        self.kept.rewind();
        self.released = false;
        self.assembly = None;
        if !matches!(self.phase, Phase::Resting | Phase::Waiting { .. } | Phase::Closed) {
            self.outputs.push_back(ending);
        }
        matches!(self.phase, Phase::Connected { .. })
    }

    /// Tells the end of a connection; an attempt that never was one ends in silence.
    fn part(&mut self, was_connected: bool, reason: Reason) {
        if was_connected {
            self.tell(Event::Disconnected { reason });
        }
    }
}
