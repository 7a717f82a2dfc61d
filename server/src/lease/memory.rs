//! Leases in memory: one process, which holds them as long as it lives.

use super::{Holding, Leases, people};
use async_trait::async_trait;
use protocol::{PeerId, RoomId, presence::PresenceEntry};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Holdings by room and connection.
#[derive(Default)]
pub struct MemoryLeases {
    /// Ordered, so that rooms are listed the same way each time.
    rooms: Mutex<BTreeMap<RoomId, BTreeMap<PeerId, Holding>>>,
}

impl MemoryLeases {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<RoomId, BTreeMap<PeerId, Holding>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Leases for MemoryLeases {
    fn hold(&self, room: &RoomId, holding: Holding) {
        self.lock()
            .entry(room.clone())
            .or_default()
            .insert(holding.peer, holding);
    }

    fn release(&self, room: &RoomId, peer: PeerId) {
        let mut rooms = self.lock();
        if let Some(holdings) = rooms.get_mut(room) {
            holdings.remove(&peer);
            if holdings.is_empty() {
                rooms.remove(room);
            }
        }
    }

    async fn present(&self, room: &RoomId) -> Vec<PresenceEntry> {
        let holdings = self
            .lock()
            .get(room)
            .map(|holdings| holdings.values().cloned().collect());
        people(holdings.unwrap_or_default())
    }

    async fn rooms(&self) -> Vec<(RoomId, Vec<PresenceEntry>)> {
        let rooms = self.lock();
        rooms
            .iter()
            .map(|(room, holdings)| (room.clone(), people(holdings.values().cloned().collect())))
            .collect()
    }
}
