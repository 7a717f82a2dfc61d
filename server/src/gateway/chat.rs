//! Chat: saying and reading.

use super::{call::Call, id};
use crate::room::command::Command;
use protocol::chat::{ReadChat, Say};

/// `chat`.
pub fn say(call: Call<'_>, mut say: Say) {
    if let Err(refusal) = say.check() {
        return call.back.answer::<()>(Err(refusal));
    }
    say.id = say.id.or_else(id::made);
    let peer = call.connection.peer;
    let (room, say) = (say.room.clone(), Box::new(say));
    call.hand(&room, |ticket| Command::Say { peer, say, ticket });
}

/// `chat.read`.
pub fn read(call: Call<'_>, read: ReadChat) {
    let peer = call.connection.peer;
    let (room, read) = (read.room.clone(), Box::new(read));
    call.hand(&room, |ticket| Command::ReadChat { peer, read, ticket });
}
