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

/// Bytes of a document in UTF-8 (`document_full`): as much as a text field in a browser still bears.
pub const DOCUMENT: usize = 1024 * 1024;

/// Steps of one operation on a document (`bad_operation`). Whole pages of scattered corrections need some hundreds.
pub const OPERATION_STEPS: usize = 10_000;

/// Edits of a document that are kept (`history_gone` beyond): whoever missed no more comes back without a snapshot.
pub const DOCUMENT_HISTORY: usize = 20_000;

/// Bytes of edits of a document that are kept, and of changes of notes (`history_gone` beyond, as above). 20,000 edits by
/// hand take less; as many pastes would take gigabytes.
pub const HISTORY_BYTES: usize = 8 * 1024 * 1024;

/// Notes in a room (`notes_full`).
pub const NOTES: usize = 500;

/// Characters of a note (`text_too_long`).
pub const NOTE_TEXT: usize = 1000;

/// Bytes of a note's id (`malformed`).
pub const NOTE_ID: usize = 64;

/// Changes of notes that are kept: whoever missed no more comes back without a snapshot.
pub const NOTE_HISTORY: usize = 1000;

/// People to whom one room gives a role (`access_full`).
pub const ACCESS_MEMBERS: usize = 1000;

/// Changes of access that are kept beside their snapshot: whoever sends one again within so many does it once.
pub const ACCESS_HISTORY: usize = 100;

/// Invitations to one room that hold at the same time (`access_full`).
pub const ACCESS_INVITES: usize = 100;

/// Longest time in seconds for which an invitation can be made (`malformed`): 90 days.
pub const INVITE_SECONDS: u32 = 90 * 24 * 60 * 60;

/// Milliseconds after which somebody who has not said so again is typing no longer.
pub const TYPING_MS: u64 = 5000;
