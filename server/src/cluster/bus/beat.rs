//! The heartbeat: a message that each replica sends itself through the bus, again and again. It measures the whole way, and
//! what does not come back in time tells that Redis is away, however its connections look.

use super::Bus;
use crate::{
    cluster::{keys, message::BusTold},
    metrics::Metrics,
};
use fred::{clients::Client, interfaces::ClientLike};
use protocol::health::Bus as State;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::watch, time::MissedTickBehavior};

/// Between two beats.
const BEAT: Duration = Duration::from_millis(500);

/// After so long without a beat Redis is away.
const AWAY: Duration = Duration::from_secs(2);

/// While it is away, a subscribing connection that still looks well is made anew, again each time this has passed.
const RENEW: Duration = Duration::from_secs(3);

/// Beats whose way is still measured.
const SENT: usize = 64;

/// How the bus does.
pub(super) struct Pulse {
    state: watch::Sender<State>,
    beats: Mutex<Beats>,
    metrics: Arc<Metrics>,
}

#[derive(Default)]
struct Beats {
    /// When each was sent that has not come yet.
    sent: VecDeque<(u64, Instant)>,
    /// When the last one came.
    came: Option<Instant>,
    lag: Option<Duration>,
}

impl Pulse {
    /// Nothing was heard yet.
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            state: watch::Sender::new(State::Away),
            beats: Mutex::default(),
            metrics,
        }
    }

    /// See [`Bus::state`].
    pub(super) fn state(&self) -> (State, Option<f64>) {
        let lag = self.with(|beats| beats.lag);
        (*self.state.borrow(), lag.map(|lag| lag.as_secs_f64() * 1000.0))
    }

    /// See [`Bus::is_up`].
    pub(super) fn is_up(&self) -> bool {
        *self.state.borrow() == State::Up
    }

    /// See [`Bus::watch`].
    pub(super) fn watch(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// A beat of this process came.
    pub(super) fn came(&self, beat: u64) {
        let now = Instant::now();
        let lag = self.with(|beats| {
            let at = beats.sent.iter().position(|(number, _)| *number == beat)?;
            let (_, sent) = beats.sent.drain(..=at).next_back()?;
            beats.came = Some(now);
            beats.lag = Some(now - sent);
            beats.lag
        });
        let Some(lag) = lag else { return };
        self.metrics.bus_lag.observe(lag.as_secs_f64());
        // One that was long on its way says that Redis was away, and not that it is back.
        if lag < AWAY {
            self.turn(State::Up);
        }
    }

    fn sent(&self, beat: u64) {
        self.with(|beats| {
            beats.sent.push_back((beat, Instant::now()));
            if beats.sent.len() > SENT {
                beats.sent.pop_front();
            }
        });
    }

    /// Whether beats have stopped coming.
    fn check(&self, started: Instant) -> bool {
        let came = self.with(|beats| beats.came).unwrap_or(started);
        let away = came.elapsed() > AWAY;
        if away {
            self.turn(State::Away);
        }
        away
    }

    fn turn(&self, state: State) {
        let changed = self
            .state
            .send_if_modified(|known| std::mem::replace(known, state) != state);
        if changed {
            self.metrics.bus_up.set(i64::from(state == State::Up));
            match state {
                State::Up => tracing::info!("the bus between replicas is up"),
                _ => tracing::warn!("Redis is away: rooms go on by themselves, what is written waits"),
            }
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Beats) -> T) -> T {
        change(&mut self.beats.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Beats for ever.
pub(super) async fn beat(bus: Arc<Bus>, subscribe: Client) {
    let (started, mut renewed) = (Instant::now(), Instant::now());
    let mut ticks = tokio::time::interval(BEAT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for beat in 0_u64.. {
        ticks.tick().await;
        if bus.pulse.check(started) && renewed.elapsed() > RENEW && subscribe.is_connected() {
            renewed = Instant::now();
            let subscribe = subscribe.clone();
            // May take as long as Redis does, and beats must go on.
            tokio::spawn(async move { subscribe.force_reconnection().await.ok() });
        }
        let told = BusTold::Beat(bus.life().clone(), beat);
        bus.pulse.sent(beat);
        bus.send(keys::BUS.to_owned(), told.label(), told.write());
    }
}
