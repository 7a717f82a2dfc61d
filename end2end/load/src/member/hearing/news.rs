//! What comes while one is in a room: cursors, lines, edits. Each is counted, and how long it took.

use std::time::Duration;

use protocol::{
    Event as _, PeerId, chat::ChatMessage, cursor, document::DocumentEdited, drain::Draining, refusal::Refused,
};
use socketio::Payload;

use super::Ear;
use crate::{
    clock::read_id,
    member::{
        chat::{Heard, Line},
        sky::{Frame, Moved, Seen},
        text::Next,
    },
};

impl Ear {
    pub(super) fn heard(&mut self, name: String, payload: Payload) {
        match name.as_str() {
            cursor::CursorsMoved::NAME => {
                if let Ok(Frame { moves }) = payload.parse() {
                    self.moved(moves.into_iter());
                }
            }
            cursor::CursorMoved::NAME => {
                if let Ok(moved) = payload.parse::<Moved<'_>>() {
                    self.moved([(moved.peer(), moved.x, moved.y)].into_iter());
                }
            }
            ChatMessage::NAME | DocumentEdited::NAME if !self.live || self.joining.is_some() => {
                self.early.push((name, payload));
            }
            ChatMessage::NAME => self.said(&payload),
            DocumentEdited::NAME => self.edited(&payload),
            Draining::NAME => {
                if let Ok(Draining { retry_after_ms }) = payload.parse() {
                    self.me.client.retry_after(Duration::from_millis(retry_after_ms));
                }
            }
            Refused::NAME => self.me.crowd.failed(&format!("refused: {}", payload.get())),
            _ => {}
        }
    }

    fn moved(&mut self, moves: impl ExactSizeIterator<Item = (PeerId, f64, f64)>) {
        let (crowd, now) = (&self.me.crowd, self.me.crowd.clock.micros());
        crowd.tally.heard_positions(moves.len());
        let mut state = self.me.state();
        let fresh: Vec<(usize, u64)> = moves
            .filter_map(|(peer, x, y)| match state.sky.hear(peer, x, y) {
                Seen::Fresh { member, number } => Some((member, number)),
                Seen::Again | Seen::Backwards => None,
            })
            .collect();
        drop(state);
        crowd.tally.delivered(fresh.len());
        for across in [false, true] {
            let theirs = fresh.iter().filter(|(member, _)| self.is_across(*member) == across);
            let mut took = theirs
                .filter_map(|(member, number)| self.me.place.sent(*member, *number))
                .peekable();
            if took.peek().is_some() {
                crowd
                    .tally
                    .cursors
                    .of(across)
                    .record(took.map(|sent| now.saturating_sub(sent)));
            }
        }
    }

    fn is_across(&self, member: usize) -> bool {
        let target = &self.me.crowd.target;
        target.replicas() > 1 && target.replica(member) != target.replica(self.me.index)
    }

    fn said(&mut self, payload: &Payload) {
        let Ok(line) = payload.parse::<Line>() else {
            return self.me.crowd.failed("a line that cannot be read");
        };
        let heard = self.me.state().chat.heard(&line);
        match heard {
            Heard::Fresh => self.told(&line),
            Heard::Gap => self.me.join.notify_one(),
            Heard::Known | Heard::Twice => {}
        }
    }

    /// A line that had not been heard.
    pub(super) fn told(&self, line: &Line) {
        if let Some((at, member)) = read_id(&line.id) {
            let crowd = &self.me.crowd;
            crowd.tally.delivered(1);
            let took = crowd.clock.micros().saturating_sub(at);
            crowd.tally.chat.of(self.is_across(member)).record([took]);
        }
    }

    fn edited(&mut self, payload: &Payload) {
        let mut state = self.me.state();
        let Some(text) = &mut state.text else {
            return;
        };
        let Ok(edited) = payload.parse::<DocumentEdited>() else {
            return self.me.crowd.failed("an edit that cannot be read");
        };
        let next = text.heard(&edited);
        drop(state);
        if next == Next::Rest {
            let crowd = &self.me.crowd;
            if let Some((at, member)) = read_id(edited.id.as_str()) {
                crowd.tally.delivered(1);
                let took = crowd.clock.micros().saturating_sub(at);
                crowd.tally.edits.of(self.is_across(member)).record([took]);
            }
            self.me.send_edit();
        }
        self.me.follow(next);
    }
}
