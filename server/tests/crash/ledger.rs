//! What was acknowledged, held against what is there.

use crate::{Ack, KEEP};
use protocol::{Epoch, MessageId, RoomId, Seq};
use server::store::{Log, Page, Span, Topic, file::FileLog};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
};

/// Everything that all children said.
#[derive(Default)]
pub(crate) struct Ledger {
    logs: HashMap<(RoomId, Topic), Account>,
}

#[derive(Default)]
struct Account {
    epoch: Option<Epoch>,
    ids: BTreeMap<Seq, MessageId>,
    /// The last place of the newest snapshot.
    held: Seq,
    /// Where the log ended when it was last looked at.
    checked: Seq,
}

impl Ledger {
    /// Acknowledgements of entries.
    pub(crate) fn len(&self) -> usize {
        self.logs.values().map(|account| account.ids.len()).sum()
    }

    pub(crate) fn note(&mut self, ack: Ack) {
        let account = self.logs.entry((ack.room, ack.topic)).or_default();
        assert_eq!(*account.epoch.get_or_insert(ack.epoch), ack.epoch, "a log has one life");
        match ack.id {
            Some(id) => assert_eq!(account.ids.insert(ack.seq, id), None, "two at {}", ack.seq),
            None => account.held = account.held.max(ack.seq),
        }
    }

    /// Opens the store and looks for what was acknowledged since the last time, or for `everything`.
    pub(crate) fn check(&mut self, dir: &Path, everything: bool) {
        let log = FileLog::open(dir, KEEP).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            for ((room, topic), account) in &mut self.logs {
                let from = if everything { Seq(0) } else { account.checked };
                let page = log.read(room, *topic, Span::After(from)).await.unwrap();
                let loaded = log.load(room, *topic).await.unwrap();
                let held = loaded.snapshot.map(|snapshot| snapshot.seq).unwrap_or_default();
                assert_eq!(loaded.end, page.end);
                assert!(held >= account.held, "a snapshot was acknowledged");
                account.check(from, held, &page);
            }
        });
    }
}

impl Account {
    fn check(&mut self, from: Seq, held: Seq, page: &Page) {
        assert_eq!(self.epoch, Some(page.end.epoch));
        let first = page.first.max(from.next());
        let places: Vec<_> = page.entries.iter().map(|entry| entry.seq.0).collect();
        assert_eq!(places, (first.0..=page.end.seq.0).collect::<Vec<_>>(), "no gaps");
        let there: HashMap<_, _> = page.entries.iter().map(|entry| (entry.seq, &entry.id)).collect();
        assert_eq!(
            there.values().collect::<HashSet<_>>().len(),
            there.len(),
            "no id stands twice"
        );
        for (seq, id) in self.ids.range(from.next()..) {
            let gone_into_snapshot = *seq < page.first && *seq <= held;
            assert!(
                there.get(seq) == Some(&id) || gone_into_snapshot,
                "{id} was acknowledged at {seq}"
            );
        }
        self.checked = page.end.seq;
    }
}
