//! `rust_socketio`, an independent client, against the release binary: it joins, talks, points, sees others do so, and is
//! told why it is refused.

use anyhow::{Context, Result, bail};
use futures::FutureExt;
use rust_socketio::{
    Event, Payload,
    asynchronous::{Client, ClientBuilder},
};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::sync::mpsc::{self, UnboundedReceiver};

/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The release binary on a free port. Dropped, it is gone.
struct Orrery {
    process: Child,
    address: String,
}

impl Orrery {
    fn start() -> Result<Self> {
        let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/release/orrery");
        let binary = std::env::var("ORRERY_BIN").unwrap_or_else(|_| built.to_owned());
        let mut process = Command::new(&binary)
            .env("PORT", "0")
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{binary} is not there: build it with `cargo xtask build`"))?;
        let mut lines = BufReader::new(process.stderr.take().context("no standard error")?).lines();
        let address = lines.find_map(|line| line.ok()?.split_once("http://").map(|(_, address)| address.to_owned()));
        // Read on, or the process would stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            process,
            address: address.context("it ended before it listened")?,
        })
    }

    fn token(&self, user: &str) -> Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(stream, "GET /dev/token?sub={user} HTTP/1.0\r\nhost: orrery\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").context("no body")?;
        let token: Value = serde_json::from_str(body)?;
        Ok(token["token"].as_str().context("no token")?.to_owned())
    }
}

impl Drop for Orrery {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A client and what it hears.
struct Person {
    client: Client,
    heard: UnboundedReceiver<(String, Value)>,
}

impl Person {
    async fn connect(orrery: &Orrery, auth: Value) -> Result<Self> {
        let (sender, heard) = mpsc::unbounded_channel();
        let (errors, opened) = (sender.clone(), sender.clone());
        let client = ClientBuilder::new(format!("http://{}/", orrery.address))
            .auth(auth)
            .on_any(move |event, payload, _| {
                let name = match event {
                    Event::Custom(name) => name,
                    other => other.to_string(),
                };
                sender.send((name, first(payload))).ok();
                async {}.boxed()
            })
            .on("open", move |_, _| {
                opened.send(("open".to_owned(), Value::Null)).ok();
                async {}.boxed()
            })
            .on("error", move |payload, _| {
                errors.send(("error".to_owned(), first(payload))).ok();
                async {}.boxed()
            })
            .reconnect(false)
            .connect()
            .await?;
        Ok(Self { client, heard })
    }

    /// Connects and waits until it may speak: this client's own `connect` returns before the server has answered.
    async fn enter(orrery: &Orrery, user: &str) -> Result<Self> {
        let mut person = Self::connect(orrery, json!({ "token": orrery.token(user)? })).await?;
        person.hears("open", |_| true).await?;
        Ok(person)
    }

    /// Emits and waits for the ack.
    async fn ask(&self, event: &str, payload: Value) -> Result<Value> {
        let (sender, mut answers) = mpsc::unbounded_channel();
        let hear = move |payload: Payload, _| {
            sender.send(first(payload)).ok();
            async {}.boxed()
        };
        self.client.emit_with_ack(event, payload, PATIENCE, hear).await?;
        let answer = tokio::time::timeout(PATIENCE, answers.recv())
            .await
            .context("no ack")?
            .context("no ack")?;
        // This client hands over an ack's arguments as one array.
        Ok(answer
            .as_array()
            .and_then(|arguments| arguments.first().cloned())
            .unwrap_or(answer))
    }

    /// Waits for an event that fits.
    async fn hears(&mut self, event: &str, fits: impl Fn(&Value) -> bool) -> Result<Value> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
            let Some((name, payload)) = next.with_context(|| format!("{event} was waited for in vain"))? else {
                bail!("the client has ended");
            };
            if name == event && fits(&payload) {
                return Ok(payload);
            }
        }
    }
}

fn first(payload: Payload) -> Value {
    match payload {
        Payload::Text(mut values) if !values.is_empty() => values.swap_remove(0),
        #[expect(deprecated, reason = "the client still hands over some payloads so")]
        Payload::String(text) => Value::String(text),
        _ => Value::Null,
    }
}

#[tokio::test]
async fn it_joins_talks_points_and_leaves() -> Result<()> {
    let orrery = Orrery::start()?;
    let mut ann = Person::enter(&orrery, "ann").await?;
    let mut bob = Person::enter(&orrery, "bob").await?;
    let welcome = ann.ask("room.join", json!({ "room": "sky" })).await?;
    assert_eq!(welcome["you"]["userId"], "ann", "{welcome}");
    bob.ask("room.join", json!({ "room": "sky" })).await?;
    ann.hears("presence", |presence| {
        presence["present"].as_array().is_some_and(|people| people.len() == 2)
    })
    .await?;
    let said = bob.ask("chat", json!({ "room": "sky", "text": "hello" })).await?;
    assert_eq!(said["seq"], 1, "{said}");
    let message = ann.hears("chat", |_| true).await?;
    assert_eq!((&message["text"], &message["userId"]), (&json!("hello"), &json!("bob")));
    ann.client
        .emit("cursor", json!({ "room": "sky", "x": 3, "y": 4.5 }))
        .await?;
    let moved = bob.hears("cursor", |_| true).await?;
    assert_eq!((&moved["userId"], &moved["y"]), (&json!("ann"), &json!(4.5)));
    let refused = bob.ask("chat", json!({ "room": "sky", "text": "" })).await?;
    assert_eq!(refused["error"]["code"], "text_empty");
    bob.ask("room.leave", json!({ "room": "sky" })).await?;
    ann.hears("presence", |presence| {
        presence["present"].as_array().is_some_and(|people| people.len() == 1)
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn it_is_told_why_it_may_not_come_in() -> Result<()> {
    let orrery = Orrery::start()?;
    let mut stranger = Person::connect(&orrery, json!({})).await?;
    let error = stranger.hears("error", |_| true).await?;
    assert!(error.to_string().contains("token_missing: "), "{error}");
    Ok(())
}
