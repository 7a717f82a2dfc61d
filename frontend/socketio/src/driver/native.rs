//! The driver for native programs: one tokio task a client, with one socket and one timer. What is said on the socket is the
//! state machine's; how bytes get there is `native/line.rs`.

mod line;
#[cfg(feature = "tls")]
mod tls;

use std::{collections::VecDeque, future::Future, pin::Pin, sync::Arc, time::Duration};

use futures_channel::mpsc::UnboundedReceiver;
use serde_json::Value;
use tokio::{
    sync::mpsc,
    time::{Instant, Sleep, sleep_until},
};
use tokio_tungstenite::tungstenite::{Error, Message};

use self::line::Line;
use crate::{
    Client, Config, Event,
    client::{
        command::Command,
        shared::{Shared, Status},
    },
    connection::{Connection, Input, Moment, Output},
};

/// How many events may wait to be taken. Beyond it the socket is not read, so that the server feels the slow reader.
const EVENTS: usize = 256;
/// How many wishes are done before the socket has its turn: enough to leave in one write, too few to starve it.
const BATCH: usize = 64;
/// How long the timer sleeps when nothing depends on time.
const IDLE: Duration = Duration::from_secs(3600);

/// Starts a client on the present tokio runtime. `auth` is asked at each attempt for the payload of CONNECT; `Value::Null`
/// sends none, and an error counts as a failed attempt that is made again after the backoff.
///
/// # Panics
/// Outside a tokio runtime.
pub fn connect<A, F>(config: Config, auth: A) -> (Client, Events)
where
    A: FnMut() -> F + Send + 'static,
    F: Future<Output = Result<Value, String>> + Send + 'static,
{
    let (client, commands, shared) = Client::new(&config);
    let (told, events) = mpsc::channel(EVENTS);
    let driver = Driver {
        connection: Connection::new(&config),
        config,
        auth,
        commands,
        shared,
        started: Instant::now(),
        timer: Box::pin(sleep_until(Instant::now() + IDLE)),
        errand: None,
        line: None,
        untold: VecDeque::new(),
        told,
    };
    tokio::spawn(driver.run());
    (client, Events(events))
}

/// The events of a client, in order.
///
/// At most 256 wait; then the socket is no longer read, until events are taken. An application that takes none
/// for longer than the server's ping interval and timeout therefore loses its connection. Dropping this loses events only.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Event>);

impl Events {
    /// The next event; `None` after the client has closed. Safe to cancel.
    pub async fn next(&mut self) -> Option<Event> {
        self.0.recv().await
    }

    /// The next event if one is there already.
    pub fn try_next(&mut self) -> Option<Event> {
        self.0.try_recv().ok()
    }
}

/// Something asynchronous the state machine waits for. Dropped when it no longer does.
type Errand = Pin<Box<dyn Future<Output = Done> + Send>>;

/// The end of an errand.
enum Done {
    Authorized(Result<Value, String>),
    Opened(Result<Box<Line>, String>),
}

/// What woke the task.
enum Woke {
    Command(Option<Command>),
    Done(Done),
    Heard(Option<Result<Message, Error>>),
    Told,
    Elapsed,
}

struct Driver<A> {
    connection: Connection,
    config: Config,
    auth: A,
    commands: UnboundedReceiver<Command>,
    shared: Arc<Shared>,
    started: Instant,
    timer: Pin<Box<Sleep>>,
    errand: Option<Errand>,
    line: Option<Box<Line>>,
    /// Events that did not fit into the channel. While there are any the socket is not read.
    untold: VecDeque<Event>,
    told: mpsc::Sender<Event>,
}

impl<A, F> Driver<A>
where
    A: FnMut() -> F + Send + 'static,
    F: Future<Output = Result<Value, String>> + Send + 'static,
{
    async fn run(mut self) {
        self.feed(Input::Started).await;
        while self.connection.status() != Status::Closed {
            match self.wake().await {
                Woke::Command(command) => self.wished(command).await,
                Woke::Done(done) => self.done(done).await,
                Woke::Heard(heard) => self.heard(heard).await,
                Woke::Told => {}
                Woke::Elapsed => self.feed(Input::Elapsed).await,
            }
        }
        for event in self.untold {
            if self.told.send(event).await.is_err() {
                break;
            }
        }
    }

    /// Waits for whatever comes first.
    async fn wake(&mut self) -> Woke {
        self.set_timer();
        let reading = self.untold.is_empty();
        tokio::select! {
            command = self.commands.recv() => Woke::Command(command.ok()),
            done = pending_or(self.errand.as_mut()), if self.errand.is_some() => {
                self.errand = None;
                Woke::Done(done)
            }
            heard = Line::turn(&mut self.line, reading), if self.line.is_some() => Woke::Heard(heard),
            permit = self.told.reserve(), if !reading => {
                tell_first(&mut self.untold, permit.ok());
                Woke::Told
            }
            () = self.timer.as_mut() => Woke::Elapsed,
        }
    }

    /// The timer may ring too early, which is harmless; so it is set back only when it has to ring earlier or has rung.
    fn set_timer(&mut self) {
        let due = self
            .connection
            .deadline()
            .map_or_else(|| Instant::now() + IDLE, |at| later(self.started, at));
        if due < self.timer.deadline() || self.timer.is_elapsed() {
            self.timer.as_mut().reset(due);
        }
    }

    /// Does a wish, and those that wait behind it, so that they leave in one write. No handle left is a wish to close.
    async fn wished(&mut self, first: Option<Command>) {
        let mut command = first.unwrap_or(Command::Close);
        for left in (0..BATCH).rev() {
            self.shared.taken(command.len());
            self.feed(Input::Wished(command)).await;
            // One that is taken is done: the last of a batch takes none.
            match (left > 0).then(|| self.commands.try_recv()) {
                Some(Ok(next)) => command = next,
                Some(Err(_)) | None => return,
            }
        }
    }

    async fn done(&mut self, done: Done) {
        match done {
            Done::Authorized(answer) => self.feed(Input::Authorized(answer)).await,
            Done::Opened(Ok(line)) => self.line = Some(line),
            Done::Opened(Err(words)) => self.feed(Input::Lost(words)).await,
        }
    }

    async fn heard(&mut self, heard: Option<Result<Message, Error>>) {
        match heard {
            Some(Ok(Message::Text(text))) => self.feed(Input::Text(text.as_str())).await,
            Some(Ok(Message::Binary(bytes))) => self.feed(Input::Binary(bytes)).await,
            Some(Ok(_)) => {}
            Some(Err(error)) => self.feed(Input::Lost(error.to_string())).await,
            None => self.feed(Input::Lost(String::from("the connection was closed"))).await,
        }
    }

    /// Gives the state machine an input and does what it says.
    async fn feed(&mut self, input: Input<'_>) {
        let moment = Moment {
            now: self.started.elapsed(),
            random: fastrand::f64(),
        };
        self.connection.handle(input, moment);
        while let Some(output) = self.connection.output() {
            match output {
                Output::Authorize => self.authorize(),
                Output::Open => self.open(),
                Output::Send(frame) => {
                    if let Some(line) = &mut self.line {
                        line.push(frame);
                    }
                }
                Output::HangUp => drop(self.hang_up()),
                Output::Leave => {
                    if let Some(line) = self.hang_up() {
                        line.farewell().await;
                    }
                }
                Output::Tell(event) => self.tell(event),
            }
        }
        self.shared.publish(self.connection.status(), self.connection.queued());
    }

    fn authorize(&mut self) {
        let answer = (self.auth)();
        self.errand = Some(Box::pin(async { Done::Authorized(answer.await) }));
    }

    fn open(&mut self) {
        let opening = Line::open(
            self.config.endpoint(),
            self.config.headers.clone(),
            Arc::clone(&self.shared),
        );
        self.errand = Some(Box::pin(async { Done::Opened(opening.await.map(Box::new)) }));
    }

    fn hang_up(&mut self) -> Option<Box<Line>> {
        self.errand = None;
        self.shared.set_unsent(0);
        self.line.take()
    }

    fn tell(&mut self, event: Event) {
        self.untold.push_back(event);
        while let Ok(permit) = self.told.try_reserve() {
            if !tell_first(&mut self.untold, Some(permit)) {
                return;
            }
        }
        if self.told.is_closed() {
            self.untold.clear();
        }
    }
}

/// Moves one event into the channel. Without a permit nobody listens any more, and all are dropped.
fn tell_first(untold: &mut VecDeque<Event>, permit: Option<mpsc::Permit<'_, Event>>) -> bool {
    match (permit, untold.pop_front()) {
        (Some(permit), Some(event)) => {
            permit.send(event);
            true
        }
        _ => {
            untold.clear();
            false
        }
    }
}

/// `from` and `after` added, or far away when that is beyond what the clock can tell.
fn later(from: Instant, after: Duration) -> Instant {
    from.checked_add(after).unwrap_or_else(|| Instant::now() + IDLE)
}

async fn pending_or(errand: Option<&mut Errand>) -> Done {
    match errand {
        Some(errand) => errand.await,
        None => std::future::pending().await,
    }
}
