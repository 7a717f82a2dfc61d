//! One store held against the other, step by step.

use super::*;
use crate::store::file::tests::opened;
use proptest::{collection::vec, prelude::*};
use std::{collections::HashMap, path::Path};

#[derive(Clone, Debug)]
enum Step {
    Append(&'static str, u64, Option<Seq>),
    /// Insists on the end as it is.
    AppendAtEnd(&'static str, u64),
    Read(Span),
    Load,
    Find(&'static str, u64),
    /// So many before the end, or beyond it.
    Compact(i64, bool),
    /// The file alone: closed and opened again.
    Reopen,
}

type Place = (&'static str, Topic);

fn step() -> impl Strategy<Value = (Place, Step)> {
    let room = prop_oneof![Just("a"), Just("b")];
    let topic = prop_oneof![Just(Topic::Chat), Just(Topic::Document), Just(Topic::Note)];
    let by = || prop_oneof![Just("ann"), Just("bob")];
    let id = || 0_u64..20;
    let seq = || prop_oneof![9 => (0_u64..25).prop_map(Seq), 1 => Just(Seq(u64::MAX))];
    let step = prop_oneof![
        6 => (by(), id()).prop_map(|(by, id)| Step::Append(by, id, None)),
        2 => (by(), id(), seq()).prop_map(|(by, id, end)| Step::Append(by, id, Some(end))),
        6 => (by(), id()).prop_map(|(by, id)| Step::AppendAtEnd(by, id)),
        2 => seq().prop_map(|seq| Step::Read(Span::After(seq))),
        2 => (seq(), 0_usize..9).prop_map(|(seq, limit)| Step::Read(Span::Before(seq, limit))),
        2 => (0_usize..9).prop_map(|limit| Step::Read(Span::Newest(limit))),
        2 => Just(Step::Load),
        2 => (by(), id()).prop_map(|(by, id)| Step::Find(by, id)),
        3 => (-1_i64..6, prop::bool::weighted(0.9)).prop_map(|(before, right)| Step::Compact(before, right)),
        1 => Just(Step::Reopen),
    ];
    ((room, topic), step)
}

/// What a step came to, with epochs blotted out: they are drawn, and compared by themselves.
#[derive(Debug, PartialEq)]
enum Came {
    Appended(Appended),
    Page(Page),
    Loaded(Loaded),
    Found(Option<Entry>),
    Compacted,
}

/// Does a step in one store. Returns what came of it, and where the log ended before and after.
async fn go(log: &dyn Log, (room, topic): Place, step: &Step) -> (Came, Position, Position) {
    let room = &self::room(room);
    let before = log.load(room, topic).await.unwrap().end;
    let append = |expected, by, id| log.append(room, topic, expected, new(by, id));
    let came = match *step {
        Step::Append(by, id, expected) => Came::Appended(append(expected, by, id).await.unwrap()),
        Step::AppendAtEnd(by, id) => Came::Appended(append(Some(before.seq), by, id).await.unwrap()),
        Step::Read(span) => Came::Page(log.read(room, topic, span).await.unwrap()),
        Step::Load => Came::Loaded(log.load(room, topic).await.unwrap()),
        Step::Find(by, id) => {
            let wanted = new(by, id);
            Came::Found(log.find(room, topic, &wanted.by, &wanted.id).await.unwrap())
        }
        Step::Compact(back, right) => {
            let epoch = Epoch(before.epoch.0 ^ u64::from(!right));
            let seq = Seq(before.seq.0.saturating_add_signed(-back));
            let body = format!("up to {seq}").into();
            log.compact(room, topic, epoch, Snapshot { seq, body }).await.unwrap();
            Came::Compacted
        }
        Step::Reopen => Came::Compacted,
    };
    let after = log.load(room, topic).await.unwrap().end;
    (blotted(came, after.epoch), before, after)
}

fn blotted(mut came: Came, epoch: Epoch) -> Came {
    let end = match &mut came {
        Came::Appended(Appended::New(at)) => at,
        Came::Page(page) => &mut page.end,
        Came::Loaded(loaded) => &mut loaded.end,
        _ => return came,
    };
    assert_eq!(end.epoch, epoch, "an answer of another life than the log's");
    end.epoch = Epoch(0);
    came
}

/// The file's epoch stays what it was from the first time it is told; over an opening only if something was written.
fn check_epoch(epochs: &mut HashMap<Place, Position>, place: Place, before: Position, after: Position) {
    let known = epochs.insert(place, after).unwrap_or(before);
    assert_eq!((known.epoch, before.epoch), (after.epoch, after.epoch));
}

fn agree(dir: &Path, steps: &[(Place, Step)]) {
    let memory = MemoryLog::new(KEEP, 10);
    let mut file = opened(dir, KEEP);
    let mut epochs = HashMap::new();
    for (place, step) in steps {
        if matches!(step, Step::Reopen) {
            drop(file);
            file = opened(dir, KEEP);
            epochs.retain(|_, end: &mut Position| end.seq > Seq(0));
        }
        let (expected, _, end) = wait(go(&memory, *place, step));
        let (came, before, after) = wait(go(&file, *place, step));
        assert_eq!((came, after.seq), (expected, end.seq), "{place:?} {step:?}");
        check_epoch(&mut epochs, *place, before, after);
        let everything = |log| wait(go(log, *place, &Step::Read(Span::After(Seq(0))))).0;
        assert_eq!(everything(&file), everything(&memory));
        let state = |log| wait(go(log, *place, &Step::Load)).0;
        assert_eq!(state(&file), state(&memory));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_file_does_what_memory_does(steps in vec(step(), 1..80)) {
        let dir = tempfile::tempdir().unwrap();
        agree(dir.path(), &steps);
    }
}
