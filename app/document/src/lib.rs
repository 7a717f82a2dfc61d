//! The text that everybody in a room edits at once: operations, how they are transformed, and the state of both sides.
//!
//! This is operational transformation with one server that puts all edits in order, as in [ot.js] and before it in
//! [Google Wave]: a client has one edit under way at most and collects the next meanwhile. The operation type and its
//! algebra (compose, transform, invert) are the crate `operational-transform`'s, a port of ot.js.
//!
//! Of two edits at the same place, that of whoever is earlier in the log comes first in the text; on both sides, without
//! exception: `earlier.transform(&later)`.
//!
//! Pure: no clock, no randomness, no I/O. Places and lengths are counted in characters (Unicode scalar values); [`utf16`]
//! converts to what text fields of browsers count.
//!
//! [ot.js]: https://github.com/Operational-Transformation/ot.js
//! [Google Wave]: https://svn.apache.org/repos/asf/incubator/wave/whitepapers/operational-transform/operational-transform.html

pub mod caret;
pub mod client;
pub mod history;
pub mod undo;
pub mod utf16;
pub mod wire;

mod apply;
mod change;
mod difference;
mod split;
mod unfit;

#[cfg(test)]
mod sample;

pub use apply::{apply, invert};
pub use client::Client;
pub use difference::difference;
pub use history::History;
pub use operational_transform::OperationSeq;
pub use split::split;
pub use undo::Undo;
pub use unfit::Unfit;
