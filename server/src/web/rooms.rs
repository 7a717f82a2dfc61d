//! The rooms over HTTP: which are live, who is in one, and the lobby's form that opens one.

use super::{
    Web,
    access::{self, Caller},
    refused,
};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use protocol::{Code, Refusal, RoomId, health::LiveRoom, id::BadId, presence::PresenceEntry};
use serde::Deserialize;
use serde_json::json;
use std::cmp::Reverse;

/// `GET /api/rooms`: the rooms in which somebody is and that the asker may see, those with most people first, 100 at most.
pub async fn list(State(web): State<Web>, headers: HeaderMap) -> Response {
    match access::caller(&web, &headers) {
        Ok(caller) => Json(live(&web, caller.as_ref()).await).into_response(),
        Err(error) => refused(&web, StatusCode::UNAUTHORIZED, error),
    }
}

/// The same, for pages.
pub async fn live(web: &Web, caller: Option<&Caller>) -> Vec<LiveRoom> {
    let rooms = web.leases.rooms().await;
    let mut rooms: Vec<LiveRoom> = rooms
        .into_iter()
        .map(|(room, present)| LiveRoom { room, present })
        .collect();
    rooms.sort_by_key(|live| Reverse(live.present.len()));
    access::seen(web, rooms, caller).await
}

/// `GET /api/rooms/{room}/presence`: who is in it; nobody, where there is no such room. 400 where it cannot be one, 403 to
/// whom may not see it.
pub async fn presence(State(web): State<Web>, Path(room): Path<String>, headers: HeaderMap) -> Response {
    match room.parse::<RoomId>() {
        Ok(room) => {
            if let Err(refused) = access::admit(&web, &headers, &room).await {
                return refused;
            }
            let present: Vec<PresenceEntry> = web.leases.present(&room).await;
            Json(json!({ "room": room, "present": present })).into_response()
        }
        Err(error) => bad_room(&error),
    }
}

/// The answer where no room can be called so.
pub fn bad_room(error: &BadId) -> Response {
    let error = Refusal::new(Code::Malformed, error.to_string());
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

/// What somebody typed into the lobby's field.
#[derive(Debug, Deserialize)]
pub struct Typed {
    #[serde(default)]
    room: String,
}

/// `GET /r?room=…`: to the room that is called so, or back to the lobby where nothing is left of what was typed. How the
/// lobby's form works without JavaScript.
pub async fn open(Query(Typed { room }): Query<Typed>) -> Redirect {
    match RoomId::slug(&room) {
        Some(room) => Redirect::to(&format!("/r/{room}")),
        None => Redirect::to("/"),
    }
}
