//! The arguments of an event or an acknowledgement, as they came: JSON text that is parsed once, into the type the
//! application wants. It knows nothing of packets.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The arguments that came with an event or an acknowledgement.
///
/// They are kept as text rather than as a tree of values: the caller's own type is then the only thing that is ever
/// built from them, which is faster, and smaller as WebAssembly.
#[derive(Clone, Debug, Default)]
pub struct Payload {
    first: Option<Box<RawValue>>,
    /// The arguments after the first. Most events have none.
    pub more: Vec<Box<RawValue>>,
    /// Binary attachments, in the order in which the arguments name them; see [`Placeholder`].
    pub attachments: Vec<Bytes>,
}

impl Payload {
    /// Arguments in their order.
    pub(crate) fn new(first: Option<Box<RawValue>>, more: Vec<Box<RawValue>>) -> Self {
        Self {
            first,
            more,
            attachments: Vec::new(),
        }
    }

    /// The first argument as a `T`. An event without arguments reads as `null`.
    ///
    /// # Errors
    /// When the argument is not a `T`.
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.get())
    }

    /// The first argument as JSON text; `null` when there is none.
    #[must_use]
    pub fn get(&self) -> &str {
        self.first.as_ref().map_or("null", |raw| raw.get())
    }
}

/// Stands in a payload for a binary attachment: `Placeholder::new(0)` where the first one belongs, and so on. On the wire
/// it is `{"_placeholder":true,"num":0}`; the other side puts the bytes back in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placeholder {
    #[serde(rename = "_placeholder")]
    placeholder: bool,
    num: usize,
}

impl Placeholder {
    /// The place of attachment number `index`, counted from 0.
    #[must_use]
    pub const fn new(index: usize) -> Self {
        Self {
            placeholder: true,
            num: index,
        }
    }

    /// Which attachment belongs here, counted from 0. A peer can name one that does not exist: look it up with `get`.
    #[must_use]
    pub const fn index(self) -> usize {
        self.num
    }
}
