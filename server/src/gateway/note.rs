//! Notes.

use super::{call::Call, id};
use crate::room::command::Command;
use protocol::note::ChangeNote;

/// `note.change`.
pub fn change(call: Call<'_>, mut change: ChangeNote) {
    if let Err(refusal) = change.change.check() {
        return call.back.answer::<()>(Err(refusal));
    }
    change.id = change.id.or_else(id::made);
    let peer = call.connection.peer;
    let room = change.room.clone();
    let change = Box::new(change);
    call.hand(&room, |ticket| Command::ChangeNote { peer, change, ticket });
}
