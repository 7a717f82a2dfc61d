//! Health: is it alive, is it ready, how is it.

use super::Web;
use axum::{Json, extract::State, http::StatusCode};
use protocol::health::{Bus, Health, Mode, Status};

/// `GET /healthz`.
pub async fn health(State(web): State<Web>) -> Json<Health> {
    Json(Health {
        status: if web.gateway.is_draining() {
            Status::Draining
        } else {
            Status::Ok
        },
        instance: web.gateway.instance.clone(),
        mode: Mode::Memory,
        store: web.log.kind(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime: web.started.elapsed().as_secs(),
        rooms: web.gateway.rooms.len() as u64,
        connections: web.gateway.connections.len() as u64,
        bus: Bus::None,
        bus_lag_ms: None,
    })
}

/// `GET /livez`: answers as long as the process can.
pub async fn live() -> &'static str {
    "ok"
}

/// `GET /readyz`: 503 once the server was told to stop, so that no new people are sent here.
pub async fn ready(State(web): State<Web>) -> (StatusCode, &'static str) {
    if web.gateway.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else {
        (StatusCode::OK, "ok")
    }
}
