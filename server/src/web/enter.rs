//! `POST /enter`: the way in for people whom somebody else has signed in.
//!
//! An application whose people are to come here shows them a form that posts a token of theirs. It gets them a session with
//! the name and the roles that the token says, for as long as that is good.

use super::{Web, refused, rooms, session};
use axum::{
    Form,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use protocol::RoomId;
use serde::Deserialize;

/// The form.
#[derive(Deserialize)]
pub struct Entry {
    /// Who they are. Not one of our own tokens.
    token: String,
    /// Where they want to go; to the lobby where they do not say.
    room: Option<String>,
}

/// Answers 303 to the room, with the cookie; 400 where no room can be called so, 401 where the token is not taken.
pub async fn enter(State(web): State<Web>, headers: HeaderMap, Form(Entry { token, room }): Form<Entry>) -> Response {
    let to = match room.filter(|room| !room.is_empty()).map(|room| room.parse::<RoomId>()) {
        Some(Ok(room)) => format!("/r/{room}"),
        Some(Err(error)) => return rooms::bad_room(&error),
        None => "/".to_owned(),
    };
    let session = match web.keys.verify_entry(token.trim()) {
        Ok(session) => session,
        Err(error) => return refused(&web, StatusCode::UNAUTHORIZED, error),
    };
    match session::set_cookie(&web, &session, session::is_secure(&headers)) {
        Some(cookie) => ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
