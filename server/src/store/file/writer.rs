//! The one thread that writes. Whatever waits when it comes round goes into one transaction, and is answered after
//! that.

use super::{
    shelf::Shelf,
    table::{Tables, Weights},
};
use crate::store::LogError;
use std::{
    io, iter,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
};
use tokio::sync::oneshot;

/// Writes that wait for their transaction; beyond them `Unavailable` is answered. Some commits' worth at the pace of a
/// slow disk, and no more than 256 MiB even if each were as large as a packet may be.
const QUEUE: usize = 1024;

/// The way to the thread. Dropping it waits until what was accepted is written: a transaction or two.
pub(super) struct Writer {
    /// `None` only while this is dropped.
    wishes: Option<SyncSender<Box<dyn Wish>>>,
    thread: Option<JoinHandle<()>>,
}

/// Something that wants to be written.
trait Wish: Send {
    /// Does so, in a transaction that is not committed yet.
    fn carry_out(&mut self, tables: &mut Tables<'_>) -> Result<(), redb::Error>;

    /// Answers whoever wished, now that it is known whether the transaction was committed.
    fn answer(self: Box<Self>, committed: Result<(), LogError>);
}

struct Asked<T, F> {
    what: F,
    /// What comes of it if the transaction is committed.
    came: Option<T>,
    answer: oneshot::Sender<Result<T, LogError>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(shelf: Arc<Shelf>) -> io::Result<Self> {
        let (wishes, waiting) = sync_channel(QUEUE);
        let thread = thread::Builder::new()
            .name("log writer".into())
            .spawn(move || write_all(&shelf, &waiting))?;
        Ok(Self {
            wishes: Some(wishes),
            thread: Some(thread),
        })
    }

    /// Has this done in the next transaction; what it returns is answered once that is on the disk. Wishes are carried
    /// out in the order in which they came.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        what: impl FnMut(&mut Tables<'_>) -> Result<T, redb::Error> + Send + 'static,
    ) -> Result<T, LogError> {
        let (answer, answered) = oneshot::channel();
        let came = None;
        self.hand_over(Box::new(Asked { what, came, answer }))?;
        answered.await.unwrap_or_else(|_| Err(ended()))
    }

    fn hand_over(&self, wish: Box<dyn Wish>) -> Result<(), LogError> {
        let wishes = self.wishes.as_ref().ok_or_else(ended)?;
        wishes.try_send(wish).map_err(|error| match error {
            TrySendError::Full(_) => LogError::Unavailable(format!("{QUEUE} writes wait already")),
            TrySendError::Disconnected(_) => ended(),
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.wishes = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the log's writer had ended before it was told to");
        }
    }
}

impl<T, F> Wish for Asked<T, F>
where
    T: Send,
    F: FnMut(&mut Tables<'_>) -> Result<T, redb::Error> + Send,
{
    fn carry_out(&mut self, tables: &mut Tables<'_>) -> Result<(), redb::Error> {
        self.came = Some((self.what)(tables)?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), LogError>) {
        let Self { came, answer, .. } = *self;
        // Whoever asked may have gone. What was written stays written.
        _ = answer.send(committed.and_then(|()| came.ok_or_else(ended)));
    }
}

/// Until nobody can wish any more and nothing waits.
fn write_all(shelf: &Shelf, waiting: &Receiver<Box<dyn Wish>>) {
    let mut weights = Weights::default();
    while let Ok(first) = waiting.recv() {
        let mut batch: Vec<_> = iter::once(first).chain(waiting.try_iter().take(QUEUE)).collect();
        let committed = shelf.write(&mut weights, |tables| {
            batch.iter_mut().try_for_each(|wish| wish.carry_out(tables))
        });
        if let Err(error) = &committed {
            tracing::error!(%error, writes = batch.len(), "writes were not committed");
            weights = Weights::default();
        }
        for wish in batch {
            wish.answer(committed.clone());
        }
    }
}

fn ended() -> LogError {
    LogError::Unavailable("its writer has ended".into())
}
