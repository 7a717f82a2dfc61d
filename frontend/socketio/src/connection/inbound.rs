//! What the server sends, on a transport that stands. A message that is no packet, or not one that may come now, ends the
//! connection: what follows it could not be trusted.

use bytes::Bytes;

use super::{Connection, Moment, Phase, Pulse};
use crate::{
    AckId, Event, Payload, Reason,
    packet::{
        self, Ack, Packet,
        decode::decode,
        encode::{Frame, PONG},
    },
};

/// The attachments of one packet may take 64 MiB together: they are held until the last has come, and a server that never
/// sends it must not fill our memory.
const MAX_ATTACHED: usize = 64 * 1024 * 1024;

/// A packet whose attachments have not all come.
#[derive(Debug)]
pub(crate) enum Assembly {
    Event(packet::Event),
    Ack(Ack),
}

impl Connection {
    /// A text message came.
    pub(super) fn text(&mut self, text: &str, at: Moment) {
        match decode(text) {
            Ok(packet) => self.packet(packet, at),
            Err(_) => self.lose(Reason::Protocol, at),
        }
    }

    /// A binary message came: the next attachment of the packet that announced it.
    pub(super) fn binary(&mut self, bytes: Bytes, at: Moment) {
        let Some(mut assembly) = self.assembly.take() else {
            return self.lose(Reason::Protocol, at);
        };
        let (missing, payload) = assembly.parts();
        *missing = missing.saturating_sub(1);
        payload.attachments.push(bytes);
        if payload.attachments.iter().map(Bytes::len).sum::<usize>() > MAX_ATTACHED {
            return self.lose(Reason::Protocol, at);
        }
        self.assembled(assembly);
    }

    fn packet(&mut self, packet: Packet, at: Moment) {
        match packet {
            Packet::Open(handshake) => self.opened(handshake, at),
            Packet::Close => self.lose(Reason::Transport(String::from("closed by the server")), at),
            Packet::Ping => self.ping(at),
            Packet::Nothing => {}
            Packet::Connect { sid } => self.connected(sid, at),
            Packet::ConnectError { message, data } => self.refused(message, data, at),
            Packet::Disconnect => self.dismissed(at),
            Packet::Event(event) => self.expected(Assembly::Event(event), at),
            Packet::Ack(ack) => self.expected(Assembly::Ack(ack), at),
        }
    }

    /// A ping came: answer, and be patient again.
    fn ping(&mut self, at: Moment) {
        if let Phase::Greeting { pulse, .. } | Phase::Connected { pulse } = &mut self.phase {
            *pulse = Pulse::felt(pulse.patience, at.now);
            self.send(Frame::text(PONG));
        }
    }

    /// An event or an acknowledgement came. It may come now only if no other waits for attachments.
    fn expected(&mut self, assembly: Assembly, at: Moment) {
        match self.phase {
            Phase::Connected { .. } if self.assembly.is_none() => self.assembled(assembly),
            _ => self.lose(Reason::Protocol, at),
        }
    }

    /// Hands on what is whole; keeps what is not.
    fn assembled(&mut self, mut assembly: Assembly) {
        if *assembly.parts().0 > 0 {
            self.assembly = Some(assembly);
            return;
        }
        match assembly {
            Assembly::Event(packet::Event { id, name, payload, .. }) => {
                let ack = id.map(|id| AckId {
                    connection: self.connection,
                    id,
                });
                self.tell(Event::Message { name, payload, ack });
            }
            Assembly::Ack(Ack { id, payload, .. }) => {
                if let Err(payload) = self.acks.resolve(id, payload) {
                    self.kept.resolve(id, payload);
                }
            }
        }
    }
}

impl Assembly {
    /// How many attachments are missing, and where they go.
    fn parts(&mut self) -> (&mut usize, &mut Payload) {
        match self {
            Self::Event(event) => (&mut event.attachments, &mut event.payload),
            Self::Ack(ack) => (&mut ack.attachments, &mut ack.payload),
        }
    }
}
