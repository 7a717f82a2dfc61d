//! What I do with notes: which one I have chosen, hold or write on. Copies are the same desk.

pub(super) mod keys;
mod pointer;
mod target;

use crate::{
    canvas::hand::Hand,
    chat,
    note::{
        card::{Card, HEIGHT, Known, WIDTH, cards},
        drag::{Drag, inside},
        editing::Editing,
    },
    session::Session,
};
use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};
use protocol::{
    NoteId,
    note::{Change, Note},
};
use std::time::Duration;

/// How long a note that was taken away can be put back.
const KEPT: Duration = Duration::from_secs(8);

/// What I do with the notes of a session.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The hand that moves the canvas, under which notes lie.
    pub(super) hand: Hand,
    pub(super) session: Session,
    /// All notes, as they are drawn.
    cards: Memo<Vec<Card>>,
    /// The one that has the focus.
    pub(super) chosen: RwSignal<Option<NoteId>>,
    editing: RwSignal<Option<Editing>>,
    /// What I have written so far, on the one that I write on.
    pub(super) written: RwSignal<String>,
    /// Why that cannot be kept as it is; empty where it can.
    pub(super) problem: RwSignal<String>,
    held: RwSignal<Option<Drag>>,
    /// What I have just taken away.
    pub(super) gone: RwSignal<Option<Note>>,
    /// Sends where the note is that I hold, now and then.
    telling: StoredValue<Option<IntervalHandle>>,
}

impl Desk {
    /// A desk with nothing on it yet.
    #[must_use]
    pub fn new(session: Session, hand: Hand) -> Self {
        let editing = RwSignal::new(None);
        Self {
            cards: Memo::new(move |before| read_cards(session, editing, before)),
            hand,
            session,
            chosen: RwSignal::new(None),
            editing,
            written: RwSignal::new(String::new()),
            problem: RwSignal::new(String::new()),
            held: RwSignal::new(None),
            gone: RwSignal::new(None),
            telling: StoredValue::new(None),
        }
    }

    /// Whether notes are mine to change.
    pub(super) fn writes(&self) -> bool {
        untrack(|| self.session.writes())
    }

    /// Makes a note in the middle of what is seen, and begins to write on it.
    pub fn make(&self) {
        self.make_at(self.hand.view().center());
    }

    /// Makes a note around this place, in canvas units, and begins to write on it.
    pub fn make_at(&self, (x, y): (f64, f64)) {
        let name = chat::id::fresh().and_then(|id| id.as_str().parse().ok());
        let Some(note) = name.filter(|_| self.writes() && self.save()) else {
            return;
        };
        let (x, y) = inside((x - WIDTH / 2.0, y - HEIGHT / 2.0));
        self.session.change_note_or_ask(Change::Make {
            note: NoteId::clone(&note),
            x,
            y,
            hue: self.session.me.with_untracked(|me| me.hue),
            text: String::new(),
        });
        self.begin(&note, true);
    }

    /// Begins to write on a note.
    pub(super) fn edit(&self, id: &NoteId) {
        if self.writes() && self.editing.with_untracked(|editing| !is_on(editing, id)) && self.save() {
            self.begin(id, false);
        }
    }

    /// I am done writing. `false` where what I wrote cannot be kept as it is: then it stays before me.
    pub(super) fn save(&self) -> bool {
        let Some(editing) = self.editing.get_untracked() else {
            return true;
        };
        let change = self.written.with_untracked(|text| editing.done(text));
        if let Some(Err(why)) = change.as_ref().map(Change::check) {
            self.problem.set(why.message);
            return false;
        }
        self.editing.set(None);
        self.ask(change);
        true
    }

    /// I want nothing of what I wrote.
    pub(super) fn cancel(&self) {
        if let Some(editing) = self.editing.try_update(Option::take).flatten() {
            self.ask(editing.cancelled());
        }
    }

    /// Takes a note away. For a while it can be put back.
    pub(super) fn delete(&self, id: &NoteId) {
        let note = untrack(|| self.card(id)).map(|card| card.note);
        self.ask(Some(Change::Delete { note: id.clone() }));
        self.gone.set(note);
        let (gone, id) = (self.gone, id.clone());
        let forget = move || {
            // Unless another one went since, which has its own time.
            if gone.try_with_untracked(|gone| gone.as_ref().is_some_and(|note| note.id == id)) == Some(true) {
                gone.set(None);
            }
        };
        set_timeout(forget, KEPT);
    }

    /// Puts back what I have just taken away, as a note of mine.
    pub(super) fn put_back(&self) {
        let note = self.gone.try_update(Option::take).flatten();
        self.ask(note.map(
            |Note {
                 id, x, y, hue, text, ..
             }| Change::Make {
                note: id,
                x,
                y,
                hue,
                text,
            },
        ));
    }

    /// Gives a note a colour.
    pub(super) fn color(&self, id: &NoteId, hue: protocol::Hue) {
        let note = id.clone();
        self.ask(Some(Change::Color { note, hue }));
    }

    /// Whether I write on this note.
    pub(super) fn edits(&self, id: &NoteId) -> bool {
        self.editing.with(|editing| is_on(editing, id))
    }

    /// All notes, in the order in which they were made.
    pub(super) fn ids(&self) -> Vec<NoteId> {
        self.cards
            .with(|cards| cards.iter().map(|card| card.note.id.clone()).collect())
    }

    /// This note, as it is drawn. Followed where it is read.
    pub(super) fn card(&self, id: &NoteId) -> Option<Card> {
        self.cards
            .with(|cards| cards.iter().find(|card| card.note.id == *id).cloned())
    }

    /// Where this note is while I hold it.
    pub(super) fn lifted(&self, id: &NoteId) -> Option<(f64, f64)> {
        self.held
            .with(|held| held.as_ref().filter(|held| held.note == *id)?.at())
    }

    fn begin(&self, id: &NoteId, fresh: bool) {
        if let Some(card) = untrack(|| self.card(id)) {
            let editing = Editing::begun(&card.note, fresh);
            self.written.set(editing.before.clone());
            self.problem.set(String::new());
            self.editing.set(Some(editing));
        }
    }

    fn ask(&self, change: Option<Change>) {
        if let Some(change) = change {
            self.session.change_note_or_ask(change);
        }
    }
}

fn is_on(editing: &Option<Editing>, id: &NoteId) -> bool {
    editing.as_ref().is_some_and(|editing| editing.note == *id)
}

fn read_cards(session: Session, editing: RwSignal<Option<Editing>>, before: Option<&Vec<Card>>) -> Vec<Card> {
    let before = before.map_or(&[][..], Vec::as_slice);
    let all = |me: &_, people: &_, chat: &_| {
        let known = Known { me, people, chat };
        editing.with(|editing| {
            let held = editing.as_ref().map(|editing| &editing.note);
            session.note.with(|notes| cards(notes, &known, before, held))
        })
    };
    // Names are looked for in the chat where there is no other way; a message is no reason to draw the notes anew.
    session.chat.with_untracked(|chat| {
        session
            .people
            .with(|people| session.me.with(|me| all(me, people, chat)))
    })
}
