//! Tokens: a fresh one for each attempt to connect, and another before the one of an open connection ends.

use app::backend::take_token;
use leptos::task::spawn_local;
use protocol::{
    Event, VERSION,
    auth::{Auth, Refresh},
};
use serde_json::Value;
use socketio::Client;

/// Hands in another token, if there is one. If not, the server says what comes of it.
pub(super) fn renew(client: Client) {
    spawn_local(async move {
        if let Ok(Some(token)) = take_token().await {
            client.emit(Refresh::NAME, &Refresh { token }).ok();
        }
    });
}

/// The payload of CONNECT. An error is one more failed attempt to connect, in words; without a token the server says why.
pub(super) async fn payload() -> Result<Value, String> {
    let token = take_token().await.map_err(|error| error.to_string())?;
    let auth = Auth {
        token,
        version: Some(VERSION),
    };
    serde_json::to_value(auth).map_err(|error| error.to_string())
}
