//! Access over HTTP: who asks, and what they may see of a room.

use super::{Web, refused, session};
use crate::{
    config::Switch,
    room::{access::Gate, access::denied, book::Book as _},
    store::{LogError, Topic},
    token::{self, Bearer},
};
use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use protocol::{Code, Refusal, Role, RoomId, UserId, access::Grants, health::LiveRoom};

/// Rooms whose access is looked up at the same time.
const AT_ONCE: usize = 64;

/// Rooms in a list: nobody reads more, and the access of each is looked up.
const SHOWN: usize = 100;

/// Somebody who asks over HTTP.
#[derive(Clone, Debug)]
pub struct Caller {
    user: UserId,
    grants: Grants,
}

/// Who asks: by a socket's token, or else by the session of a browser; nobody known, where there is neither. A token that is
/// not taken is told why.
pub fn caller(web: &Web, headers: &HeaderMap) -> Result<Option<Caller>, Refusal> {
    let bearer = match headers.get(header::AUTHORIZATION) {
        Some(value) => {
            let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
            let token = token.ok_or_else(|| token::refusal(Code::TokenMissing))?;
            Some(web.keys.verify(token.trim())?)
        }
        None => session::bearer(web, headers),
    };
    Ok(bearer.map(Caller::from))
}

impl From<Bearer> for Caller {
    fn from(bearer: Bearer) -> Self {
        Self {
            user: bearer.who.user_id,
            grants: bearer.grants,
        }
    }
}

/// Access to a room, as it is in the log.
pub async fn gate(web: &Web, room: &RoomId) -> Result<Gate, LogError> {
    let loaded = web.log.load(room, Topic::Access).await?;
    Gate::open(room.clone(), &loaded)
}

/// What somebody may do in a room.
#[must_use]
pub fn role(web: &Web, gate: &Gate, room: &RoomId, caller: Option<&Caller>) -> Option<Role> {
    let open = web.config.open_rooms == Switch::On;
    match caller {
        Some(caller) => gate.role(&caller.user, caller.grants.role(room), open),
        // Who says nothing of themselves sees what everybody sees.
        None => (open && !gate.is_private()).then_some(Role::Viewer),
    }
}

/// Lets those through who may see the room; all others are answered alike.
pub async fn admit(web: &Web, headers: &HeaderMap, room: &RoomId) -> Result<(), Response> {
    let caller = caller(web, headers).map_err(|error| refused(web, StatusCode::UNAUTHORIZED, error))?;
    match gate(web, room).await {
        Ok(gate) if role(web, &gate, room, caller.as_ref()).is_some() => Ok(()),
        Ok(_) => Err(refused(web, StatusCode::FORBIDDEN, denied())),
        Err(error) => {
            tracing::error!(%room, %error, "access to a room could not be read");
            Err(StatusCode::SERVICE_UNAVAILABLE.into_response())
        }
    }
}

/// Of these rooms, the first [`SHOWN`] that somebody may see. One whose access cannot be read is not shown.
pub async fn seen(web: &Web, rooms: Vec<LiveRoom>, caller: Option<&Caller>) -> Vec<LiveRoom> {
    let looked_up = rooms.into_iter().map(|live| async move {
        let gate = gate(web, &live.room).await.ok()?;
        role(web, &gate, &live.room, caller).map(|_| live)
    });
    stream::iter(looked_up)
        .buffered(AT_ONCE)
        .filter_map(std::future::ready)
        .take(SHOWN)
        .collect()
        .await
}
