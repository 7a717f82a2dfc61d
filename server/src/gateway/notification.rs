//! Notifications: to all connections of one person, here, and over the bus on every other replica.

use super::{connection::Connections, outbox};
use crate::{cluster::bus::Bus, metrics::Metrics};
use protocol::{Event, ServerEvent, UserId, notification::Notification};
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

/// Who passes them on.
pub struct Notifier {
    connections: Arc<Connections>,
    bus: Option<Arc<Bus>>,
    metrics: Arc<Metrics>,
}

impl Notifier {
    /// One for these connections, and where there is a bus for those elsewhere.
    #[must_use]
    pub fn new(connections: Arc<Connections>, bus: Option<Arc<Bus>>, metrics: Arc<Metrics>) -> Self {
        Self {
            connections,
            bus,
            metrics,
        }
    }

    /// Tells a person, wherever they are. Who is not connected does not hear it; while Redis is away, who is elsewhere.
    pub fn notify(&self, user: UserId, notification: Notification) {
        match &self.bus {
            // It comes back from there, for the connections that are here.
            Some(bus) if bus.is_up() => bus.notify(user, notification),
            _ => self.deliver(&user, notification),
        }
    }

    /// Passes on what comes over the bus, for ever.
    pub async fn pass_on(self: Arc<Self>) {
        let Some(mut notifications) = self.bus.as_ref().map(|bus| bus.notifications()) else {
            return;
        };
        loop {
            match notifications.recv().await {
                Ok((user, notification)) => self.deliver(&user, notification),
                Err(RecvError::Lagged(missed)) => self.metrics.bus_dropped.add("queue", missed),
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn deliver(&self, user: &UserId, notification: Notification) {
        let hearers = self.connections.of(user);
        if hearers.is_empty() {
            return;
        }
        self.metrics.events_out.inc(Notification::NAME);
        self.metrics.deliveries.add(Notification::NAME, hearers.len() as u64);
        let event = ServerEvent::from(notification);
        hearers.iter().for_each(|connected| outbox::emit(connected, &event));
    }
}
