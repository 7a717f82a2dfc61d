//! Ids for entries whose client gave them none.

use protocol::MessageId;

/// 128 random bits. `None` never happens: hexadecimal digits are within the rule of [`MessageId`].
pub fn made() -> Option<MessageId> {
    format!("{:032x}", rand::random::<u128>()).parse().ok()
}
