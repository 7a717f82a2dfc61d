//! What short texts are kept in that are cloned into every event and map. Most have up to 23 bytes: a server keeps those in
//! place, so that what it remembers of a crowd, such as the names of its rooms, holds no page of memory each. A browser has
//! few of them, and would have five KB more to load.

#[cfg(not(target_family = "wasm"))]
pub(crate) use smol_str::SmolStr as Text;

#[cfg(target_family = "wasm")]
pub(crate) type Text = std::sync::Arc<str>;
