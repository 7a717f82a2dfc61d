//! The ring against the plainest model there is: a vector of everything ever written.

use super::*;
use proptest::prelude::*;

fn entry(id: u64) -> NewEntry {
    NewEntry {
        by: "ann".parse().unwrap(),
        id: id.to_string().parse().unwrap(),
        body: id.to_string().into(),
    }
}

fn seqs(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq.0).collect()
}

fn ring(topic: Topic, keep: usize) -> Ring {
    let keep = Retention {
        chat: keep,
        document: keep,
        note: keep,
        access: keep,
        bytes: usize::MAX,
    };
    Ring::new(topic, keep, Epoch(1))
}

fn written(topic: Topic, keep: usize, writes: u64) -> Ring {
    let mut ring = ring(topic, keep);
    for id in 1..=writes {
        ring.append(None, entry(id));
    }
    ring
}

proptest! {
    #[test]
    fn reads_agree_with_a_list_of_everything(
        writes in 0_u64..60,
        keep in 0_usize..20,
        place in prop_oneof![9 => 0_u64..70, 1 => Just(u64::MAX)],
        limit in prop_oneof![9 => 0_usize..30, 1 => Just(usize::MAX)],
    ) {
        let ring = written(Topic::Chat, keep, writes);
        let newest = |list: &[u64], most: usize| list[list.len().saturating_sub(most)..].to_vec();
        let kept = newest(&(1..=writes).collect::<Vec<_>>(), keep);
        let after: Vec<u64> = kept.iter().copied().filter(|seq| *seq > place).collect();
        prop_assert_eq!(seqs(&ring.read(Span::After(Seq(place))).entries), after);
        let before: Vec<u64> = kept.iter().copied().filter(|seq| *seq < place).collect();
        prop_assert_eq!(seqs(&ring.read(Span::Before(Seq(place), limit)).entries), newest(&before, limit));
        prop_assert_eq!(seqs(&ring.read(Span::Newest(limit)).entries), newest(&kept, limit));
    }

    #[test]
    fn a_snapshot_lets_go_what_it_holds_and_no_more(writes in 0_u64..60, keep in 0_usize..20, held in 0_u64..70) {
        let mut ring = written(Topic::Document, keep, writes);
        prop_assert_eq!(ring.read(Span::After(Seq(0))).entries.len() as u64, writes, "nothing holds them yet");
        ring.compact(ring.epoch, Snapshot { seq: Seq(held), body: "so far".into() });
        let held = if held > writes { 0 } else { held };
        let first = held.min(writes.saturating_sub(keep as u64)) + 1;
        prop_assert_eq!(seqs(&ring.read(Span::After(Seq(0))).entries), (first..=writes).collect::<Vec<_>>());
        prop_assert_eq!(seqs(&ring.load().entries), (held + 1..=writes).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_is_kept_than_may_be_however_heavy_it_is(
        sizes in proptest::collection::vec(0_usize..50, 1..40),
        bytes in 0_usize..200,
        held in 0_u64..40,
        topic in prop_oneof![Just(Topic::Chat), Just(Topic::Document)],
    ) {
        let keep = Retention { bytes, ..ring(topic, usize::MAX).keep };
        let mut ring = Ring { keep, ..ring(topic, usize::MAX) };
        for (id, size) in sizes.iter().enumerate() {
            ring.append(None, NewEntry { body: "x".repeat(*size).into(), ..entry(id as u64) });
        }
        let last = sizes.len() as u64;
        ring.compact(ring.epoch, Snapshot { seq: Seq(held), body: "so far".into() });
        let held = if topic == Topic::Chat || held > last { 0 } else { held };
        // As few of the oldest go as must, of those that may.
        let weight = |first: u64| sizes[first as usize - 1..].iter().sum::<usize>();
        let first = (1..=last).find(|first| *first > held || weight(*first) <= bytes).unwrap_or(last + 1);
        prop_assert_eq!(seqs(&ring.read(Span::After(Seq(0))).entries), (first..=last).collect::<Vec<_>>());
        prop_assert_eq!(ring.bytes, weight(first));
    }
}
