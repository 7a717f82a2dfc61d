//! The document over HTTP: as plain text, to be kept.

use super::{Web, access, rooms::bad_room};
use crate::{
    room::{book::Book as _, document::Document},
    store::Topic,
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::RoomId;

/// `GET /api/rooms/{room}/document`: the text as it is in the log, to be saved under the room's name; empty where nothing
/// was ever written. 400 where no room can be called so, 403 to whom may not see it, 503 where the store does not answer.
pub async fn export(State(web): State<Web>, Path(room): Path<String>, headers: HeaderMap) -> Response {
    let room = match room.parse::<RoomId>() {
        Ok(room) => room,
        Err(error) => return bad_room(&error),
    };
    if let Err(refused) = access::admit(&web, &headers, &room).await {
        return refused;
    }
    let loaded = web.log.load(&room, Topic::Document).await;
    match loaded.and_then(|loaded| Document::open(room.clone(), &loaded)) {
        Ok(document) => {
            // A room's id needs no quoting: letters, digits, dots and dashes.
            let name = format!("attachment; filename=\"{room}.txt\"");
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, name),
            ];
            (headers, document.text()).into_response()
        }
        Err(error) => {
            tracing::error!(%room, %error, "a document could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
