//! Revocations over HTTP, for whoever runs this server.

use super::{Web, refused};
use crate::{clock::Now, revocation::Revocation};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{Code, Millis, Refusal, UserId};
use serde_json::json;
use subtle::ConstantTimeEq;

/// When to ask again while others cannot be told, in milliseconds.
const AGAIN: u64 = 2000;

/// `POST /api/users/{id}/revoke` with `Authorization: Bearer` the operator's secret: ends all sessions of that person on all
/// replicas, and refuses all tokens and cookies that were signed up to this second. 200 with `{ user, at, ended }`, of which
/// `ended` counts the connections that were on this replica. 503 while Redis is away: it holds here, and has to be asked for
/// again. 401 where the secret is another.
pub async fn revoke(State(web): State<Web>, Path(user): Path<String>, headers: HeaderMap) -> Response {
    if !is_operator(&web, &headers) {
        let message = "This is for whoever runs this server: Authorization: Bearer and OPERATOR_SECRET.";
        return refused(
            &web,
            StatusCode::UNAUTHORIZED,
            Refusal::new(Code::OperatorOnly, message),
        );
    }
    let user: UserId = match user.parse() {
        Ok(user) => user,
        Err(error) => {
            let error = Refusal::new(Code::Malformed, format!("{error}"));
            return refused(&web, StatusCode::BAD_REQUEST, error);
        }
    };
    let at = Now::read().at.0 / 1000;
    let revocation = Revocation { user, at };
    match web.gateway.revoker.revoke(&revocation).await {
        Ok(ended) => {
            tracing::info!(user = %revocation.user, ended, "tokens were revoked");
            let at = Millis(at * 1000);
            Json(json!({ "user": revocation.user, "at": at, "ended": ended })).into_response()
        }
        Err(error) => {
            tracing::error!(user = %revocation.user, %error, "tokens were revoked on this replica only");
            let message = "This replica has ended the sessions, and could not tell the others: ask again.";
            let refusal = Refusal::new(Code::StoreUnavailable, message).retry_after(AGAIN);
            refused(&web, StatusCode::SERVICE_UNAVAILABLE, refusal)
        }
    }
}

/// Whether a request brings the operator's secret. How long that takes says nothing of how much of it was right.
fn is_operator(web: &Web, headers: &HeaderMap) -> bool {
    let brought = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
        .unwrap_or_default();
    let secret = web.config.auth.operator();
    secret.is_some_and(|secret| secret.as_bytes().ct_eq(brought).into())
}
