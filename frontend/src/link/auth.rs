//! The payload of CONNECT: a fresh token for each attempt, since tokens live shorter than rooms are open.

use app::backend::take_token;
use protocol::{VERSION, auth::Auth};
use serde_json::Value;

/// Asks the server for a token. An error is one more failed attempt to connect, in words.
pub(super) async fn payload() -> Result<Value, String> {
    let token = take_token().await.map_err(|error| error.to_string())?;
    let auth = Auth {
        token: Some(token),
        version: Some(VERSION),
    };
    serde_json::to_value(auth).map_err(|error| error.to_string())
}
