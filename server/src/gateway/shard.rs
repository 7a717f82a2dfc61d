//! The library's servers. The tables in which one keeps its sessions grow with a crowd and never shrink. So each has no more
//! than so many sessions, and is dropped once they are gone: what a crowd took goes with the crowd.

use super::{CONNECT, FAREWELL, Gateway, QUEUE, READ, connect};
use crate::{
    config::{Config, Transports},
    listener::flow::Flow,
    rooms,
};
use axum::{
    body::Body,
    extract::Request,
    http::{Extensions, StatusCode},
    response::{IntoResponse, Response},
};
use futures::future::join_all;
use prometheus::IntGauge;
use protocol::SOCKET_PATH;
use socketioxide::{SocketIo, TransportType, handler::ConnectHandler, service::SocketIoService};
use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::time::timeout;
use tower::{ServiceExt, service_fn, util::ServiceFn};

/// Sessions of one shard: as many as a table holds that has 512 places, an eighth of which stay empty.
const MOST: usize = 448;

/// All of them.
pub struct Shards {
    all: Mutex<Vec<Shard>>,
    /// Sessions of one.
    most: usize,
    make: Box<dyn Fn() -> (Service, SocketIo) + Send + Sync>,
    count: IntGauge,
}

/// What answers the requests of one.
type Service = SocketIoService<Nothing>;

/// What the library would hand on to: only what is its own is given to it.
type Nothing = ServiceFn<fn(Request) -> Ready<Result<Response, Infallible>>>;

struct Shard {
    seat: Seat,
    service: Service,
    io: SocketIo,
}

/// A session's place in its shard, which is taken for as long as it has this.
#[derive(Clone)]
struct Seat {
    shard: u32,
    taken: Arc<()>,
}

/// How a session began. The library keeps it with the request.
#[derive(Clone)]
pub struct Begun {
    seat: Seat,
    /// On which connection.
    pub flow: Arc<Flow>,
}

impl Begun {
    /// What was noted of it.
    #[must_use]
    pub fn of(noted: &Extensions) -> Option<&Self> {
        noted.get()
    }

    /// In which shard it is.
    #[must_use]
    pub fn shard(&self) -> u32 {
        self.seat.shard
    }
}

impl Shard {
    fn sessions(&self) -> usize {
        Arc::strong_count(&self.seat.taken) - 1
    }
}

impl Shards {
    /// One shard, which a crowd will need more than.
    #[must_use]
    pub fn new(gateway: &Arc<Gateway>, config: &Config) -> Self {
        let (gateway, config) = (Arc::clone(gateway), config.clone());
        let count = gateway.metrics.shards.clone();
        Self::of(MOST, count, move || server(&gateway, &config))
    }

    fn of(most: usize, count: IntGauge, make: impl Fn() -> (Service, SocketIo) + Send + Sync + 'static) -> Self {
        let (all, make) = (Mutex::default(), Box::new(make));
        let shards = Self { all, most, make, count };
        shards.add(&mut shards.lock());
        shards
    }

    /// Answers a request that begins a session: one over a WebSocket in the first shard that has a place for it. Sessions that
    /// begin by polling are all in the first, however many: their later requests say of which session they are, and only the
    /// library knows where that is.
    pub async fn begin(&self, mut request: Request, flow: Arc<Flow>, polls: bool) -> Response {
        let (seat, service) = self.seat(polls);
        request.extensions_mut().insert(Begun { seat, flow });
        answer(service, request).await
    }

    /// Answers a request of a session that began by polling.
    pub async fn go_on(&self, request: Request) -> Response {
        let service = self.lock()[0].service.clone();
        answer(service, request).await
    }

    fn seat(&self, polls: bool) -> (Seat, Service) {
        let mut all = self.lock();
        let free = all.iter().position(|shard| polls || shard.sessions() < self.most);
        let shard = match free {
            Some(place) => &all[place],
            None => self.add(&mut all),
        };
        (shard.seat.clone(), shard.service.clone())
    }

    fn add<'a>(&self, all: &'a mut Vec<Shard>) -> &'a Shard {
        let (service, io) = (self.make)();
        // The last is the newest, so that no number is given to two at once.
        let seat = Seat {
            shard: all.last().map_or(0, |shard| shard.seat.shard + 1),
            taken: Arc::default(),
        };
        all.push(Shard { seat, service, io });
        self.count.set(rooms::count(all.len()));
        &all[all.len() - 1]
    }

    /// Drops those that nobody is in any more, but for the first.
    pub fn shrink(&self) {
        let mut all = self.lock();
        let mut first = true;
        all.retain(|shard| std::mem::take(&mut first) || shard.sessions() > 0);
        all.shrink_to_fit();
        self.count.set(rooms::count(all.len()));
    }

    /// Closes all transports.
    pub async fn close(&self) {
        let all: Vec<SocketIo> = self.lock().iter().map(|shard| shard.io.clone()).collect();
        if timeout(FAREWELL, join_all(all.iter().map(SocketIo::close)))
            .await
            .is_err()
        {
            tracing::warn!("some transports did not close in time");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Shard>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(service: Service, request: Request) -> Response {
    match service.oneshot(request).await {
        Ok(response) => response.map(Body::new),
    }
}

/// A server of the library, and the handle with which it is closed.
fn server(gateway: &Arc<Gateway>, config: &Config) -> (Service, SocketIo) {
    let builder = SocketIo::builder()
        .req_path(SOCKET_PATH.trim_end_matches('/'))
        .ping_interval(config.ping())
        .ping_timeout(config.ping())
        .connect_timeout(CONNECT)
        .max_buffer_size(QUEUE)
        .ws_read_buffer_size(READ)
        .max_payload(u64::from(config.limits.packet_bytes))
        .ws_max_message_size(config.limits.packet_bytes as usize)
        .ws_max_frame_size(config.limits.packet_bytes as usize);
    let builder = match config.transports() {
        Transports::Both => builder.transports([TransportType::Polling, TransportType::Websocket]),
        Transports::Websocket => builder.transports([TransportType::Websocket]),
    };
    let (service, io) = builder.build_with_inner_svc(nothing());
    // All is prepared before CONNECT is answered, so that nothing is left to do once it is.
    let nothing_more = async || {};
    io.ns("/", nothing_more.with(connect::middleware(Arc::clone(gateway))));
    (service, io)
}

fn nothing() -> Nothing {
    service_fn(|_| ready(Ok(StatusCode::NOT_FOUND.into_response())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shards of two sessions each.
    fn shards() -> Shards {
        let count = IntGauge::new("shards", "How many there are.").unwrap();
        Shards::of(2, count, || SocketIo::builder().build_with_inner_svc(nothing()))
    }

    fn enter(shards: &Shards) -> Seat {
        shards.seat(false).0
    }

    #[test]
    fn a_session_is_in_the_first_that_has_a_place() {
        let shards = shards();
        let mut seats: Vec<Seat> = (0..5).map(|_| enter(&shards)).collect();
        let at = |seats: &[Seat]| seats.iter().map(|seat| seat.shard).collect::<Vec<_>>();
        assert_eq!(at(&seats), [0, 0, 1, 1, 2]);
        seats.remove(1);
        seats.extend([enter(&shards), enter(&shards), enter(&shards)]);
        assert_eq!(at(&seats), [0, 1, 1, 2, 0, 2, 3]);
        assert_eq!(shards.count.get(), 4);
    }

    #[test]
    fn those_that_nobody_is_in_are_dropped_but_for_the_first() {
        let shards = shards();
        let mut seats: Vec<Seat> = (0..6).map(|_| enter(&shards)).collect();
        shards.shrink();
        assert_eq!(shards.count.get(), 3, "all are in use");
        seats.drain(..4);
        shards.shrink();
        assert_eq!(shards.count.get(), 2);
        let others = [enter(&shards), enter(&shards), enter(&shards)];
        assert_eq!(others.map(|seat| seat.shard), [0, 0, 3], "no number is given twice");
        seats.clear();
        shards.shrink();
        assert_eq!(shards.count.get(), 1);
    }

    #[test]
    fn who_polls_is_in_the_first_however_many_they_are() {
        let shards = shards();
        let seats: Vec<Seat> = (0..9).map(|_| shards.seat(true).0).collect();
        assert!(seats.iter().all(|seat| seat.shard == 0));
        assert_eq!(enter(&shards).shard, 1);
    }
}
