//! Writes what a client sends. Frames are made where the payload's type is known, in the caller's own thread.

use std::io::Write;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::EmitError;

/// Engine.IO `pong`.
pub(crate) const PONG: &str = "3";
/// Socket.IO `DISCONNECT`.
pub(crate) const DISCONNECT: &str = "41";

/// One text message, and the binary messages that follow it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) text: String,
    pub(crate) attachments: Vec<Bytes>,
}

impl Frame {
    /// A text message alone.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            attachments: Vec::new(),
        }
    }

    /// Its size in bytes.
    pub(crate) fn len(&self) -> usize {
        self.text.len() + self.attachments.iter().map(Bytes::len).sum::<usize>()
    }
}

/// Socket.IO `CONNECT` to the default namespace. `null` is sent as no payload.
pub(crate) fn connect_frame(auth: &Value) -> Frame {
    Frame::text(if auth.is_null() {
        String::from("40")
    } else {
        format!("40{auth}")
    })
}

/// `EVENT`, or `BINARY_EVENT` when it has attachments. With an `id` it asks for an acknowledgement.
pub(crate) fn event_frame<T: Serialize + ?Sized>(
    name: &str,
    payload: &T,
    id: Option<u64>,
    attachments: Vec<Bytes>,
) -> Result<Frame, EmitError> {
    let mut text = header('2', '5', id, attachments.len()).map_err(encoding)?;
    text.push(b'[');
    serde_json::to_writer(&mut text, name).map_err(encoding)?;
    text.push(b',');
    finish(text, payload, attachments)
}

/// `ACK`, or `BINARY_ACK` when it has attachments.
pub(crate) fn ack_frame<T: Serialize + ?Sized>(
    id: u64,
    payload: &T,
    attachments: Vec<Bytes>,
) -> Result<Frame, EmitError> {
    let mut text = header('3', '6', Some(id), attachments.len()).map_err(encoding)?;
    text.push(b'[');
    finish(text, payload, attachments)
}

fn header(plain: char, binary: char, id: Option<u64>, attachments: usize) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(128);
    match attachments {
        0 => write!(text, "4{plain}")?,
        count => write!(text, "4{binary}{count}-")?,
    }
    if let Some(id) = id {
        write!(text, "{id}")?;
    }
    Ok(text)
}

fn finish<T: Serialize + ?Sized>(mut text: Vec<u8>, payload: &T, attachments: Vec<Bytes>) -> Result<Frame, EmitError> {
    serde_json::to_writer(&mut text, payload).map_err(encoding)?;
    text.push(b']');
    Ok(Frame {
        text: String::from_utf8(text).map_err(encoding)?,
        attachments,
    })
}

#[allow(clippy::needless_pass_by_value)] // The shape `map_err` wants.
fn encoding(error: impl ToString) -> EmitError {
    EmitError::Encode(error.to_string())
}
