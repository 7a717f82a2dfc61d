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
    token::Bearer,
};
use app::{
    access::address,
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
use protocol::{Code, Role, RoomId, chat::ChatMessage, limits::CHAT_PAGE};

/// `GET /`.
pub async fn lobby(State(web): State<Web>, session: Option<Extension<Bearer>>, request: Request) -> Response {
    let caller = session.map(|Extension(session)| Caller::from(session));
    let rooms = live(&web, caller.as_ref()).await;
    render(Page::Live(Live::Lobby { rooms }), request).await
}

/// `GET /r/{room}`; 404 where no room can be called so, 401 in words where only those come in who have a session.
pub async fn room(
    State(web): State<Web>,
    Path(room): Path<String>,
    session: Option<Extension<Bearer>>,
    request: Request,
) -> Response {
    let Some(Extension(session)) = session else {
        let page = render(Page::Closed, request).await;
        return (StatusCode::UNAUTHORIZED, page).into_response();
    };
    let room = match room.parse::<RoomId>() {
        Ok(room) => room,
        Err(why) => return nothing(format!("Sorry: {why}."), request).await,
    };
    let identity = session.who.clone();
    match sight(&web, &room, session, request.uri()).await {
        Ok(Sight { all, private, role }) => {
            let chat = if all { chat(&web, &room).await } else { Vec::new() };
            let live = Live::Room {
                room,
                identity,
                chat,
                private,
                role,
            };
            render(Page::Live(live), request).await
        }
        Err(invited) => {
            web.metrics.refusals.inc(Code::AccessDenied.as_str());
            let denied = Page::Denied {
                room,
                identity,
                invited,
            };
            (StatusCode::FORBIDDEN, render(denied, request).await).into_response()
        }
    }
}

/// What somebody may see of a room before they have joined it.
struct Sight {
    /// Whether they may see what was said; else only that there is a room: they come with an invitation, which is taken when
    /// they join, and not by whoever follows a link.
    all: bool,
    /// Whether it is for some only.
    private: bool,
    /// What they may do there.
    role: Role,
}

/// What somebody may see. An error where that is nothing: whether they came by an invitation, which then does not hold.
async fn sight(web: &Web, room: &RoomId, session: Bearer, uri: &Uri) -> Result<Sight, bool> {
    let Ok(gate) = access::gate(web, room).await else {
        // Where access cannot be read, nothing is shown but the page itself; the join will say why.
        return Ok(Sight {
            all: false,
            private: false,
            role: Role::Editor,
        });
    };
    let private = gate.is_private();
    if let Some(role) = access::role(web, &gate, room, Some(&Caller::from(session))) {
        let all = true;
        return Ok(Sight { all, private, role });
    }
    let invite = address::invite(uri.query().unwrap_or_default());
    let invited = invite.as_ref().and_then(|invite| gate.invited(invite, Now::read().at));
    invited.map_or(Err(invite.is_some()), |role| {
        let all = false;
        Ok(Sight { all, private, role })
    })
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
