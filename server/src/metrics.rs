//! Everything that is counted, with its name. Scraped at `/metrics` in Prometheus' text format.
//!
//! Counters with labels are resolved when the process starts: no map is looked up by label on a hot path, and each series
//! is there from the beginning, at zero.

use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
    core::Collector, process_collector::ProcessCollector,
};
use protocol::{Code, ServerEvent};
use std::collections::HashMap;

/// Buckets in seconds for work that should take microseconds.
const BUCKETS: &[f64] = &[0.000_005, 0.000_02, 0.000_1, 0.000_5, 0.002, 0.01, 0.05, 0.2, 1.0];

/// One server's counters.
pub struct Metrics {
    registry: Registry,
    /// Connections that are past CONNECT.
    pub connections: IntGauge,
    /// Rooms with somebody in them.
    pub rooms: IntGauge,
    /// Memberships: a connection in two rooms counts twice.
    pub members: IntGauge,
    /// Events that clients sent, by name; names that no event has count as `unknown`.
    pub events_in: Family,
    /// Events that rooms emitted, by name, however many heard them.
    pub events_out: Family,
    /// Events handed to connections, by name: what `events_out` multiplies to.
    pub deliveries: Family,
    /// Refusals, by code.
    pub refusals: Family,
    /// Events that came faster than they may, by [`METERED`]; cursors among them are told later, all else is refused.
    pub rate_limited: Family,
    /// Sockets that were refused or ended before they had said whose they are: too many from one `address`, too many at a
    /// time (`pending`), too many bytes (`size`), no memory to spare (`memory`).
    pub handshakes_refused: Family,
    /// Connections ended because they went on after hundreds of refusals.
    pub floods: IntCounter,
    /// Connections ended because the peer did not take what was for it, by reason: `stalled`, `queue_full`, or
    /// where there was no memory for it `memory`.
    pub evictions: Family,
    /// Connections that ended, by [`END_REASONS`].
    pub ends: Family,
    /// Times that somebody's tokens were revoked, asked for at this replica.
    pub revocations: IntCounter,
    /// Times that a bounded queue was full, by queue: `room` (commands), `chat`, `document` and `note` (writes), `socket`
    /// (packets).
    pub queue_full: Family,
    /// Servers of the Socket.IO library among which connections are spread.
    pub shards: IntGauge,
    /// 1 while the process has little memory left.
    pub memory_full: IntGauge,
    /// Cursors held back from slow clients that did not ask for batches.
    pub cursors_dropped: IntCounter,
    /// Frames that a connection did not take at once, and newer ones in their place.
    pub frames_waited: IntCounter,
    /// Messages of the bus that were published, by kind; entries by the script that appended them.
    pub bus_out: Family,
    /// Messages of the bus that were heard, by kind. Entries, presence and heartbeats of this process come back to it and
    /// count too.
    pub bus_in: Family,
    /// Messages of the bus that were lost or left alone, by [`DROPS`].
    pub bus_dropped: Family,
    /// Channels that are subscribed.
    pub bus_channels: IntGauge,
    /// 1 while heartbeats come through the bus.
    pub bus_up: IntGauge,
    /// Seconds that heartbeats took through the bus.
    pub bus_lag: Histogram,
    /// Times that a connection to Redis came back, by [`CONNECTIONS`].
    pub bus_reconnects: Family,
    /// Times that all channels were subscribed anew.
    pub bus_resubscriptions: IntCounter,
    /// Times that what was missed on the bus was read from the store, by what: a log, or who is where.
    pub bus_gaps: Family,
    /// Errors of the store, by reason: `away`, `refused` (read-only, out of memory), `damaged`.
    pub store_errors: Family,
    /// Seconds until the store has taken an entry.
    pub append: Histogram,
    /// Seconds to encode and hand over one frame.
    pub tick: Histogram,
    /// Seconds to decode, check and hand over one event, by name.
    pub handler: HashMap<&'static str, Histogram>,
}

/// Names of the events that clients send.
pub const EVENTS_IN: &[&str] = &[
    "access.change",
    "auth.refresh",
    "chat",
    "chat.read",
    "cursor",
    "document.caret",
    "document.edit",
    "note.change",
    "room.join",
    "room.leave",
    "tape",
    "typing",
    UNKNOWN,
];

/// What is metered: see the gateway's `meter`; and notifications over HTTP.
pub const METERED: &[&str] = &["chat", "cursor", "document", "join", "note", "notification", "other"];

/// Why connections end: the client said so (`left`), its connection closed or failed (`closed`, `failed`), it sent what is
/// no Socket.IO (`broken`), it fell silent (`silent`), the server ended it (`server`), its token ended or was revoked
/// (`token_expired`, `token_revoked`).
pub const END_REASONS: &[&str] = &[
    "broken",
    "closed",
    "failed",
    "left",
    "server",
    "silent",
    "token_expired",
    "token_revoked",
];

/// Kinds of messages on the bus.
pub const TOLD: &[&str] = &[
    "beat",
    "entry",
    "hello",
    "life",
    "notification",
    "presence",
    "revocation",
    "tick",
];

/// Why messages of the bus are lost or left alone: they are not ours (`foreign`), of another version (`version`), came faster
/// than this process (`lagged`) or a room (`room`) took them, or could not be published (`queue`).
pub const DROPS: &[&str] = &["foreign", "lagged", "queue", "room", "version"];

/// What connections to Redis are for.
pub const CONNECTIONS: &[&str] = &["commands", "publish", "subscribe"];

/// The label of events that do not exist.
pub const UNKNOWN: &str = "unknown";

impl Metrics {
    /// All counters at zero.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        registry.register(Box::new(ProcessCollector::for_self()))?;
        let events_out = ServerEvent::NAMES;
        let codes: Vec<&'static str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        Ok(Self {
            connections: gauge(&registry, "collab_connections", "Connections that are past CONNECT.")?,
            rooms: gauge(&registry, "collab_rooms", "Rooms with somebody in them.")?,
            members: gauge(&registry, "collab_members", "Memberships of connections in rooms.")?,
            events_in: family(
                &registry,
                "collab_events_in_total",
                "Events from clients.",
                "event",
                EVENTS_IN,
            )?,
            events_out: family(
                &registry,
                "collab_events_out_total",
                "Events from rooms.",
                "event",
                events_out,
            )?,
            deliveries: family(
                &registry,
                "collab_deliveries_total",
                "Events to connections.",
                "event",
                events_out,
            )?,
            refusals: family(&registry, "collab_refusals_total", "Refusals.", "code", &codes)?,
            rate_limited: family(
                &registry,
                "collab_rate_limited_total",
                "Events that came faster than they may.",
                "kind",
                METERED,
            )?,
            handshakes_refused: family(
                &registry,
                "collab_handshakes_refused_total",
                "Sockets refused or ended before they had said whose they are.",
                "reason",
                &["address", "memory", "pending", "size"],
            )?,
            floods: counter(
                &registry,
                "collab_floods_total",
                "Connections ended that went on after hundreds of refusals.",
            )?,
            evictions: family(
                &registry,
                "collab_slow_client_evictions_total",
                "Connections ended because the peer did not take what was for it.",
                "reason",
                &["memory", "queue_full", "stalled"],
            )?,
            ends: family(
                &registry,
                "collab_disconnects_total",
                "Connections that ended.",
                "reason",
                END_REASONS,
            )?,
            revocations: counter(&registry, "collab_revocations_total", "Times that tokens were revoked.")?,
            queue_full: family(
                &registry,
                "collab_queue_full_total",
                "Times that a bounded queue was full.",
                "queue",
                &["access", "chat", "document", "note", "room", "socket"],
            )?,
            shards: gauge(
                &registry,
                "collab_shards",
                "Servers of the Socket.IO library among which connections are spread.",
            )?,
            memory_full: gauge(
                &registry,
                "collab_memory_full",
                "1 while the process has little memory left.",
            )?,
            cursors_dropped: counter(
                &registry,
                "collab_cursors_dropped_total",
                "Cursors held back from slow clients.",
            )?,
            frames_waited: counter(
                &registry,
                "collab_frames_waited_total",
                "Frames that a connection did not take at once.",
            )?,
            bus_out: family(
                &registry,
                "collab_bus_out_total",
                "Messages told to replicas.",
                "kind",
                TOLD,
            )?,
            bus_in: family(
                &registry,
                "collab_bus_in_total",
                "Messages heard from replicas.",
                "kind",
                TOLD,
            )?,
            bus_dropped: family(
                &registry,
                "collab_bus_dropped_total",
                "Messages of the bus that were lost or left alone.",
                "reason",
                DROPS,
            )?,
            bus_channels: gauge(&registry, "collab_bus_channels", "Channels that are subscribed.")?,
            bus_up: gauge(&registry, "collab_bus_up", "1 while heartbeats come through the bus.")?,
            bus_lag: histogram(
                &registry,
                "collab_bus_lag_seconds",
                "Time of heartbeats through the bus.",
            )?,
            bus_reconnects: family(
                &registry,
                "collab_bus_reconnects_total",
                "Times that a connection to Redis came back.",
                "connection",
                CONNECTIONS,
            )?,
            bus_resubscriptions: counter(
                &registry,
                "collab_bus_resubscriptions_total",
                "Times that all channels were subscribed anew.",
            )?,
            bus_gaps: family(
                &registry,
                "collab_bus_gaps_total",
                "Times that what was missed was read from the store.",
                "of",
                &["access", "chat", "document", "note", "presence"],
            )?,
            store_errors: family(
                &registry,
                "collab_store_errors_total",
                "Errors of the store.",
                "reason",
                &["away", "damaged", "refused"],
            )?,
            append: histogram(
                &registry,
                "collab_append_seconds",
                "Time until the store has taken an entry.",
            )?,
            tick: histogram(
                &registry,
                "collab_tick_seconds",
                "Time to encode and hand over one frame.",
            )?,
            handler: histograms(
                &registry,
                "collab_handler_seconds",
                "Time to hand over one event.",
                EVENTS_IN,
            )?,
            registry,
        })
    }

    /// All of it, as Prometheus reads it.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

/// Counters of one name, one for each value of its label.
pub struct Family(HashMap<&'static str, IntCounter>);

impl Family {
    /// Counts one.
    pub fn inc(&self, label: &str) {
        self.add(label, 1);
    }

    /// Counts `n`. A label that was not declared is a mistake in the program and is not counted.
    pub fn add(&self, label: &str, n: u64) {
        debug_assert!(self.0.contains_key(label), "undeclared label {label}");
        if let Some(counter) = self.0.get(label) {
            counter.inc_by(n);
        }
    }

    /// How many were counted, whatever their label.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().map(IntCounter::get).sum()
    }
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> Result<C, prometheus::Error> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

fn gauge(registry: &Registry, name: &str, help: &str) -> Result<IntGauge, prometheus::Error> {
    register(registry, IntGauge::new(name, help)?)
}

fn counter(registry: &Registry, name: &str, help: &str) -> Result<IntCounter, prometheus::Error> {
    register(registry, IntCounter::new(name, help)?)
}

fn family(
    registry: &Registry,
    name: &str,
    help: &str,
    label: &str,
    values: &[&'static str],
) -> Result<Family, prometheus::Error> {
    let counters = register(registry, IntCounterVec::new(Opts::new(name, help), &[label])?)?;
    Ok(Family(
        values
            .iter()
            .map(|value| (*value, counters.with_label_values(&[value])))
            .collect(),
    ))
}

fn options(name: &str, help: &str) -> HistogramOpts {
    HistogramOpts::new(name, help).buckets(BUCKETS.to_vec())
}

fn histogram(registry: &Registry, name: &str, help: &str) -> Result<Histogram, prometheus::Error> {
    register(registry, Histogram::with_opts(options(name, help))?)
}

fn histograms(
    registry: &Registry,
    name: &str,
    help: &str,
    events: &[&'static str],
) -> Result<HashMap<&'static str, Histogram>, prometheus::Error> {
    let all = register(registry, HistogramVec::new(options(name, help), &["event"])?)?;
    Ok(events
        .iter()
        .map(|event| (*event, all.with_label_values(&[event])))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_is_there_from_the_start() {
        let text = Metrics::new().unwrap().text().unwrap();
        for line in [
            "collab_connections 0",
            "collab_refusals_total{code=\"text_too_long\"} 0",
            "collab_events_in_total{event=\"unknown\"} 0",
            "collab_slow_client_evictions_total{reason=\"stalled\"} 0",
        ] {
            assert!(text.lines().any(|have| have == line), "{line} is not in\n{text}");
        }
    }
}
