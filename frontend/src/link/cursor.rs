//! My cursor going up: only the newest counts, and it waits for nobody.

use super::line::Line;
use protocol::{Event, cursor::MoveCursor};
use socketio::Client;

/// Sends a cursor if it can leave at once. If the network is behind, the newest waits; if there is no connection it is
/// dropped, since the session tells where I point after each join.
pub(super) fn place(line: &Line, client: &Client, cursor: MoveCursor) {
    let left = client.emit_volatile(MoveCursor::NAME, &cursor);
    line.keep_cursor((!left && client.is_connected()).then_some(cursor));
}

/// Sends a cursor that could not leave when it came, if it can now.
pub(super) fn send_kept(line: &Line, client: &Client) {
    if let Some(cursor) = line.kept_cursor() {
        place(line, client, cursor);
    }
}
