//! The link between a page's models and the socket: wishes become requests, what the server says becomes news.
//!
//! The socket is open while somebody is in a room: the first join opens it, leaving closes it. What a welcome means, or when
//! to join again, is the session's to know.

mod asking;
mod auth;
mod cursor;
mod hearing;
mod line;

use app::link::{Link, News, Wish};
use line::Line;
use std::sync::Arc;

/// The page's one link. Cloning it is not needed: it is shared as context.
#[derive(Default)]
pub(crate) struct SocketLink(Arc<Line>);

impl Link for SocketLink {
    fn send(&self, wish: Wish) {
        asking::send(&self.0, wish);
    }

    fn listen(&self, listener: Arc<dyn Fn(News) + Send + Sync>) {
        self.0.listen(listener);
    }
}
