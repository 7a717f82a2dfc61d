//! Pages: finds out what one is made from, and renders it whole, so that it can be read without JavaScript too.

use super::{Web, rooms::live, site};
use crate::{
    room::chat::messages,
    store::{Span, Topic},
};
use app::{
    pages::{Live, Page},
    shell::shell,
};
use axum::{
    Extension,
    body::Body,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use protocol::{RoomId, auth::Identity, chat::ChatMessage, limits::CHAT_PAGE};

/// `GET /`.
pub async fn lobby(State(web): State<Web>, request: Request) -> Response {
    let rooms = live(&web).await;
    render(Page::Live(Live::Lobby { rooms }), request).await
}

/// `GET /r/{room}`; 404 where no room can be called so.
pub async fn room(
    State(web): State<Web>,
    Path(room): Path<String>,
    Extension(identity): Extension<Identity>,
    request: Request,
) -> Response {
    match room.parse::<RoomId>() {
        Ok(room) => {
            let chat = chat(&web, &room).await;
            render(Page::Live(Live::Room { room, identity, chat }), request).await
        }
        Err(why) => nothing(format!("Sorry: {why}."), request).await,
    }
}

/// `GET /about`.
pub async fn about(request: Request) -> Response {
    render(Page::About, request).await
}

/// Any other path.
pub async fn missing(request: Request) -> Response {
    let why = "The address leads to no page. It may have been mistyped, or it was never there.";
    nothing(why.to_owned(), request).await
}

async fn nothing(why: String, request: Request) -> Response {
    let page = render(Page::Missing(why), request).await;
    (StatusCode::NOT_FOUND, page).into_response()
}

async fn render(page: Page, request: Request<Body>) -> Response {
    let document = move || shell(site::assets(), page.clone());
    let handler = leptos_axum::render_app_async_with_context(|| {}, document);
    handler(request).await.into_response()
}

/// The newest lines of a room. A page can do without: the welcome brings them again.
async fn chat(web: &Web, room: &RoomId) -> Vec<ChatMessage> {
    let page = web.log.read(room, Topic::Chat, Span::Newest(CHAT_PAGE as usize)).await;
    page.map(|page| messages(room, &page.entries)).unwrap_or_default()
}
