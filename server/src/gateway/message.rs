//! An event as the bytes of a WebSocket message, written once for all who hear it.

use bytes::Bytes;
use serde::Serialize;
use std::io::Write as _;

/// Bytes that the head of a message has at most.
const HEAD: usize = 10;

/// The first byte of a message of text that is whole (RFC 6455, section 5.2).
const TEXT: u8 = 0x81;

/// An event of the default namespace: a message of Engine.IO (`4`) that holds an event of Socket.IO (`2`), as one message
/// of text from a server, which masks nothing. `None` for what is no JSON.
pub fn message(name: &str, event: &impl Serialize) -> Option<Bytes> {
    let mut bytes = vec![0; HEAD];
    write!(bytes, "42[\"{name}\",").ok()?;
    serde_json::to_writer(&mut bytes, event).ok()?;
    bytes.push(b']');
    // The head is written right before what it is the head of: how long it is depends on how long that is.
    let length = bytes.len() - HEAD;
    let head = match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..126), _) => vec![TEXT, short],
        (_, Ok(middle)) => [&[TEXT, 126][..], &middle.to_be_bytes()].concat(),
        _ => [&[TEXT, 127][..], &(length as u64).to_be_bytes()].concat(),
    };
    let start = HEAD - head.len();
    bytes[start..HEAD].copy_from_slice(&head);
    Some(Bytes::from(bytes).slice(start..))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt;
    use protocol::{Code, Event, Refusal, refusal::Refused};
    use tokio::io::AsyncWriteExt;
    use tokio_tungstenite::{WebSocketStream, tungstenite::protocol::Role};

    /// An event whose packet has so many bytes.
    fn of(bytes: usize) -> (Refused, String) {
        let refused = |event: String| Refused {
            event,
            error: Refusal::new(Code::Busy, "No."),
        };
        let packet = |event: &Refused| format!("42[\"refused\",{}]", serde_json::to_string(event).unwrap());
        let least = packet(&refused(String::new())).len();
        let event = refused("x".repeat(bytes - least));
        let packet = packet(&event);
        assert_eq!(packet.len(), bytes);
        (event, packet)
    }

    #[tokio::test]
    async fn a_client_reads_it_however_long_it_is() {
        let (mut ours, theirs) = tokio::io::duplex(1 << 20);
        let mut client = WebSocketStream::from_raw_socket(theirs, Role::Client, None).await;
        for bytes in [100, 125, 126, 127, 65_535, 65_536, 100_000] {
            let (event, packet) = of(bytes);
            ours.write_all(&message(Refused::NAME, &event).unwrap()).await.unwrap();
            let read = client.next().await.unwrap().unwrap();
            assert_eq!(read.into_text().unwrap().as_str(), packet);
        }
    }
}
