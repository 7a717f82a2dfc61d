//! The stage: a server on a free port, and people who speak to it through a typed client and remember what they hear.

use futures::FutureExt;
use protocol::{
    Answer, Event as _, InviteId, Position, Refusal, Request, RoomId, ServerEvent, VERSION,
    access::{AccessChange, AccessChanged, ChangeAccess},
    auth::Identity,
    chat::{Said, Say},
    cursor::MoveCursor,
    document::{EditDocument, Edited, Operation, Step},
    note::{Change, ChangeNote, Noted},
    presence::PresenceEntry,
    room::{Join, Leave, Resume, Welcome},
    tape::ReadTape,
};
use serde_json::{Value, json};
use server::{Config, Server, config::Limits, server::Running, token::Keys};
use socketio::{Client, Delivery, Event, connect};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// The longest that anybody waits for anything: a test that fails says so after this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Signs this stage's tokens.
pub(crate) const SECRET: &str = "a secret for the stage, long enough for production too";

/// A server and its address.
pub(crate) struct Stage {
    running: Option<Running>,
    pub(crate) address: SocketAddr,
}

impl Stage {
    /// A server as it comes.
    pub(crate) async fn open() -> Self {
        Self::set(|_| {}).await
    }

    /// A server with other settings.
    pub(crate) async fn set(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            jwt_secret: Some(SECRET.to_owned()),
            limits: Limits::unhurried(),
            ..Config::development()
        };
        change(&mut config);
        let listener = TcpListener::bind(("127.0.0.1", config.port)).await.unwrap();
        let running = Server::new(config).await.unwrap().listen(listener).unwrap();
        Self {
            address: running.address,
            running: Some(running),
        }
    }

    /// A server that somebody else has started.
    #[allow(dead_code, reason = "the tests of several replicas use it")]
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self { running: None, address }
    }

    /// Ends the server in order.
    pub(crate) async fn close(&mut self) {
        self.running.take().unwrap().shutdown().await;
    }

    /// A token for a person, good for `seconds`; less than none is over already.
    pub(crate) fn token(user: &str, seconds: i64) -> String {
        let now = server::clock::Now::read().at.0 / 1000;
        let who = identity(user);
        let (signed, span) = match u64::try_from(seconds) {
            Ok(seconds) => (now, seconds),
            Err(_) => (now.saturating_add_signed(seconds), 0),
        };
        Keys::new(SECRET).sign(&who, signed, Duration::from_secs(span)).unwrap()
    }

    /// Somebody whose connection is up.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let token = Self::token(name, 60);
        let mut person = self.stranger(json!({ "token": token, "version": VERSION }));
        person.name = name.to_owned();
        match person.next().await {
            Event::Connected { .. } => person,
            event => panic!("{name} did not get in: {event:?}"),
        }
    }

    /// Somebody who is about to say this at CONNECT.
    pub(crate) fn stranger(&self, auth: Value) -> Person {
        let auth = move || std::future::ready(Ok(auth.clone()));
        let (client, mut told) = connect(socketio::Config::new(format!("http://{}", self.address)), auth);
        // Whoever asks and asks hears as much meanwhile, and a client whose events nobody takes stops reading.
        let (hearing, events) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(event) = told.next().await {
                if hearing.send(event).is_err() {
                    break;
                }
            }
        });
        Person {
            name: "a stranger".to_owned(),
            client,
            events,
            heard: Vec::new(),
        }
    }

    /// Answers of plain HTTP: status line and headers, and the body.
    pub(crate) async fn get(&self, path: &str) -> (String, String) {
        self.ask("GET", path, "", "").await
    }

    /// The same, of any method, with more headers (a line each, with its end) and a body.
    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: orrery\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    /// The value of a metric, with its labels as they are written.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let (_, body) = self.get("/metrics").await;
        let line = body
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        line.unwrap_or_else(|| panic!("no metric {name}"))
    }
}

/// A person by this name.
pub(crate) fn identity(user: &str) -> Identity {
    let user_id: protocol::UserId = user.parse().unwrap();
    Identity {
        hue: protocol::Hue::of(&user_id),
        name: user.parse().unwrap(),
        user_id,
    }
}

/// A room by this name.
pub(crate) fn room(name: &str) -> RoomId {
    name.parse().unwrap()
}

/// Somebody at a client.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) client: Client,
    events: mpsc::UnboundedReceiver<Event>,
    heard: Vec<ServerEvent>,
}

impl Person {
    /// Joins as most clients do, without batches.
    pub(crate) async fn joins(&mut self, name: &str) -> Welcome {
        self.joins_with(Join {
            room: room(name),
            resume: None,
            batch: false,
            invite: None,
        })
        .await
    }

    /// Joins as our pages do.
    pub(crate) async fn joins_batching(&mut self, name: &str) -> Welcome {
        self.joins_with(Join {
            room: room(name),
            resume: None,
            batch: true,
            invite: None,
        })
        .await
    }

    /// Joins again, with where one stands.
    pub(crate) async fn resumes(&mut self, name: &str, resume: Resume) -> Welcome {
        self.joins_with(Join {
            room: room(name),
            resume: Some(resume),
            batch: true,
            invite: None,
        })
        .await
    }

    /// Asks to come in, perhaps by an invitation.
    pub(crate) async fn knocks(&self, name: &str, invite: Option<InviteId>) -> Result<Welcome, Refusal> {
        let (room, resume, batch) = (room(name), None, true);
        let join = Join {
            room,
            resume,
            batch,
            invite,
        };
        self.ask(&join).await
    }

    /// Changes access.
    pub(crate) async fn changes_access(&self, name: &str, change: AccessChange) -> Result<AccessChanged, Refusal> {
        let (room, id) = (room(name), None);
        self.ask(&ChangeAccess { room, change, id }).await
    }

    async fn joins_with(&mut self, join: Join) -> Welcome {
        self.ask(&join)
            .await
            .unwrap_or_else(|refusal| panic!("{} could not join: {refusal}", self.name))
    }

    pub(crate) async fn leaves(&self, name: &str) -> Result<protocol::room::Left, Refusal> {
        self.ask(&Leave { room: room(name) }).await
    }

    pub(crate) async fn says(&self, name: &str, text: &str) -> Result<Said, Refusal> {
        self.ask(&Say {
            room: room(name),
            text: text.to_owned(),
            id: None,
        })
        .await
    }

    /// Changes the document, under an id that the server makes.
    pub(crate) async fn edits(&self, name: &str, base: Position, steps: Vec<Step>) -> Result<Edited, Refusal> {
        self.ask(&EditDocument {
            room: room(name),
            base,
            operation: Operation(steps),
            id: None,
        })
        .await
    }

    /// Changes a note, under an id that the server makes.
    pub(crate) async fn changes(&self, name: &str, change: Change) -> Result<Noted, Refusal> {
        self.ask(&ChangeNote {
            room: room(name),
            change,
            id: None,
        })
        .await
    }

    /// Says something that is not answered.
    pub(crate) fn emits<E: protocol::Event>(&self, event: &E) {
        self.client.emit(E::NAME, event).unwrap();
    }

    pub(crate) fn moves(&self, name: &str, x: f64, y: f64) {
        self.client
            .emit(MoveCursor::NAME, &MoveCursor { room: room(name), x, y })
            .unwrap();
    }

    /// Asks and waits for the answer.
    pub(crate) async fn ask<R: Request>(&self, request: &R) -> Result<R::Reply, Refusal> {
        let payload = self.client.request(R::NAME, request, Delivery::Once).await.unwrap();
        payload.parse::<Answer<R::Reply>>().unwrap().into()
    }

    /// Asks for something that no type stands for.
    pub(crate) async fn ask_anything(&self, event: &str, payload: &Value) -> Value {
        self.client
            .request(event, payload, Delivery::Once)
            .await
            .unwrap()
            .parse()
            .unwrap()
    }

    /// Waits for something that was said; whatever else is said before goes by.
    pub(crate) async fn hears<T>(&mut self, pick: impl Fn(&ServerEvent) -> Option<T>) -> T {
        let waiting = async {
            loop {
                if let Event::Message { name, payload, .. } = self.events.recv().await.expect("the client has ended")
                    && let Some(event) = ServerEvent::decode(&name, payload.get())
                {
                    let event = event.unwrap();
                    if let Some(found) = pick(&event) {
                        return found;
                    }
                    self.heard.push(event);
                }
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        waited.unwrap_or_else(|_| panic!("{} waited in vain and heard {:#?}", self.name, self.heard))
    }

    /// Waits until the people in the room are these, by either way of being told.
    pub(crate) async fn sees(&mut self, mut present: Vec<PresenceEntry>, users: &[&str]) -> Vec<PresenceEntry> {
        while names(&present) != users {
            let event = self.hears(|event| Some(event.clone())).await;
            match event {
                ServerEvent::Presence(presence) => present = presence.present,
                ServerEvent::PresenceChanged(change) => {
                    present.retain(|entry| {
                        !change.left.contains(&entry.user_id)
                            && change.changed.iter().all(|changed| changed.user_id != entry.user_id)
                    });
                    present.extend(change.changed);
                    present.sort_by_key(|entry| entry.since);
                }
                _ => {}
            }
        }
        present
    }

    /// Everything that reached this person up to now: a round trip is waited for, behind which nothing older can come.
    pub(crate) async fn heard_by_now(&mut self) -> Vec<ServerEvent> {
        self.ask(&ReadTape {}).await.unwrap();
        while let Some(Some(event)) = self.events.recv().now_or_never() {
            if let Event::Message { name, payload, .. } = event {
                self.heard
                    .extend(ServerEvent::decode(&name, payload.get()).map(Result::unwrap));
            }
        }
        std::mem::take(&mut self.heard)
    }

    /// The next thing that happens to the connection.
    pub(crate) async fn next(&mut self) -> Event {
        tokio::time::timeout(PATIENCE, self.events.recv())
            .await
            .expect("nothing happened")
            .expect("the client has ended")
    }
}

/// Who they are.
pub(crate) fn names(present: &[PresenceEntry]) -> Vec<&str> {
    present.iter().map(|entry| entry.user_id.as_str()).collect()
}
