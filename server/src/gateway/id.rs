//! Ids that this server makes.

use protocol::{InviteId, MessageId};

/// Digits of base64url.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// For an entry whose client gave it none: 128 random bits. `None` never happens: hexadecimal digits are within the rule of
/// [`MessageId`].
pub fn made() -> Option<MessageId> {
    format!("{:032x}", rand::random::<u128>()).parse().ok()
}

/// For an invitation: 128 random bits, from a generator that is fit for secrets. `None` never happens, as above.
pub fn invite() -> Option<InviteId> {
    let mut bits: u128 = rand::random();
    let digits = std::iter::repeat_with(|| {
        let digit = DIGITS[(bits % 64) as usize];
        bits /= 64;
        char::from(digit)
    });
    digits.take(22).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_and_no_two_alike() {
        assert!(made().is_some() && made() != made());
        assert!(invite().is_some() && invite() != invite());
    }
}
