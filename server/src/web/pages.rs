//! Pages and server functions: renders the crate `app`, and is the backend that it asks.

use super::{Web, rooms::live, session, site};
use crate::{
    clock::Now,
    room::chat::messages,
    store::{Span, Topic},
    token::SOCKET_TOKEN,
};
use app::{
    backend::{Backend, Later, SharedBackend},
    pages::missing::OnMissing,
    shell::shell,
};
use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::context::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use protocol::{Hue, Name, RoomId, auth::Identity, chat::ChatMessage, health::LiveRoom, limits::CHAT_PAGE};
use std::sync::Arc;

/// Renders whatever page the path leads to, whole, so that it can be read without JavaScript too.
pub async fn render(State(web): State<Web>, Extension(who): Extension<Identity>, request: Request<Body>) -> Response {
    let provide = context(web, who, &request);
    let handler = leptos_axum::render_app_async_with_context(provide, || shell(site::assets()));
    handler(request).await.into_response()
}

/// Runs a server function.
pub async fn call(State(web): State<Web>, Extension(who): Extension<Identity>, request: Request<Body>) -> Response {
    let provide = context(web, who, &request);
    leptos_axum::handle_server_fns_with_context(provide, request)
        .await
        .into_response()
}

/// What the app finds in its context on the server.
fn context(web: Web, who: Identity, request: &Request<Body>) -> impl Fn() + Clone + Send + Sync + 'static {
    let secure = session::is_secure(request.headers());
    move || {
        let response = use_context::<ResponseOptions>().unwrap_or_default();
        let missing = response.clone();
        provide_context(OnMissing(Arc::new(move || missing.set_status(StatusCode::NOT_FOUND))));
        let backend = RequestBackend {
            web: web.clone(),
            who: who.clone(),
            secure,
            response,
        };
        provide_context::<SharedBackend>(Arc::new(backend));
    }
}

/// The backend of one request.
struct RequestBackend {
    web: Web,
    who: Identity,
    secure: bool,
    response: ResponseOptions,
}

impl Backend for RequestBackend {
    fn identity(&self) -> Identity {
        self.who.clone()
    }

    fn token(&self) -> String {
        let token = self.web.keys.sign(&self.who, Now::read().at.0 / 1000, SOCKET_TOKEN);
        // Refused as malformed, which is what it is.
        token
            .inspect_err(|error| tracing::error!(%error, "a token could not be signed"))
            .unwrap_or_default()
    }

    fn rename(&self, name: Name, hue: Hue) -> Identity {
        let who = Identity {
            name,
            hue,
            user_id: self.who.user_id.clone(),
        };
        if let Some(cookie) = session::set_cookie(&self.web, &who, self.secure) {
            self.response.append_header(header::SET_COOKIE, cookie);
        }
        who
    }

    fn rooms(&self) -> Later<Vec<LiveRoom>> {
        let web = self.web.clone();
        Box::pin(async move { live(&web).await })
    }

    fn chat(&self, room: RoomId) -> Later<Vec<ChatMessage>> {
        let log = Arc::clone(&self.web.log);
        Box::pin(async move {
            // The page can do without: the welcome brings the chat again.
            let page = log.read(&room, Topic::Chat, Span::Newest(CHAT_PAGE as usize)).await;
            page.map(|page| messages(&room, &page.entries)).unwrap_or_default()
        })
    }
}
