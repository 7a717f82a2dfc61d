//! One's own message from the moment it is said until it stands among the lines.

use protocol::{MessageId, Refusal, chat::Said};

/// An own message that is shown already but has no place in the log that this page has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Made here; the server's answer and the broadcast carry it too.
    pub id: MessageId,
    /// As written.
    pub text: String,
    /// How it stands.
    pub fate: Fate,
}

/// How it stands with an own message.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// On its way, perhaps waiting for the connection to come back.
    Sending,
    /// The server has it; the broadcast that puts it in order is under way.
    Said(Said),
    /// The server refused it. The text is kept, to be tried again or written anew.
    Refused(Refusal),
}
