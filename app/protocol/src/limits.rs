//! The sizes both sides hold each other to. What exceeds one is refused with the code named beside it and never cut.

/// Characters of a chat text (`text_too_long`). Enough for a long paragraph; more belongs into the document.
pub const CHAT_TEXT: usize = 2000;

/// Messages that one `chat.read` answers with at most, and that a join replays at most.
pub const CHAT_PAGE: u32 = 100;

/// Bytes of a room id (`malformed`).
pub const ROOM_ID: usize = 64;

/// Bytes of a user id (`malformed`).
pub const USER_ID: usize = 128;

/// Bytes of a message id (`malformed`).
pub const MESSAGE_ID: usize = 64;

/// Characters of a display name (`malformed`).
pub const NAME: usize = 40;

/// Largest absolute coordinate in canvas units (`bad_coordinates`).
pub const COORDINATE: f64 = 1_000_000.0;

/// Rooms that one connection may be in at once (`too_many_rooms`).
pub const ROOMS_PER_CONNECTION: usize = 16;

/// Bytes of one packet; beyond it the connection is closed, since its rest cannot be skipped.
pub const PACKET: usize = 256 * 1024;
