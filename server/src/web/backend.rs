//! Server functions: what a page asks behind people's backs, answered for the person whose request it is.

use super::{Web, access::Caller, rooms::live, session};
use crate::{clock::Now, token::Bearer};
use app::backend::{Backend, Later, SharedBackend};
use axum::{
    Extension,
    extract::{Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use leptos::context::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use protocol::{Hue, Name, auth::Identity, health::LiveRoom};
use std::sync::Arc;

/// `POST /api/app/…`.
pub async fn call(State(web): State<Web>, session: Option<Extension<Bearer>>, request: Request) -> Response {
    let session = session.map(|Extension(session)| session);
    let secure = session::is_secure(request.headers());
    let provide = move || {
        let (web, session) = (web.clone(), session.clone());
        let response = use_context::<ResponseOptions>().unwrap_or_default();
        provide_context::<SharedBackend>(Arc::new(RequestBackend {
            web,
            session,
            secure,
            response,
        }));
    };
    leptos_axum::handle_server_fns_with_context(provide, request)
        .await
        .into_response()
}

/// The backend of one request.
struct RequestBackend {
    web: Web,
    /// `None` where only those come in who have a session, and this one has none.
    session: Option<Bearer>,
    secure: bool,
    response: ResponseOptions,
}

impl Backend for RequestBackend {
    fn token(&self) -> Option<String> {
        let session = self.session.as_ref()?;
        let span = self.web.config.auth.token();
        let token = self.web.keys.lend(session, Now::read().at.0 / 1000, span);
        token
            .inspect_err(|error| tracing::error!(%error, "a token could not be signed"))
            .ok()
    }

    fn rename(&self, name: Name, hue: Hue) -> Option<Identity> {
        let mut session = self.session.clone()?;
        (session.who.name, session.who.hue) = (name, hue);
        if let Some(cookie) = session::set_cookie(&self.web, &session, self.secure) {
            self.response.append_header(header::SET_COOKIE, cookie);
        }
        Some(session.who)
    }

    fn rooms(&self) -> Later<Vec<LiveRoom>> {
        let (web, caller) = (self.web.clone(), self.session.clone().map(Caller::from));
        Box::pin(async move { live(&web, caller.as_ref()).await })
    }
}
