//! Reads what a server sends. Any text at all may come: the answer is a packet or an error, never a panic.

use std::{fmt, marker::PhantomData, time::Duration};

use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use thiserror::Error;

use super::{Ack, Event, Handshake, Packet};
use crate::Payload;

/// More attachments than this in one packet are refused: no honest server sends them, and each has to be waited for.
const MAX_ATTACHMENTS: usize = 256;

/// Why a text is no packet.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum DecodeError {
    #[error("the packet type is unknown")]
    Type,
    #[error("the packet is for another namespace")]
    Namespace,
    #[error("the number of attachments is missing or too large")]
    Attachments,
    #[error("the acknowledgement's number is missing or too large")]
    Id,
    #[error("the payload is not what this packet carries")]
    Payload,
}

/// Reads one text message.
pub(crate) fn decode(text: &str) -> Result<Packet, DecodeError> {
    match split_type(text)? {
        (b'0', json) => Ok(Packet::Open(handshake(json)?)),
        (b'1', _) => Ok(Packet::Close),
        (b'2', _) => Ok(Packet::Ping),
        (b'3' | b'6', _) => Ok(Packet::Nothing),
        (b'4', packet) => message(packet),
        _ => Err(DecodeError::Type),
    }
}

fn handshake(json: &str) -> Result<Handshake, DecodeError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Opening {
        ping_interval: u64,
        ping_timeout: u64,
    }
    let opening: Opening = parse(json)?;
    Ok(Handshake {
        ping_interval: Duration::from_millis(opening.ping_interval),
        ping_timeout: Duration::from_millis(opening.ping_timeout),
    })
}

fn message(text: &str) -> Result<Packet, DecodeError> {
    match split_type(text)? {
        (b'0', rest) => connect(skip_namespace(rest)?),
        (b'1', rest) => skip_namespace(rest).map(|_| Packet::Disconnect),
        (b'2', rest) => event(rest, 0),
        (b'3', rest) => ack(rest, 0),
        (b'4', rest) => connect_error(skip_namespace(rest)?),
        (b'5', rest) => split_attachments(rest).and_then(|(count, rest)| event(rest, count)),
        (b'6', rest) => split_attachments(rest).and_then(|(count, rest)| ack(rest, count)),
        _ => Err(DecodeError::Type),
    }
}

fn connect(json: &str) -> Result<Packet, DecodeError> {
    #[derive(Deserialize)]
    struct Connect {
        sid: String,
    }
    parse(json).map(|Connect { sid }| Packet::Connect { sid })
}

fn connect_error(json: &str) -> Result<Packet, DecodeError> {
    #[derive(Deserialize)]
    struct Refusal {
        message: String,
        data: Option<Box<RawValue>>,
    }
    let refusal: Refusal = parse(json)?;
    let data = refusal.data.map(|data| Payload::new(Some(data), Vec::new()));
    Ok(Packet::ConnectError {
        message: refusal.message,
        data,
    })
}

fn event(text: &str, attachments: usize) -> Result<Packet, DecodeError> {
    let (id, json) = split_id(skip_namespace(text)?)?;
    let Arguments { head: name, payload } = parse::<Arguments<String>>(json)?;
    Ok(Packet::Event(Event {
        id,
        name,
        payload,
        attachments,
    }))
}

fn ack(text: &str, attachments: usize) -> Result<Packet, DecodeError> {
    let (id, json) = split_id(skip_namespace(text)?)?;
    let Arguments { payload, .. } = parse::<Arguments<()>>(json)?;
    Ok(Packet::Ack(Ack {
        id: id.ok_or(DecodeError::Id)?,
        payload,
        attachments,
    }))
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, DecodeError> {
    serde_json::from_str(json).map_err(|_| DecodeError::Payload)
}

fn split_type(text: &str) -> Result<(u8, &str), DecodeError> {
    let kind = text.bytes().next().filter(u8::is_ascii).ok_or(DecodeError::Type)?;
    Ok((kind, &text[1..]))
}

/// Leading digits, and what follows them.
fn split_digits(text: &str) -> (&str, &str) {
    let end = text
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

fn split_attachments(text: &str) -> Result<(usize, &str), DecodeError> {
    let (digits, rest) = split_digits(text);
    let count = digits.parse().ok().filter(|count| *count <= MAX_ATTACHMENTS);
    count.zip(rest.strip_prefix('-')).ok_or(DecodeError::Attachments)
}

fn split_id(text: &str) -> Result<(Option<u64>, &str), DecodeError> {
    match split_digits(text) {
        ("", rest) => Ok((None, rest)),
        (digits, rest) => digits.parse().map(|id| (Some(id), rest)).map_err(|_| DecodeError::Id),
    }
}

/// We join the default namespace alone, which is usually left out and may be spelled `/,`.
fn skip_namespace(text: &str) -> Result<&str, DecodeError> {
    match text.strip_prefix('/') {
        None => Ok(text),
        Some("") => Ok(""),
        Some(rest) => rest.strip_prefix(',').ok_or(DecodeError::Namespace),
    }
}

/// The JSON array of an event (`H` is its name) or of an acknowledgement (`H` is nothing).
struct Arguments<H> {
    head: H,
    payload: Payload,
}

/// What an array of arguments begins with.
trait Head: Sized {
    fn take<'de, A: SeqAccess<'de>>(arguments: &mut A) -> Result<Self, A::Error>;
}

impl Head for () {
    fn take<'de, A: SeqAccess<'de>>(_: &mut A) -> Result<Self, A::Error> {
        Ok(())
    }
}

impl Head for String {
    fn take<'de, A: SeqAccess<'de>>(arguments: &mut A) -> Result<Self, A::Error> {
        arguments
            .next_element()?
            .ok_or_else(|| A::Error::custom("an event has a name"))
    }
}

impl<'de, H: Head> Deserialize<'de> for Arguments<H> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(InOrder(PhantomData))
    }
}

/// Reads the arguments one after the other.
struct InOrder<H>(PhantomData<H>);

impl<'de, H: Head> Visitor<'de> for InOrder<H> {
    type Value = Arguments<H>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of arguments")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut arguments: A) -> Result<Self::Value, A::Error> {
        let head = H::take(&mut arguments)?;
        let first = arguments.next_element()?;
        let mut more = Vec::new();
        while let Some(argument) = arguments.next_element()? {
            more.push(argument);
        }
        Ok(Arguments {
            head,
            payload: Payload::new(first, more),
        })
    }
}
