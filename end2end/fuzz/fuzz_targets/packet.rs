//! Any text at all where a server's packet is expected: the decoder answers with a packet or an error, and never panics.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    socketio::decode_packet(text);
});
