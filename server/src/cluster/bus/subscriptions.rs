//! Keeps the channels that are subscribed the same as the rooms that have a seat, through every reconnection.

use super::{Bus, Seats};
use crate::{cluster::keys, rooms::count};
use fred::{
    clients::Client,
    error::Error,
    interfaces::{EventInterface, PubsubInterface},
};
use protocol::RoomId;
use std::{collections::HashSet, sync::Arc, time::Duration};

/// Channels in one command.
const BATCH: usize = 500;

/// Between two attempts, after one that failed.
const AGAIN: Duration = Duration::from_millis(200);

/// Keeps them for ever. One task does it all, so that a room that is closed and opened at once ends up subscribed.
pub(super) async fn keep(bus: Arc<Bus>, subscribe: Client) {
    let mut back = subscribe.reconnect_rx();
    let mut channels = Channels::default();
    loop {
        if let Err(error) = channels.settle(&bus, &subscribe).await {
            tracing::warn!(%error, "channels could not be subscribed; trying again");
            tokio::time::sleep(AGAIN).await;
            bus.changed.notify_one();
        }
        tokio::select! {
            () = bus.changed.notified() => {}
            _ = back.recv() => channels.lost(&bus),
        }
    }
}

/// What is subscribed on the connection as it is.
#[derive(Default)]
struct Channels {
    /// The channel that all replicas hear.
    bus: bool,
    rooms: HashSet<RoomId>,
    /// Whether the connection is another one since all rooms looked back.
    missed: bool,
}

impl Channels {
    /// A new connection hears nothing. Rooms are told at once, and once more when it does: what is heard in between may go
    /// on from what was missed.
    fn lost(&mut self, bus: &Bus) {
        *self = Self {
            missed: true,
            ..Self::default()
        };
        bus.all_missed();
        let mut seats = bus.lock();
        seats.unsettled = seats.by_room.keys().cloned().collect();
    }

    /// Subscribes what is wanted and gives up what is not, of what has changed.
    async fn settle(&mut self, bus: &Bus, subscribe: &Client) -> Result<(), Error> {
        if !self.bus {
            subscribe.subscribe(keys::BUS).await?;
            self.bus = true;
        }
        let (new, gone) = self.changed(bus);
        for rooms in gone.chunks(BATCH) {
            subscribe.unsubscribe(channels(rooms)).await?;
            rooms.iter().for_each(|room| _ = self.rooms.remove(room));
        }
        for rooms in new.chunks(BATCH) {
            subscribe.subscribe(channels(rooms)).await?;
            self.rooms.extend(rooms.iter().cloned());
        }
        self.settled(bus);
        Ok(())
    }

    /// Rooms to be subscribed, and rooms to be given up.
    fn changed(&self, bus: &Bus) -> (Vec<RoomId>, Vec<RoomId>) {
        let seats = bus.lock();
        let unlike = |room: &&RoomId| seats.by_room.contains_key(*room) != self.rooms.contains(*room);
        let changed = seats.unsettled.iter().filter(unlike).cloned();
        changed.partition(|room| seats.by_room.contains_key(room))
    }

    /// Tells the seats that they hear.
    fn settled(&mut self, bus: &Bus) {
        let mut seats = bus.lock();
        let Seats { by_room, unsettled, .. } = &mut *seats;
        for (room, slot) in unsettled.iter().filter_map(|room| Some((room, by_room.get(room)?))) {
            slot.subscribed.send_replace(self.rooms.contains(room));
        }
        // One that changed meanwhile is met the next time round.
        unsettled.retain(|room| by_room.contains_key(room) != self.rooms.contains(room));
        drop(seats);
        bus.metrics.bus_channels.set(count(self.rooms.len() + 1));
        if std::mem::take(&mut self.missed) {
            bus.metrics.bus_resubscriptions.inc();
            bus.all_missed();
        }
    }
}

fn channels(rooms: &[RoomId]) -> Vec<String> {
    rooms.iter().map(keys::channel).collect()
}
