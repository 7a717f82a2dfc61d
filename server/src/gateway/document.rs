//! The document: edits and carets.

use super::{call::Call, id};
use crate::room::command::Command;
use protocol::{
    Event as _,
    document::{EditDocument, MoveCaret},
};

/// `document.edit`.
pub fn edit(call: Call<'_>, mut edit: EditDocument) {
    if let Err(refusal) = edit.check() {
        return call.back.answer::<()>(Err(refusal));
    }
    edit.id = edit.id.or_else(id::made);
    let peer = call.connection.peer;
    let room = edit.room.clone();
    let edit = Box::new(edit);
    call.hand(&room, |ticket| Command::EditDocument { peer, edit, ticket });
}

/// `document.caret`.
pub fn caret(call: Call<'_>, moved: MoveCaret) {
    let (peer, caret) = (call.connection.peer, moved.caret.map(Box::new));
    call.hand_newest(MoveCaret::NAME, &moved.room, |ticket| Command::MoveCaret {
        peer,
        caret,
        ticket,
    });
}
