//! Takes what comes on channels and gives it to whom it is for.

use super::Bus;
use crate::cluster::{
    keys,
    message::{BusTold, RoomTold, Unread},
};
use fred::{clients::Client, interfaces::EventInterface, types::Message};
use std::sync::Arc;
use tokio::sync::{broadcast::error::RecvError, mpsc::error::TrySendError};

/// Hears for ever.
pub(super) async fn hear(bus: Arc<Bus>, subscribe: Client) {
    let mut messages = subscribe.message_rx();
    loop {
        match messages.recv().await {
            Ok(message) => take(&bus, &message),
            Err(RecvError::Lagged(missed)) => {
                bus.metrics.bus_dropped.add("lagged", missed);
                tracing::warn!(missed, "messages of the bus came faster than they were taken");
                bus.all_missed();
            }
            Err(RecvError::Closed) => return,
        }
    }
}

fn take(bus: &Bus, message: &Message) {
    let text = message.value.as_str();
    let read = text.as_deref().ok_or(Unread::Foreign);
    let taken = if message.channel == keys::BUS {
        read.and_then(BusTold::read).map(|told| take_for_all(bus, told))
    } else {
        read.and_then(|text| RoomTold::read(text, &bus.life)).map(|told| {
            if let Some(told) = told {
                take_for_room(bus, &message.channel, told);
            }
        })
    };
    if let Err(unread) = taken {
        bus.metrics.bus_dropped.inc(unread.label());
        tracing::warn!(channel = %message.channel, %unread, "something on the bus is left alone");
    }
}

fn take_for_all(bus: &Bus, told: BusTold) {
    bus.metrics.bus_in.inc(told.label());
    match told {
        BusTold::Beat(life, beat) if life == bus.life => bus.pulse.came(beat),
        BusTold::Beat(..) => {}
        // An error means that nobody listens: the process is about to stop.
        BusTold::Notify(user, notification) => _ = bus.notifications.send((user, notification)),
        BusTold::Revoke(revocation) => _ = bus.revocations.send(Some(revocation)),
    }
}

fn take_for_room(bus: &Bus, channel: &str, told: RoomTold) {
    bus.metrics.bus_in.inc(told.label());
    let mut seats = bus.lock();
    let Some(slot) = keys::room_of(channel).and_then(|room| seats.by_room.get_mut(&room)) else {
        return;
    };
    if let RoomTold::Present(life, present) = &told
        && *life != bus.life
        && !present.change.held.is_empty()
    {
        slot.seen.insert(life.clone());
    }
    if let Err(TrySendError::Full(_)) = slot.told.try_send(told) {
        bus.metrics.bus_dropped.inc("room");
        slot.missed.notify_one();
    }
}
