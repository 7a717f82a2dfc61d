//! Typing.

use super::call::Call;
use crate::room::command::Command;
use protocol::{Event as _, typing::Type};

/// `typing`.
pub fn set(call: Call<'_>, Type { room, typing }: Type) {
    let peer = call.connection.peer;
    call.hand_newest(Type::NAME, &room, |ticket| Command::Type { peer, typing, ticket });
}
