//! Keeps the channels that are subscribed the same as the rooms that have a seat, through every reconnection.

use super::Bus;
use crate::cluster::keys;
use fred::{
    clients::Client,
    error::Error,
    interfaces::{EventInterface, PubsubInterface},
};
use std::{collections::HashSet, sync::Arc, time::Duration};

/// Channels in one command.
const BATCH: usize = 500;

/// Between two attempts, after one that failed.
const AGAIN: Duration = Duration::from_millis(200);

/// Keeps them for ever. One task does it all, so that a room that is closed and opened at once ends up subscribed.
pub(super) async fn keep(bus: Arc<Bus>, subscribe: Client) {
    let mut back = subscribe.reconnect_rx();
    let mut subscribed = HashSet::new();
    let mut missed = false;
    loop {
        match settle(&bus, &subscribe, &mut subscribed).await {
            Ok(()) if std::mem::take(&mut missed) => {
                bus.metrics.bus_resubscriptions.inc();
                bus.all_missed();
            }
            Ok(()) => {}
            Err(error) => {
                tracing::warn!(%error, "channels could not be subscribed; trying again");
                tokio::time::sleep(AGAIN).await;
                bus.changed.notify_one();
            }
        }
        tokio::select! {
            () = bus.changed.notified() => {}
            _ = back.recv() => {
                // A new connection hears nothing.
                subscribed.clear();
                missed = true;
            }
        }
    }
}

/// Subscribes what is wanted and gives up what is not.
async fn settle(bus: &Bus, subscribe: &Client, subscribed: &mut HashSet<String>) -> Result<(), Error> {
    let mut wanted: HashSet<String> = bus.lock().by_room.keys().map(keys::channel).collect();
    wanted.insert(keys::BUS.to_owned());
    let gone: Vec<String> = subscribed.difference(&wanted).cloned().collect();
    for batch in gone.chunks(BATCH) {
        subscribe.unsubscribe(batch.to_vec()).await?;
        batch.iter().for_each(|channel| _ = subscribed.remove(channel));
    }
    let new: Vec<String> = wanted.difference(subscribed).cloned().collect();
    for batch in new.chunks(BATCH) {
        subscribe.subscribe(batch.to_vec()).await?;
        subscribed.extend(batch.iter().cloned());
    }
    bus.metrics.bus_channels.set(crate::rooms::count(subscribed.len()));
    for (room, slot) in &bus.lock().by_room {
        if subscribed.contains(&keys::channel(room)) {
            slot.subscribed.send_replace(true);
        }
    }
    Ok(())
}
