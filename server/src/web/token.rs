//! `GET /dev/token?sub=&name=`: tokens for whoever asks. Not there in production.

use super::Web;
use crate::clock::Now;
use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use protocol::{
    Code, Hue, Name, Refusal, UserId,
    access::Grants,
    auth::{Claims, Identity},
};
use serde::Deserialize;
use serde_json::json;

/// Whose token is wanted.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    sub: String,
    name: Option<String>,
    hue: Option<Hue>,
}

/// Answers `{ token }`, good for as long as those of pages, or 400 with a refusal.
pub async fn issue(State(web): State<Web>, Query(wanted): Query<Wanted>) -> Response {
    let now = Now::read().at.0 / 1000;
    let token = identity(wanted).and_then(|who| {
        web.keys
            .sign(&who, now, web.config.auth.token())
            .map_err(|error| Refusal::new(Code::Malformed, error.to_string()))
    });
    match token {
        Ok(token) => Json(json!({ "token": token })).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
    }
}

fn identity(Wanted { sub, name, hue }: Wanted) -> Result<Identity, Refusal> {
    let malformed = |error: &dyn ToString| Refusal::new(Code::Malformed, error.to_string());
    let sub: UserId = sub.parse().map_err(|error| malformed(&error))?;
    let name: Option<Name> = name
        .map(|name| name.parse())
        .transpose()
        .map_err(|error| malformed(&error))?;
    let claims = Claims {
        sub,
        name,
        hue,
        exp: 0,
        iat: None,
        rooms: Grants::default(),
    };
    Ok(claims.identity())
}
