//! Everything over plain HTTP, on the origin of the socket: pages, files, health, metrics and the API.

pub mod access;
pub mod backend;
pub mod document;
pub mod enter;
pub mod guest;
pub mod health;
pub mod metrics;
pub mod notification;
pub mod origin;
pub mod pages;
pub mod revocation;
pub mod rooms;
pub mod security;
pub mod session;
pub mod site;
pub mod socket;
pub mod token;

use crate::{
    config::Config,
    gateway::{Gateway, shard::Shards},
    lease::Leases,
    metrics::Metrics,
    store::Log,
    token::Keys,
};
use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use protocol::{Code, Refusal};
use serde_json::json;
use std::{convert::Infallible, sync::Arc, time::Instant};
use tower::{ServiceBuilder, util::BoxCloneSyncService};
use tower_http::compression::CompressionLayer;

/// What handlers work with.
#[derive(Clone)]
pub struct Web {
    /// What was configured.
    pub config: Arc<Config>,
    /// Sockets.
    pub gateway: Arc<Gateway>,
    /// Where those are answered.
    pub shards: Arc<Shards>,
    /// Who is where.
    pub leases: Arc<dyn Leases>,
    /// What was said, for whoever only looks.
    pub log: Arc<dyn Log>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Who is who.
    pub keys: Arc<Keys>,
    /// When the process started.
    pub started: Instant,
}

/// What answers all requests.
pub type Service = BoxCloneSyncService<Request, Response, Infallible>;

/// All routes. Requests of Socket.IO are answered before these are asked: a router notes in each request what it found, and the
/// library keeps the request of each session for as long as that lasts.
pub fn service(web: &Web) -> Service {
    let routes = app(web)
        .merge(machines(web))
        .merge(door(web))
        .fallback_service(pages(web));
    let service = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(web.clone(), front))
        .service(routes);
    BoxCloneSyncService::new(service)
}

/// What is done about every request on its way in and out. In one layer, as each is one more copy of all that is below it.
async fn front(State(web): State<Web>, request: Request, next: Next) -> Response {
    let secure = session::is_secure(request.headers());
    let response = origin::of_socket(&web, request, |request| socket::carry(&web, request, next)).await;
    security::tell(response, secure)
}

/// What programs ask for.
fn machines(web: &Web) -> Router {
    let router = Router::new()
        .route("/healthz", get(health::health))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .route("/api/rooms", get(rooms::list))
        .route("/api/rooms/{room}/presence", get(rooms::presence))
        .route("/api/users/{user}/notify", post(notification::notify))
        .route("/api/rooms/{room}/document", get(document::export));
    // Without a secret there is no operator, and nothing for one.
    let router = match web.config.auth.operator() {
        Some(_) => router.route("/api/users/{user}/revoke", post(revocation::revoke)),
        None => router,
    };
    // In production tokens come from whoever knows the secret, and nobody else.
    let router = if web.config.is_production() {
        router
    } else {
        router.route("/dev/token", get(token::issue))
    };
    router.with_state(web.clone())
}

/// What the pages ask for behind people's backs: server functions.
fn app(web: &Web) -> Router {
    Router::new()
        .route("/api/app/{*function}", post(backend::call))
        .layer(middleware::from_fn_with_state(web.clone(), session::identify))
        .layer(middleware::from_fn_with_state(web.clone(), origin::of_page))
        .with_state(web.clone())
}

/// The way in for people whom somebody else has signed in.
fn door(web: &Web) -> Router {
    Router::new()
        .route("/enter", post(enter::enter))
        .layer(middleware::from_fn_with_state(web.clone(), origin::of_form))
        .with_state(web.clone())
}

/// What people see. Pages are compressed as they are made; files are compressed already.
fn pages(web: &Web) -> Router {
    let pages = Router::new()
        .route("/", get(pages::lobby))
        .route("/r", get(rooms::open))
        .route("/r/{room}", get(pages::room))
        .route("/about", get(pages::about))
        .fallback(pages::missing)
        .layer(middleware::from_fn_with_state(web.clone(), session::identify))
        .layer(CompressionLayer::new())
        .with_state(web.clone());
    Router::new()
        .fallback_service(pages)
        .layer(middleware::from_fn(site::serve))
}

/// The answer to a request that is refused, which is counted.
fn refused(web: &Web, status: StatusCode, error: Refusal) -> Response {
    web.metrics.refusals.inc(error.code.as_str());
    (status, Json(json!({ "error": error }))).into_response()
}

/// A refusal that trying again will change, with when: 429 for who comes too fast, 503 where there is no room.
fn not_now(web: &Web, error: Refusal) -> Response {
    let status = match error.code {
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let seconds = error.retry_after_ms.unwrap_or_default().div_ceil(1000).max(1);
    let mut response = refused(web, status, error);
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
