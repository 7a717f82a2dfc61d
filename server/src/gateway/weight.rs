//! How large something is on its way to a client.

use serde::Serialize;
use std::io;

/// Bytes of it as JSON, which is what the library makes of it. What does not serialize weighs what it got to: it is not
/// sent either.
pub fn weight(told: &impl Serialize) -> usize {
    let mut scales = Scales(0);
    serde_json::to_writer(&mut scales, told).ok();
    scales.0
}

/// Weighs what is written to it, and keeps none of it.
struct Scales(usize);

impl io::Write for Scales {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_weighs_what_it_is_written_as() {
        let told = serde_json::json!({ "text": "a \"line\"\nand ☾", "entries": [1, 2.5, null] });
        assert_eq!(weight(&told), told.to_string().len());
    }
}
