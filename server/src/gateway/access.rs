//! Access: changing it.

use super::{call::Call, id};
use crate::room::command::Command;
use protocol::access::ChangeAccess;

/// `access.change`.
pub fn change(call: Call<'_>, mut change: ChangeAccess) {
    change.id = change.id.or_else(id::made);
    let (peer, room) = (call.connection.peer, change.room.clone());
    let Some(invite) = id::invite() else { return };
    let wished = Box::new((change, invite));
    call.hand(&room, |ticket| Command::ChangeAccess { peer, wished, ticket });
}
