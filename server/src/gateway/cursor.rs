//! Cursors.

use super::call::Call;
use crate::room::command::Command;
use protocol::{Event as _, cursor::MoveCursor};

/// `cursor`.
pub fn place(call: Call<'_>, moved: MoveCursor) {
    if let Err(refusal) = moved.check() {
        return call.back.answer::<()>(Err(refusal));
    }
    let (peer, x, y) = (call.connection.peer, moved.x, moved.y);
    call.hand_newest(MoveCursor::NAME, &moved.room, |ticket| Command::MoveCursor {
        peer,
        x,
        y,
        ticket,
    });
}
