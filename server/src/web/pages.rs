//! Pages: finds out what one is made from, and renders it whole, so that it can be read without JavaScript too.

use super::{
    Web,
    access::{self, Caller},
    rooms::live,
    security, site,
};
use crate::{
    clock::Now,
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
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use leptos::{context::use_context, nonce::use_nonce};
use leptos_axum::ResponseOptions;
use protocol::{Code, RoomId, auth::Identity, chat::ChatMessage, limits::CHAT_PAGE};

/// `GET /`.
pub async fn lobby(State(web): State<Web>, identity: Option<Extension<Identity>>, request: Request) -> Response {
    let caller = identity.map(|Extension(who)| Caller::plain(who.user_id));
    let rooms = live(&web, caller.as_ref()).await;
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
            let chat = match sight(&web, &room, &identity, request.uri()).await {
                Sight::All => chat(&web, &room).await,
                Sight::Invited => Vec::new(),
                Sight::Nothing => {
                    web.metrics.refusals.inc(Code::AccessDenied.as_str());
                    let page = render(Page::Denied { room, identity }, request).await;
                    return (StatusCode::FORBIDDEN, page).into_response();
                }
            };
            render(Page::Live(Live::Room { room, identity, chat }), request).await
        }
        Err(why) => nothing(format!("Sorry: {why}."), request).await,
    }
}

/// What somebody may see of a room before they have joined it.
enum Sight {
    /// All.
    All,
    /// That there is one: they come with an invitation, which is taken when they join, and not by whoever follows a link.
    Invited,
    /// Nothing.
    Nothing,
}

async fn sight(web: &Web, room: &RoomId, who: &Identity, uri: &Uri) -> Sight {
    // Where access cannot be read, nothing is shown but the page itself; the join will say why.
    let Ok(gate) = access::gate(web, room).await else {
        return Sight::Invited;
    };
    let caller = Caller::plain(who.user_id.clone());
    if access::role(web, &gate, room, Some(&caller)).is_some() {
        return Sight::All;
    }
    let parameters = uri.query().unwrap_or_default().split('&');
    let mut invites = parameters.filter_map(|parameter| parameter.strip_prefix("invite=")?.parse().ok());
    let now = Now::read().at;
    match invites.any(|invite| gate.invited(&invite, now).is_some()) {
        true => Sight::Invited,
        false => Sight::Nothing,
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
