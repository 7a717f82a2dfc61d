//! What the person does, and what the text field shows: typing, undo and redo, and what of it goes out.

use super::{Model, ends::Ends, stroke::Stroke};
use ::document::{
    Client, OperationSeq, apply,
    client::Sending,
    difference, invert,
    utf16::{self, Splice},
};
use protocol::{MessageId, Refusal};

impl Model {
    /// The text field holds this now, at `now` (milliseconds), the caret being after so many UTF-16 units. Refused where it
    /// breaks a limit; then the field has to show what it showed before.
    pub fn typed(&mut self, value: &str, caret: Option<usize>, now: f64) -> Result<(), Refusal> {
        let caret = caret.map(|units| utf16::to_chars(value, units));
        let change = difference(&self.shown, value, caret);
        // Who typed saw only what is shown; what is unseen is earlier in the log.
        let (Some(client), Ok((unseen, edit))) = (&mut self.client, self.unseen.transform(&change)) else {
            return Ok(());
        };
        let inverse = invert(client.text(), &edit);
        client.edit(&edit)?;
        if let Some(splice) = utf16::splices(&self.shown, &change).next() {
            let stroke = Stroke::of(&splice, now);
            let goes_on = self.typed.as_ref().is_some_and(|last| last.is_followed_by(&stroke));
            self.undo.edited(inverse, goes_on);
            self.typed = Some(stroke);
        }
        value.clone_into(&mut self.shown);
        self.unseen = unseen;
        Ok(())
    }

    /// Takes the last step of what this person did back. `false` where there is none.
    pub fn undo(&mut self) -> bool {
        let step = self.client.as_ref().and_then(|client| self.undo.undo(client.text()));
        self.step(step)
    }

    /// Does again what was undone last. `false` where nothing was.
    pub fn redo(&mut self) -> bool {
        let step = self.client.as_ref().and_then(|client| self.undo.redo(client.text()));
        self.step(step)
    }

    /// Whether there is something of mine to undo.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.undo.can_undo()
    }

    /// Whether there is something to redo.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        self.undo.can_redo()
    }

    /// Whether there is something that the text field does not show yet.
    #[must_use]
    pub fn has_unseen(&self) -> bool {
        !self.unseen.is_noop()
    }

    /// Shows what is unseen: `show` gets each splice in turn, to be done to the text field. Returns where what is selected
    /// there (`selection`: begin and end in UTF-16 units) belongs now; `None` where there is nothing to show.
    ///
    /// What others write where my caret is comes behind it, and what they write at an edge of what I selected stays outside.
    /// After an own undo or redo the caret stands behind what that changed last.
    pub fn show(&mut self, selection: (usize, usize), mut show: impl FnMut(Splice<'_>)) -> Option<(usize, usize)> {
        if !self.has_unseen() {
            return None;
        }
        let places = Ends::of(&self.shown, selection).follow(&self.unseen);
        let mut changed = 0;
        for splice in utf16::splices(&self.shown, &self.unseen) {
            changed = splice.from + str_units(splice.text);
            show(splice);
        }
        let unseen = std::mem::take(&mut self.unseen);
        self.mine.follow(&unseen);
        // Fits by construction.
        if apply(&mut self.shown, &unseen).is_err() {
            self.shown = self.text().to_owned();
        }
        self.unseen = stay(&self.shown);
        let stepped = std::mem::take(&mut self.stepped);
        Some(if stepped {
            (changed, changed)
        } else {
            places.units(&self.shown)
        })
    }

    /// The text field holds `value`, which was refused: `show` gets each splice that leads back to what it showed.
    pub fn restore(&self, value: &str, show: impl FnMut(Splice<'_>)) {
        utf16::splices(value, &difference(value, &self.shown, None)).for_each(show);
    }

    /// The next edit to send, if none is under way.
    pub fn take_edit(&mut self, id: impl FnOnce() -> Option<MessageId>) -> Option<Sending> {
        self.client.as_mut()?.take(id)
    }

    /// The edit that is under way, to be sent once more.
    #[must_use]
    pub fn again(&self) -> Option<Sending> {
        self.client.as_ref()?.again()
    }

    fn step(&mut self, step: Option<OperationSeq>) -> bool {
        let (Some(step), Some(client)) = (step, &mut self.client) else {
            return false;
        };
        if client.edit(&step).is_err() {
            return false;
        }
        self.typed = None;
        self.see_later(&step);
        self.stepped = true;
        true
    }

    pub(super) fn see_later(&mut self, change: &OperationSeq) {
        self.unseen = self
            .unseen
            .compose(change)
            .unwrap_or_else(|_| difference(&self.shown, self.client.as_ref().map_or("", Client::text), None));
    }
}

fn str_units(text: &str) -> usize {
    utf16::to_units(text, usize::MAX)
}

/// The operation that leaves a text as it is.
fn stay(text: &str) -> OperationSeq {
    let mut operation = OperationSeq::default();
    operation.retain(text.chars().count() as u64);
    operation
}
