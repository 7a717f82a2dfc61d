//! Notes in whatever order things happen.

use super::{room::*, *};
use proptest::prelude::*;
use std::collections::HashMap;

/// Something that happens.
#[derive(Clone, Debug)]
enum Step {
    Ann(Change),
    /// Ann writes on what she sees now.
    AnnWrites(&'static str),
    Bob(Change),
    /// Bob writes on what is there now.
    BobWrites(&'static str),
    Taken,
    Heard,
    Lost {
        snapshot: bool,
    },
}

fn steps() -> impl Strategy<Value = Step> {
    let note = || prop::sample::select(vec!["a", "b", "c"]);
    let change = move || {
        prop_oneof![
            note().prop_map(make),
            (note(), 0..50_u8).prop_map(|(note, x)| step(note, f64::from(x))),
            (note(), 0..8_u16).prop_map(|(note, eighth)| color(note, eighth * 45)),
            note().prop_map(delete),
        ]
    };
    prop_oneof![
        3 => change().prop_map(Step::Ann),
        3 => note().prop_map(Step::AnnWrites),
        1 => change().prop_map(Step::Bob),
        1 => note().prop_map(Step::BobWrites),
        6 => Just(Step::Taken),
        8 => Just(Step::Heard),
        1 => any::<bool>().prop_map(|snapshot| Step::Lost { snapshot }),
    ]
}

/// Does a step. `written` gets what Ann wrote and the page took, by note, oldest first.
fn walk(room: &mut Room, step: Step, text: String, written: &mut HashMap<NoteId, Vec<String>>) {
    match step {
        Step::Ann(change) => {
            let note = change.note().clone();
            let gone = matches!(change, Change::Delete { .. });
            if room.ann(change).is_ok() && gone {
                written.remove(&note);
            }
        }
        Step::AnnWrites(note) => {
            if room.ann_writes(note, &text).is_ok() {
                written.entry(note_id(note)).or_default().push(text);
            }
        }
        Step::Bob(change) => room.bob(change),
        Step::BobWrites(note) => {
            let version = room.board.get(&note_id(note)).map_or(Seq(0), |note| note.version);
            room.bob(edit(note, version, &text));
        }
        Step::Taken => room.takes_in(),
        Step::Heard => room.hears(),
        Step::Lost { snapshot } => room.rejoins(snapshot),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Whatever is done, answered, lost and sent again: in the end the page has the server's notes, nothing waits, and the
    /// last that Ann wrote on a note is in the log or before her as refused.
    #[test]
    fn in_the_end_the_page_has_the_servers_notes(steps in prop::collection::vec(steps(), 0..80)) {
        let (mut room, mut written) = (Room::joined(), HashMap::new());
        for (number, step) in steps.into_iter().enumerate() {
            walk(&mut room, step, format!("text {number}"), &mut written);
        }
        room.settles();
        prop_assert_eq!(room.page.waiting(), 0);
        prop_assert_eq!(room.page.shown(), room.board.clone());
        let is = |one: &Change, text: &String| matches!(one, Change::Edit { text: is, .. } | Change::Make { text: is, .. } if is == text);
        for last in written.values().filter_map(|texts| texts.last()) {
            let said = room.log.iter().any(|changed| is(&changed.change, last));
            let told = room.refused.iter().any(|refused| is(&refused.change, last));
            prop_assert!(said || told, "lost: {}", last);
        }
    }
}
