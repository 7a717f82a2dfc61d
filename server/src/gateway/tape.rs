//! The telemetry tape: what this process says of itself.

use super::call::Call;
use crate::clock::Now;
use protocol::tape::{ReadTape, TapeReading, Transport};
use socketioxide::TransportType;

/// `tape`. Answered here, without a room: the time it takes is that of the way and no queue's.
pub fn read(call: Call<'_>, ReadTape {}: ReadTape) {
    let transport = match call.socket().transport_type() {
        TransportType::Websocket => Transport::Websocket,
        TransportType::Polling => Transport::Polling,
    };
    let (bus, bus_lag_ms) = call.gateway.bus();
    let reading = TapeReading {
        instance: call.gateway.instance.clone(),
        mode: call.gateway.mode(),
        transport,
        connections: call.gateway.connections.len() as u64,
        rooms: call.gateway.rooms.len() as u64,
        bus,
        bus_lag_ms,
        at: Now::read().at,
    };
    call.back.answer(Ok(reading));
}
