//! HTTP/1 over accepted connections, with a time and a bound for what a peer sends before anything is known of it.

use super::{GuardedListener, Remote};
use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{convert::Infallible, pin::pin, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::{Service, ServiceExt as _};

/// How long the head of a request may take, and a connection rest between two.
const HEAD: Duration = Duration::from_secs(30);

/// Bytes that the head of a request may have: more than all that browsers send, with cookies and a token.
const HEAD_BYTES: usize = 16 * 1024;

/// Serves until it is told to stop, and then until what is being answered is answered. A request finds the
/// [`ConnectInfo`] of its [`Remote`] in its extensions.
pub async fn serve<S>(mut listener: GuardedListener, service: S, stop: CancellationToken)
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    let tasks = TaskTracker::new();
    loop {
        let (io, addr) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let remote = Remote {
            peer: addr.ip(),
            flow: io.flow(),
        };
        let service = service.clone();
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(remote.clone()));
            service.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(io), answer)
            .with_upgrades();
        let stop = stop.clone();
        tasks.spawn(async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = stop.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%addr, %error, "a connection ended badly");
            }
        });
    }
    // Nobody new is accepted meanwhile.
    drop(listener);
    tasks.close();
    tasks.wait().await;
}
