//! Health: is it alive, is it ready, how is it.

use super::Web;
use crate::config::Switch;
use axum::{Json, extract::State, http::StatusCode};
use protocol::health::{Bus, Health, Status};

/// `GET /healthz`.
pub async fn health(State(web): State<Web>) -> Json<Health> {
    let (bus, bus_lag_ms) = web.gateway.bus();
    Json(Health {
        status: match bus {
            _ if web.gateway.is_draining() => Status::Draining,
            Bus::Away => Status::Degraded,
            Bus::None | Bus::Up => Status::Ok,
        },
        instance: web.gateway.instance.clone(),
        mode: web.gateway.mode(),
        store: web.log.kind(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime: web.started.elapsed().as_secs(),
        rooms: web.gateway.rooms.len() as u64,
        connections: web.gateway.connections.len() as u64,
        bus,
        bus_lag_ms,
    })
}

/// `GET /livez`: answers as long as the process can.
pub async fn live() -> &'static str {
    "ok"
}

/// `GET /readyz`: 503 once the server was told to stop, and while it has no memory to spare, so that no new people are sent
/// here; and while Redis is away, where `READY_DEGRADED` is off.
pub async fn ready(State(web): State<Web>) -> (StatusCode, &'static str) {
    match web.gateway.bus() {
        _ if web.gateway.is_draining() => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        _ if web.gateway.rooms.memory().is_full() => (StatusCode::SERVICE_UNAVAILABLE, "full"),
        (Bus::Away, _) if web.config.ready_degraded == Switch::Off => (StatusCode::SERVICE_UNAVAILABLE, "degraded"),
        (Bus::Away, _) => (StatusCode::OK, "degraded"),
        _ => (StatusCode::OK, "ok"),
    }
}
