//! Notifications over HTTP: a program, or a person, has something to say to somebody.

use super::{Web, not_now, refused};
use crate::{
    clock::Now,
    gateway::{id, meter::too_fast},
    token,
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{
    Code, Refusal, UserId,
    auth::Identity,
    notification::{Notification, Notify},
};
use serde_json::json;

/// `POST /api/users/{id}/notify` with `{ text, room? }` and `Authorization: Bearer` a socket's token, whose person it is
/// from. 202 with `{ id, at }`: all connections of that person hear it, on whatever replica; who has none does not. 401 where
/// the token is not taken, 400 where the rest is not.
pub async fn notify(
    State(web): State<Web>,
    Path(user): Path<String>,
    headers: HeaderMap,
    notify: Result<Json<Notify>, JsonRejection>,
) -> Response {
    let from = match bearer(&web, &headers) {
        Ok(from) => from,
        Err(refusal) => return refused(&web, StatusCode::UNAUTHORIZED, refusal),
    };
    if let Err(wait) = web.gateway.notifying.take(&from.user_id) {
        web.metrics.rate_limited.inc("notification");
        return not_now(&web, too_fast(wait));
    }
    match read(user, notify) {
        Ok((user, notify)) => {
            let Some(id) = id::made() else {
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            };
            let at = Now::read().at;
            let answer = json!({ "id": id, "at": at });
            let notification = Notification {
                id,
                from: from.user_id,
                name: from.name,
                text: notify.text,
                room: notify.room,
                at,
            };
            web.gateway.notifier.notify(user, notification);
            (StatusCode::ACCEPTED, Json(answer)).into_response()
        }
        Err(refusal) => refused(&web, StatusCode::BAD_REQUEST, refusal),
    }
}

fn read(user: String, notify: Result<Json<Notify>, JsonRejection>) -> Result<(UserId, Notify), Refusal> {
    let malformed = |error: &dyn ToString| Refusal::new(Code::Malformed, error.to_string());
    let user = UserId::try_from(user).map_err(|error| malformed(&error))?;
    let Json(notify) = notify.map_err(|rejection| malformed(&rejection.body_text()))?;
    notify.check()?;
    Ok((user, notify))
}

/// Whose token came with a request.
fn bearer(web: &Web, headers: &HeaderMap) -> Result<Identity, Refusal> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .ok_or_else(|| token::refusal(Code::TokenMissing))?;
    web.keys.verify(token.trim()).map(|bearer| bearer.who)
}
