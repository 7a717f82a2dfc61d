//! What the person did and the server has not confirmed: an edit under way, those collected behind it, and the text they
//! are made for.

use super::heard::Astray;
use crate::{
    OperationSeq, Unfit,
    apply::{invert, splice},
    split,
};
use operational_transform::OTError;
use protocol::MessageId;

/// Bytes of JSON that one edit takes at most: a quarter of what a packet may have, since others' edits make it longer.
const BYTES: usize = 64 * 1024;

/// Steps that one edit takes at most: a tenth of what the server takes, since others' edits make it longer.
const STEPS: usize = 1000;

/// There is something in it, between two calls of the client.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    /// The text of the client's position. Kept, since it cannot be told from what the person sees: what was deleted is gone
    /// from there.
    server: String,
    /// The edit under way, made for `server`.
    outstanding: Option<(MessageId, OperationSeq)>,
    /// Edits that wait for it, in one; changes nothing where there are none.
    buffer: OperationSeq,
}

impl Pending {
    /// Nothing yet, over a text of so many characters.
    pub(super) fn new(server: &str, length: usize) -> Self {
        Self {
            server: server.to_owned(),
            outstanding: None,
            buffer: nothing(length),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.outstanding.is_none() && self.buffer.is_noop()
    }

    /// The text of the client's position.
    pub(super) fn server(&self) -> &str {
        &self.server
    }

    pub(super) fn outstanding(&self) -> Option<&MessageId> {
        self.sent().map(|(id, _)| id)
    }

    pub(super) fn sent(&self) -> Option<(&MessageId, &OperationSeq)> {
        self.outstanding.as_ref().map(|(id, operation)| (id, operation))
    }

    /// From the server's text to the person's, oldest first.
    pub(super) fn operations(&self) -> impl DoubleEndedIterator<Item = &OperationSeq> {
        let outstanding = self.sent().map(|(_, operation)| operation);
        outstanding.into_iter().chain([&self.buffer])
    }

    pub(super) fn edit(&mut self, operation: &OperationSeq) -> Result<(), Unfit> {
        self.buffer = self.buffer.compose(operation).map_err(|_| Unfit::Length)?;
        Ok(())
    }

    /// Puts what is collected under way, or the first part of it, if nothing else is.
    pub(super) fn take(&mut self, id: impl FnOnce() -> Option<MessageId>) -> Option<()> {
        if self.outstanding.is_some() || self.buffer.is_noop() {
            return None;
        }
        let id = id()?;
        let (first, rest) = split(&self.buffer, BYTES, STEPS);
        self.buffer = rest.unwrap_or_else(|| nothing(first.target_len()));
        self.outstanding = Some((id, first));
        Some(())
    }

    /// Somebody else's edit, of the server's text. Returns what it does to the person's. On an error nothing was changed.
    pub(super) fn hear(&mut self, operation: &OperationSeq) -> Result<OperationSeq, OTError> {
        let mut change = operation.clone();
        let mut outstanding = None;
        if let Some((_, sent)) = &self.outstanding {
            let (after, sent) = change.transform(sent)?;
            (change, outstanding) = (after, Some(sent));
        }
        (change, self.buffer) = change.transform(&self.buffer)?;
        if let (Some((_, sent)), Some(transformed)) = (&mut self.outstanding, outstanding) {
            *sent = transformed;
        }
        splice(&mut self.server, operation);
        Ok(change)
    }

    /// The edit under way has its place in the log.
    pub(super) fn confirm(&mut self, operation: &OperationSeq) -> Result<(), Astray> {
        if self.sent().is_none_or(|(_, sent)| sent != operation) {
            return Err(Astray::Altered);
        }
        splice(&mut self.server, operation);
        self.outstanding = None;
        Ok(())
    }

    /// Takes the edit under way back, out from below what was collected behind it. Returns what that does to the person's
    /// text.
    pub(super) fn withdraw(&mut self) -> Option<OperationSeq> {
        let (_, operation) = self.outstanding.take()?;
        let inverse = invert(&self.server, &operation);
        let (change, buffer) = inverse.transform(&self.buffer).ok()?;
        self.buffer = buffer;
        Some(change)
    }
}

/// What changes nothing in a text of so many characters.
fn nothing(length: usize) -> OperationSeq {
    let mut nothing = OperationSeq::default();
    nothing.retain(length as u64);
    nothing
}
