//! The life of a token while its connection is open: another is handed in, its end is told, and the connection ends with it.

mod lives;

use super::{
    Gateway,
    call::Call,
    connection::{Connected, Connection, Connections},
    outbox,
};
use crate::{
    clock::Now,
    revocation::Register,
    room::command::Command,
    token::{self, Bearer, Keys},
};
pub use lives::Terms;
use lives::{Lives, Turn};
use protocol::{
    Code, Millis, PeerId, Refusal,
    auth::{Ended, Expiring, Refresh, Refreshed},
};
use socketioxide::TransportType;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// How long a client has to close its transport once it was told that its connection has ended.
const FAREWELL: Duration = Duration::from_secs(1);

/// What decides who comes in and how long they stay.
pub struct Admission {
    /// Who may come in.
    pub keys: Arc<Keys>,
    /// How long they stay.
    pub terms: Terms,
    /// Where it is kept who no longer may.
    pub register: Arc<dyn Register>,
}

/// One timer for the tokens of all connections.
pub struct Timer {
    terms: Terms,
    lives: Mutex<Lives>,
    /// Something is due sooner than it was.
    sooner: Notify,
}

impl Timer {
    /// One in which nothing is due.
    #[must_use]
    pub fn new(terms: Terms) -> Self {
        Self {
            terms,
            lives: Mutex::new(Lives::new(terms, Instant::now())),
            sooner: Notify::new(),
        }
    }

    /// This connection has this token from now on.
    pub fn take(&self, peer: PeerId, bearer: &Bearer) {
        let mut lives = self.lock();
        let before = lives.next();
        lives.take(peer, end(bearer), Now::read());
        if before.is_none_or(|before| lives.next().is_some_and(|next| next < before)) {
            self.sooner.notify_one();
        }
    }

    /// This connection is gone.
    pub fn forget(&self, peer: PeerId) {
        self.lock().forget(peer);
    }

    /// Gives back the places that a crowd has left empty.
    pub fn shrink(&self) {
        self.lock().shrink();
    }

    /// Minds all tokens for ever: tells and ends whoever it is time for.
    pub async fn mind(&self, connections: &Connections) {
        loop {
            let next = self.lock().next();
            let due = async {
                match next {
                    Some(next) => tokio::time::sleep_until(next.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => {}
                () = self.sooner.notified() => {}
            }
            while let Some((peer, turn)) = self.due() {
                // One that has gone meanwhile needs nothing any more.
                if let Some(connected) = connections.get(peer) {
                    self.turn(&connected, turn);
                }
            }
        }
    }

    fn due(&self) -> Option<(PeerId, Turn)> {
        self.lock().due(Instant::now())
    }

    fn turn(&self, connected: &Connected, turn: Turn) {
        match turn {
            Turn::Warn => {
                let expiring = Expiring {
                    expires_at: end(&connected.connection.bearer()),
                    grace_ms: u64::try_from(self.terms.grace.as_millis()).unwrap_or(u64::MAX),
                };
                outbox::emit(connected, &expiring.into());
            }
            Turn::End => end_for(connected, Code::TokenExpired),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lives> {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `auth.refresh`: the new token takes the place of the one before. A refused one changes nothing.
pub fn refresh(call: Call<'_>, refresh: Refresh) {
    let answer = renew(call.gateway, &call.connection, &refresh);
    let (connected, revoked) = (call.back.connected.clone(), is_revoked(call.gateway, &call.connection));
    call.back.answer(answer);
    if revoked {
        end_for(&connected, Code::TokenRevoked);
    }
}

fn renew(gateway: &Gateway, connection: &Connection, refresh: &Refresh) -> Result<Refreshed, Refusal> {
    let bearer = gateway.keys.verify(&refresh.token)?;
    if bearer.who.user_id != connection.user {
        return Err(token::refusal(Code::TokenWrongPerson));
    }
    let expires_at = end(&bearer);
    gateway.timer.take(connection.peer, &bearer);
    let grants = bearer.grants.clone();
    connection.renew(bearer);
    for way in connection.ways() {
        let (peer, granted) = (connection.peer, grants.role(&way.room));
        gateway.rooms.send_surely(&way, Command::Regrant { peer, granted });
    }
    Ok(Refreshed { expires_at })
}

/// Whether the token of a connection was revoked, perhaps between being verified and being noted, when nobody could see it.
pub fn is_revoked(gateway: &Gateway, connection: &Connection) -> bool {
    gateway.keys.revocations().covers(&connection.bearer())
}

/// Ends a connection because of its token: says why first, and then as Socket.IO says it, so that no client comes back by
/// itself with the same token.
pub fn end_for(connected: &Connected, code: Code) {
    if !connected.connection.end_for(code) {
        return;
    }
    let error = token::refusal(code);
    outbox::emit(connected, &Ended { error }.into());
    if connected.socket.clone().disconnect().is_err() {
        return connected.connection.evict();
    }
    // A WebSocket is one connection's own, and its client closes it now. What others share closes by itself.
    if connected.socket.transport_type() == TransportType::Websocket {
        let flow = connected.connection.flow();
        tokio::spawn(async move {
            tokio::time::sleep(FAREWELL).await;
            flow.end();
        });
    }
}

/// When a token ends.
fn end(bearer: &Bearer) -> Millis {
    Millis(bearer.until.saturating_mul(1000))
}
