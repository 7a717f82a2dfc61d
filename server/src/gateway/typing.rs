//! Typing.

use super::call::Call;
use crate::room::command::Command;
use protocol::typing::Type;

/// `typing`.
pub fn set(call: Call<'_>, Type { room, typing }: Type) {
    let peer = call.connection.peer;
    call.hand(&room, |ticket| Command::Type { peer, typing, ticket });
}
