//! One person: a client, a text field that shows its text, a caret of their own, others' carets, undo.

use crate::{server::Edited, writing};
use document::{
    Client, OperationSeq, Undo,
    caret::{self, Side},
    client::{Heard, Sending},
    invert,
    utf16::splices,
    wire,
};
use fastrand::Rng;
use protocol::{MessageId, Position, Seq, document::Caret};
use std::collections::HashMap;

pub(crate) struct Person {
    me: usize,
    pub(crate) client: Client,
    /// What the text field shows, in UTF-16 units as in a browser.
    field: Vec<u16>,
    undo: Undo,
    place: usize,
    /// Others' carets as they are shown.
    carets: HashMap<usize, usize>,
    ids: u64,
}

impl Person {
    pub(crate) fn new(me: usize, position: Position, text: String) -> Self {
        Self {
            me,
            field: text.encode_utf16().collect(),
            client: Client::new(position, text),
            undo: Undo::new(),
            place: 0,
            carets: HashMap::new(),
            ids: 0,
        }
    }

    /// Writes something anywhere.
    pub(crate) fn write(&mut self, rng: &mut Rng) {
        let operation = writing::operation(rng, self.length());
        self.undo.edited(invert(self.client.text(), &operation), rng.bool());
        self.edit(&operation);
    }

    /// Undoes or redoes. Returns whether there was anything.
    pub(crate) fn turn_back(&mut self, rng: &mut Rng) -> bool {
        let step = if rng.bool() {
            self.undo.undo(self.client.text())
        } else {
            self.undo.redo(self.client.text())
        };
        step.map(|step| self.edit(&step)).is_some()
    }

    /// Moves the caret and says where it is.
    pub(crate) fn move_caret(&mut self, rng: &mut Rng) -> Caret {
        self.place = rng.usize(0..=self.length());
        let place = self.client.to_server(self.place);
        Caret {
            seq: self.client.position().seq,
            anchor: place,
            head: place,
        }
    }

    pub(crate) fn take(&mut self) -> Option<Sending> {
        self.ids += 1;
        let id = format!("{}-{}", self.me, self.ids);
        self.client.take(|| id.parse().ok())
    }

    pub(crate) fn heard(&mut self, edited: &Edited) -> Heard {
        let operation = wire::read(&edited.operation).unwrap();
        let mine = (edited.author == self.me).then_some(&edited.id);
        let before = self.client.text().to_owned();
        let heard = self.client.heard(edited.seq, mine, operation).unwrap();
        if let Heard::Changed(change) = &heard {
            self.changed(&before, change);
        }
        heard
    }

    pub(crate) fn refused(&mut self, id: &MessageId) {
        let before = self.client.text().to_owned();
        if let Some(undone) = self.client.refused(id) {
            self.changed(&before, &undone.change);
        }
    }

    pub(crate) fn acknowledged(&mut self, id: &MessageId, seq: Seq) -> bool {
        let before = self.client.text().to_owned();
        let change = self.client.acknowledged(id, seq);
        change.map(|change| self.changed(&before, &change)).is_some()
    }

    pub(crate) fn reset(&mut self, position: Position, text: &str) {
        let before = self.client.text().to_owned();
        let change = self.client.reset(position, text);
        self.changed(&before, &change);
    }

    /// Somebody's caret came. Returns whether it can be shown.
    pub(crate) fn saw(&mut self, who: usize, caret: Caret) -> bool {
        let shown = self.client.caret(caret, |_| Side::Before);
        shown
            .map(|shown| self.carets.insert(who, shown.head as usize))
            .is_some()
    }

    /// The field shows the text, and every place is in it.
    pub(crate) fn check(&self) {
        assert_eq!(String::from_utf16(&self.field).unwrap(), self.client.text());
        assert!(self.place <= self.length());
        assert!(self.carets.values().all(|place| *place <= self.length()));
        let there_and_back = self.client.to_local(self.client.to_server(self.place) as usize, true);
        assert!(there_and_back <= self.length());
    }

    fn edit(&mut self, operation: &OperationSeq) {
        let before = self.client.text().to_owned();
        self.client.edit(operation).unwrap();
        self.show(&before, operation, Side::Behind);
    }

    fn changed(&mut self, before: &str, change: &OperationSeq) {
        self.undo.heard(change);
        self.show(before, change, Side::Before);
    }

    fn show(&mut self, before: &str, change: &OperationSeq, side: Side) {
        for splice in splices(before, change) {
            self.field.splice(splice.from..splice.to, splice.text.encode_utf16());
        }
        self.place = caret::transform(change, self.place, side);
        for place in self.carets.values_mut() {
            *place = caret::transform(change, *place, Side::Before);
        }
    }

    fn length(&self) -> usize {
        self.client.text().chars().count()
    }
}
