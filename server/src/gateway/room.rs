//! Joining and leaving rooms.

use super::{call::Call, connection::Connection, outbox::RoomOutlet};
use crate::room::{
    command::{Addressee, Command, Reply, Ticket},
    state::not_joined,
};
use protocol::{
    Code, Refusal, RoomId,
    room::{Join, Leave},
};
use std::sync::Arc;

/// `room.join`. What follows on the same connection finds the room joined, without waiting for the welcome.
pub fn join(call: Call<'_>, join: Join) {
    let Call {
        gateway,
        connection,
        back,
    } = call;
    let room = join.room.clone();
    let (peer, who) = (connection.peer, connection.bearer().who.clone());
    let again = connection.way(&room).is_some();
    let ticket = if again {
        back.ticket()
    } else {
        Ticket::new(First {
            ticket: back.ticket(),
            connection: Arc::clone(&connection),
            room: room.clone(),
        })
    };
    let granted = connection.bearer().grants.role(&room);
    let command = Command::Join {
        peer,
        wished: Box::new((who, join)),
        granted,
        ticket,
    };
    let most = gateway.limits.rooms_per_connection as usize;
    let outlet = || RoomOutlet::new(&room, gateway);
    let entered = connection.enter(&room, |others| {
        if others >= most {
            return Err(Box::new((command, too_many_rooms(most))));
        }
        gateway.rooms.join(&room, outlet, command)
    });
    if let Err(returned) = entered {
        let (command, refusal) = *returned;
        command.refuse(refusal);
    }
}

/// `room.leave`.
pub fn leave(call: Call<'_>, leave: Leave) {
    let Some(way) = call.connection.exit(&leave.room) else {
        return call.back.answer::<()>(Err(not_joined()));
    };
    let peer = call.connection.peer;
    let ticket = call.back.ticket();
    call.gateway.rooms.send_surely(&way, Command::Leave { peer, ticket });
}

fn too_many_rooms(most: usize) -> Refusal {
    let message = format!("A connection is in {most} rooms at most.");
    Refusal::new(Code::TooManyRooms, message)
}

/// Who asks for a first join: one that is refused must not leave the room standing as joined.
struct First {
    ticket: Ticket,
    connection: Arc<Connection>,
    room: RoomId,
}

impl Addressee for First {
    fn puts_off(&self) -> Option<Refusal> {
        self.ticket.puts_off()
    }

    fn answer(self: Box<Self>, answer: Result<Reply, Refusal>) {
        if answer.is_err() {
            self.connection.exit(&self.room);
        }
        self.ticket.answer(answer);
    }
}
