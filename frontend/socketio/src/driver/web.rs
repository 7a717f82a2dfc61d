//! The driver for the browser. Everything runs on the page's one thread: the socket, the timer and the page's own events
//! call straight into the state machine, so that a page that is being left can still say goodbye.

mod line;
mod page;
mod timer;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::Future,
    pin::Pin,
    rc::{Rc, Weak},
    sync::Arc,
    time::Duration,
};

use futures_channel::mpsc::UnboundedReceiver;
use serde_json::Value;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::Window;

use self::{line::Line, page::Listener, timer::Timer};
use crate::{
    Client, Config, Event,
    client::{
        command::Command,
        shared::{CONGESTED, Shared, Status},
    },
    connection::{Connection, Input, Moment, Output},
};

/// How soon a congested socket is looked at again: a browser does not tell when its buffer has drained.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

type Answer = Pin<Box<dyn Future<Output = Result<Value, String>>>>;

/// Starts a client. `auth` is asked at each attempt for the payload of CONNECT; `Value::Null` sends none, and an error counts
/// as a failed attempt that is made again after the backoff. `on_event` hears every [`Event`], in order; it may use the
/// [`Client`] freely.
///
/// The client leaves when the page does, and lives as long as a handle to it.
pub fn connect<A, F>(config: Config, mut auth: A, on_event: impl FnMut(Event) + 'static) -> Client
where
    A: FnMut() -> F + 'static,
    F: Future<Output = Result<Value, String>> + 'static,
{
    let (client, commands, shared) = Client::new(&config);
    let ask: Box<dyn FnMut() -> Answer> = Box::new(move || Box::pin(auth()));
    let driver = Driver::new(config, shared, ask, Box::new(on_event));
    spawn_local(run(driver, commands));
    client
}

/// Does the wishes of the handles. It owns the driver: when it ends, listeners, timer and socket go with it.
async fn run(driver: Rc<Driver>, mut commands: UnboundedReceiver<Command>) {
    driver.feed(Input::Started);
    while driver.connection.borrow().status() != Status::Closed {
        let command = commands.recv().await.unwrap_or(Command::Close);
        driver.shared.taken(command.len());
        driver.feed(Input::Wished(command));
    }
}

struct Driver {
    config: Config,
    window: Window,
    shared: Arc<Shared>,
    connection: RefCell<Connection>,
    auth: RefCell<Box<dyn FnMut() -> Answer>>,
    /// Which question to the auth provider is the present one: an answer to an earlier one is not wanted any more.
    question: Cell<u32>,
    line: RefCell<Option<Line>>,
    timer: RefCell<Timer>,
    untold: RefCell<VecDeque<Event>>,
    on_event: RefCell<Box<dyn FnMut(Event)>>,
    /// Held so that they are removed with the driver.
    _listeners: Vec<Listener>,
    me: Weak<Self>,
}

impl Driver {
    fn new(
        config: Config,
        shared: Arc<Shared>,
        auth: Box<dyn FnMut() -> Answer>,
        on_event: Box<dyn FnMut(Event)>,
    ) -> Rc<Self> {
        // A worker's global scope is no window, but it has what is used of it here.
        let window: Window = js_sys::global().unchecked_into();
        Rc::new_cyclic(|me| Self {
            shared,
            connection: RefCell::new(Connection::new(&config)),
            auth: RefCell::new(auth),
            question: Cell::new(0),
            line: RefCell::new(None),
            timer: RefCell::new(Timer::new(&window, feeder(me, |driver| driver.feed(Input::Elapsed)))),
            untold: RefCell::default(),
            on_event: RefCell::new(on_event),
            _listeners: page::listen(&window, me),
            me: Weak::clone(me),
            config,
            window,
        })
    }

    /// Gives the state machine an input, does what it says, and tells the application.
    fn feed(&self, input: Input<'_>) {
        let moment = Moment {
            now: self.now(),
            random: js_sys::Math::random(),
        };
        self.connection.borrow_mut().handle(input, moment);
        while let Some(output) = self.output() {
            self.obey(output);
        }
        self.publish();
        self.set_timer();
        self.tell();
    }

    fn output(&self) -> Option<Output> {
        self.connection.borrow_mut().output()
    }

    fn obey(&self, output: Output) {
        match output {
            Output::Authorize => self.authorize(),
            Output::Open => self.open(),
            Output::Send(frame) => {
                if let Some(line) = &*self.line.borrow() {
                    line.send(&frame);
                }
            }
            // The browser sends what it has buffered before it closes, so every goodbye is a clean one.
            Output::HangUp | Output::Leave => {
                self.question.set(self.question.get().wrapping_add(1));
                self.line.take();
            }
            Output::Tell(event) => self.untold.borrow_mut().push_back(event),
        }
    }

    fn authorize(&self) {
        let question = self.question.get().wrapping_add(1);
        self.question.set(question);
        let answer = (self.auth.borrow_mut())();
        let me = Weak::clone(&self.me);
        spawn_local(async move {
            let answer = answer.await;
            if let Some(driver) = me.upgrade().filter(|driver| driver.question.get() == question) {
                driver.feed(Input::Authorized(answer));
            }
        });
    }

    fn open(&self) {
        match Line::open(&self.config.endpoint(), &self.me) {
            Ok(line) => {
                self.line.replace(Some(line));
            }
            Err(words) => self.feed(Input::Lost(words)),
        }
    }

    fn publish(&self) {
        let connection = self.connection.borrow();
        self.shared.publish(connection.status(), connection.queued());
        self.shared
            .set_unsent(self.line.borrow().as_ref().map_or(0, Line::unsent));
    }

    fn set_timer(&self) {
        let congested = self
            .line
            .borrow()
            .as_ref()
            .is_some_and(|line| line.unsent() >= CONGESTED);
        let look = congested.then(|| self.now().saturating_add(LOOK_AGAIN));
        let due = [self.connection.borrow().deadline(), look].into_iter().flatten().min();
        self.timer.borrow_mut().set(due, self.now());
    }

    /// Tells what has not been told. Should the application make us hear something while it listens, it is told after.
    fn tell(&self) {
        let Ok(mut on_event) = self.on_event.try_borrow_mut() else {
            return;
        };
        while let Some(event) = self.next_untold() {
            on_event(event);
        }
    }

    fn next_untold(&self) -> Option<Event> {
        self.untold.borrow_mut().pop_front()
    }

    /// The time since the page began; it never goes back.
    fn now(&self) -> Duration {
        let millis = self.window.performance().map_or(0.0, |performance| performance.now());
        Duration::try_from_secs_f64(millis / 1_000.0).unwrap_or_default()
    }
}

/// A callback for JavaScript that holds the driver only while it runs, so that callbacks do not keep it alive.
fn feeder(me: &Weak<Driver>, feed: impl Fn(&Driver) + 'static) -> impl FnMut() + 'static {
    let me = Weak::clone(me);
    move || {
        if let Some(driver) = me.upgrade() {
            feed(&driver);
        }
    }
}
