//! Pages: finds out what one is made from, and renders it whole, so that it can be read without JavaScript too.

use super::{Web, rooms::live, security, site};
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
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::{context::use_context, nonce::use_nonce};
use leptos_axum::ResponseOptions;
use protocol::{RoomId, auth::Identity, chat::ChatMessage, limits::CHAT_PAGE};

/// `GET /`.
pub async fn lobby(State(web): State<Web>, request: Request) -> Response {
    let rooms = live(&web).await;
    render(Page::Live(Live::Lobby { rooms }), request).await
}

/// `GET /r/{room}`; 404 where no room can be called so, 401 in words where only those come in who have a session.
pub async fn room(
    State(web): State<Web>,
    Path(room): Path<String>,
    identity: Option<Extension<Identity>>,
    request: Request,
) -> Response {
    let Some(Extension(identity)) = identity else {
        let page = render(Page::Closed, request).await;
        return (StatusCode::UNAUTHORIZED, page).into_response();
    };
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
    let host = security::host(request.headers()).map(str::to_owned);
    let document = move || {
        let policy = use_nonce().and_then(|nonce| security::policy(&nonce, host.as_deref()));
        if let Some((policy, response)) = policy.zip(use_context::<ResponseOptions>()) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
        shell(site::assets(), page.clone())
    };
    let handler = leptos_axum::render_app_async_with_context(|| {}, document);
    handler(request).await.into_response()
}

/// The newest lines of a room. A page can do without: the welcome brings them again.
async fn chat(web: &Web, room: &RoomId) -> Vec<ChatMessage> {
    let page = web.log.read(room, Topic::Chat, Span::Newest(CHAT_PAGE as usize)).await;
    page.map(|page| messages(room, &page.entries)).unwrap_or_default()
}
