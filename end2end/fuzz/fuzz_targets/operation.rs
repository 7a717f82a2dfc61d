//! Any operations at all from the wire, a line each, against one document: each is refused, and the text unharmed, or done,
//! and then the text has just the length that the operation said.
#![no_main]

use document::{History, wire};
use protocol::{Seq, document::Operation};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut history = History::new("What we saw tonight: 🪐\n", Seq(0), 4);
    for (line, base) in text.lines().zip(0_u64..) {
        let Ok(operation) = serde_json::from_str::<Operation>(line) else {
            continue;
        };
        if operation.check().is_err() {
            continue;
        }
        let before = (history.seq(), history.text());
        // Of revisions that are there, that are gone, and that are yet to come.
        let rebased = wire::read(&operation).and_then(|operation| history.rebase(Seq(base * 2 / 3), operation));
        match rebased {
            Ok(operation) => {
                assert!(wire::write(&operation).check().is_ok(), "what is passed on is in its shortest form");
                history.push(operation.clone()).expect("what was rebased fits");
                assert_eq!(history.text().chars().count(), operation.target_len());
            }
            Err(_) => assert_eq!((history.seq(), history.text()), before),
        }
    }
});
