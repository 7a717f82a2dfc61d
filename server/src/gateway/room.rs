//! Joining and leaving rooms.

use super::{call::Call, connection::Connection, outbox::RoomOutlet};
use crate::room::{
    command::{Command, Ticket},
    state::not_joined,
};
use protocol::{
    Code, Refusal, RoomId,
    limits::ROOMS_PER_CONNECTION,
    room::{Join, Leave},
};
use std::sync::Arc;

/// `room.join`. What follows on the same connection finds the room joined, without waiting for the welcome.
pub fn join(call: Call<'_>, join: Join) {
    let Call {
        gateway,
        connection,
        io,
        back,
    } = call;
    let room = join.room.clone();
    if is_one_too_many(&connection, &room) {
        let message = format!("A connection is in {ROOMS_PER_CONNECTION} rooms at most.");
        return back.answer::<()>(Err(Refusal::new(Code::TooManyRooms, message)));
    }
    let (peer, who) = (connection.peer, connection.who.clone());
    let ticket = forget_if_refused(Arc::clone(&connection), room.clone(), back.ticket());
    let outlet = || {
        RoomOutlet::new(
            &room,
            io,
            Arc::clone(&gateway.connections),
            Arc::clone(&gateway.metrics),
        )
    };
    match gateway.rooms.join(
        &room,
        outlet,
        Command::Join {
            peer,
            who,
            join,
            ticket,
        },
    ) {
        Ok(sender) => {
            connection.joined().insert(room, sender);
        }
        Err(returned) => {
            let (command, refusal) = *returned;
            command.refuse(refusal);
        }
    }
}

/// `room.leave`.
pub fn leave(call: Call<'_>, leave: Leave) {
    let sender = call.connection.joined().remove(&leave.room);
    let Some(sender) = sender else {
        return call.back.answer::<()>(Err(not_joined()));
    };
    let peer = call.connection.peer;
    call.gateway.rooms.send_surely(
        &sender,
        Command::Leave {
            peer,
            ticket: call.back.ticket(),
        },
    );
}

fn is_one_too_many(connection: &Connection, room: &RoomId) -> bool {
    let joined = connection.joined();
    !joined.contains_key(room) && joined.len() >= ROOMS_PER_CONNECTION
}

/// A join that the room refuses must not leave it standing as joined.
fn forget_if_refused(connection: Arc<Connection>, room: RoomId, ticket: Ticket) -> Ticket {
    Ticket::new(move |answer| {
        if answer.is_err() {
            connection.joined().remove(&room);
        }
        ticket.answer(answer);
    })
}
