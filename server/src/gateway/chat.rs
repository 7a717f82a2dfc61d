//! Chat: saying and reading.

use super::call::Call;
use crate::room::command::Command;
use protocol::{
    MessageId,
    chat::{ReadChat, Say},
};

/// `chat`.
pub fn say(call: Call<'_>, mut say: Say) {
    if let Err(refusal) = say.check() {
        return call.back.answer::<()>(Err(refusal));
    }
    say.id = say.id.or_else(message_id);
    let peer = call.connection.peer;
    let room = say.room.clone();
    call.hand(&room, |ticket| Command::Say { peer, say, ticket });
}

/// `chat.read`.
pub fn read(call: Call<'_>, read: ReadChat) {
    let peer = call.connection.peer;
    let room = read.room.clone();
    call.hand(&room, |ticket| Command::ReadChat { peer, read, ticket });
}

/// An id for a message whose client gave it none: 128 random bits.
fn message_id() -> Option<MessageId> {
    format!("{:032x}", rand::random::<u128>()).parse().ok()
}
