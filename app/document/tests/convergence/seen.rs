//! Whether the schedules are worth anything: what happened in them.

/// How often things happened that a schedule is there for.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) confirmed: u32,
    pub(crate) changed: u32,
    pub(crate) known: u32,
    pub(crate) gaps: u32,
    pub(crate) snapshots: u32,
    pub(crate) refused: u32,
    pub(crate) repeated: u32,
    pub(crate) came_with_snapshot: u32,
    pub(crate) undone: u32,
    pub(crate) carets: u32,
    pub(crate) early_carets: u32,
}

impl Seen {
    fn counts(&mut self) -> [&mut u32; 11] {
        [
            &mut self.confirmed,
            &mut self.changed,
            &mut self.known,
            &mut self.gaps,
            &mut self.snapshots,
            &mut self.refused,
            &mut self.repeated,
            &mut self.came_with_snapshot,
            &mut self.undone,
            &mut self.carets,
            &mut self.early_carets,
        ]
    }

    pub(crate) fn add(&mut self, mut other: Self) {
        for (sum, count) in self.counts().into_iter().zip(other.counts()) {
            *sum += *count;
        }
    }

    pub(crate) fn all(mut self) -> bool {
        self.counts().into_iter().all(|count| *count > 0)
    }
}
