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
    let identity = session.who.clone();
    match room.parse::<RoomId>() {
        Ok(room) => {
            let (chat, private, role) = match sight(&web, &room, session, request.uri()).await {
                Sight::All { private, role } => (chat(&web, &room).await, private, role),
                Sight::Invited(role) => (Vec::new(), true, role),
                Sight::Nothing { invited } => {
                    web.metrics.refusals.inc(Code::AccessDenied.as_str());
                    let page = render(
                        Page::Denied {
                            room,
                            identity,
                            invited,
                        },
                        request,
                    )
                    .await;
                    return (StatusCode::FORBIDDEN, page).into_response();
                }
            };
            render(
                Page::Live(Live::Room {
                    room,
                    identity,
                    chat,
                    private,
                    role,
                }),
                request,
            )
            .await
        }
        Err(why) => nothing(format!("Sorry: {why}."), request).await,
    }
}

/// What somebody may see of a room before they have joined it.
enum Sight {
    /// All; whether it is for some only, and what they may do there.
    All { private: bool, role: Role },
    /// That there is one: they come with an invitation, which is taken when they join, and not by whoever follows a link.
    Invited(Role),
    /// Nothing; whether they came by an invitation, which then does not hold.
    Nothing { invited: bool },
}

async fn sight(web: &Web, room: &RoomId, session: Bearer, uri: &Uri) -> Sight {
    // Where access cannot be read, nothing is shown but the page itself; the join will say why.
    let Ok(gate) = access::gate(web, room).await else {
        return Sight::Invited(Role::Editor);
    };
    let caller = Caller::from(session);
    if let Some(role) = access::role(web, &gate, room, Some(&caller)) {
        let private = gate.is_private();
        return Sight::All { private, role };
    }
    let invite = address::invite(uri.query().unwrap_or_default());
    let invited = invite.as_ref().and_then(|invite| gate.invited(invite, Now::read().at));
    match invited {
        Some(role) => Sight::Invited(role),
        None => Sight::Nothing {
            invited: invite.is_some(),
        },
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
    if !matches!(web.log.is_known(room).await, Ok(true)) {
        return Vec::new();
    }
    let page = web.log.read(room, Topic::Chat, Span::Newest(CHAT_PAGE as usize)).await;
    page.map(|page| messages(room, &page.entries)).unwrap_or_default()
}
