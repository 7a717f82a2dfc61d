//! A room's seat on the bus: it hears what other replicas tell of the room, for as long as it sits.

use super::{
    Life,
    bus::Bus,
    message::{self, Moved, RoomTold},
};
use protocol::RoomId;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc};

/// What a seat hears.
#[derive(Debug)]
pub enum Heard {
    /// Something that was told of the room.
    Told(RoomTold),
    /// Something may have been missed: the connection was lost, or more came than the room took.
    Missed,
}

/// A room's place on the bus. Dropped, it hears nothing any more.
pub struct Seat {
    pub(super) room: RoomId,
    /// Which of the seats that this room had one after the other.
    pub(super) number: u64,
    pub(super) bus: Arc<Bus>,
    pub(super) told: mpsc::Receiver<RoomTold>,
    pub(super) missed: Arc<Notify>,
}

impl Seat {
    /// The next that is heard. May be dropped while it waits, and nothing is lost.
    pub async fn next(&mut self) -> Heard {
        tokio::select! {
            // First: what is told after something was missed may go on from what is not here.
            biased;
            () = self.missed.notified() => Heard::Missed,
            told = self.told.recv() => told.map_or(Heard::Missed, Heard::Told),
        }
    }

    /// This process, as others know it.
    #[must_use]
    pub fn life(&self) -> &Life {
        self.bus.life()
    }

    /// Tells other replicas what moved here. May be lost.
    pub fn tell(&self, moved: &Moved) {
        self.bus.publish(&self.room, "tick", message::tick(self.life(), moved));
    }

    /// Asks other replicas where everybody points.
    pub fn greet(&self) {
        self.bus.publish(&self.room, "hello", message::hello(self.life()));
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.bus.leave(&self.room, self.number);
    }
}
