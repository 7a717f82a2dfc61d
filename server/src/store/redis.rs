//! Logs in Redis, shared by all replicas. Each thing that is asked is one script, so that nothing comes between looking and
//! writing; an append is told on the room's channel by the script that made it. The scripts are in `cluster/lua`.

use super::{Appended, Entry, Loaded, Log, LogError, NewEntry, Page, Retention, Snapshot, Span, Topic, Witness};
use crate::{
    cluster::{
        keys,
        script::{self, Lua, log_error},
    },
    metrics::Metrics,
};
use async_trait::async_trait;
use fred::{clients::Client, types::Value};
use protocol::{Epoch, MessageId, Position, RoomId, Seq, UserId, health::Store};
use std::{fmt, str::FromStr, sync::Arc, time::Duration};

/// The largest place that a script is asked about: Lua counts in doubles, and places come from clients.
const LARGEST: u64 = 1 << 52;

/// Logs in Redis.
#[derive(Clone)]
pub struct RedisLog {
    client: Client,
    keep: Retention,
    /// How long a log lives after its last entry.
    ttl: Duration,
    /// Whether a log that was never written keeps the epoch that its first reader is told.
    remembers: bool,
    metrics: Arc<Metrics>,
}

impl RedisLog {
    /// Logs that keep as many entries as `keep` says, for as long as `ttl`.
    #[must_use]
    pub fn new(client: Client, keep: Retention, ttl: Duration, metrics: Arc<Metrics>) -> Self {
        Self {
            client,
            keep,
            ttl,
            remembers: true,
            metrics,
        }
    }

    /// The same logs for whoever only looks: names that are made up leave nothing in Redis. Nothing can be followed from
    /// the epoch of a log that was never written.
    #[must_use]
    pub fn glance(&self) -> Self {
        Self {
            remembers: false,
            ..self.clone()
        }
    }

    /// The epoch of a log that was never written.
    fn unwritten(&self) -> Value {
        if self.remembers { born() } else { "".into() }
    }

    async fn run(&self, script: &Lua, room: &RoomId, topic: Topic, arguments: Vec<Value>) -> Result<Value, LogError> {
        let answer = script
            .run(&self.client, keys::log(room, topic), Value::Array(arguments))
            .await;
        answer.map_err(|error| self.mind(log_error(&error)))
    }

    fn mind(&self, error: LogError) -> LogError {
        self.metrics.store_errors.inc(error.label());
        error
    }
}

/// A life for a log that has none yet, or has lost one.
fn born() -> Value {
    Epoch(rand::random()).to_string().into()
}

fn count(n: usize) -> Value {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

fn place(seq: Seq) -> Value {
    seq.0.min(LARGEST).to_string().into()
}

#[async_trait]
impl Log for RedisLog {
    async fn append(
        &self,
        room: &RoomId,
        topic: Topic,
        expected: Option<Seq>,
        entry: NewEntry,
    ) -> Result<Appended, LogError> {
        let ttl = if topic == Topic::Access {
            keys::ACCESS_TTL
        } else {
            self.ttl
        };
        let ttl = i64::try_from(ttl.as_secs()).unwrap_or(i64::MAX);
        let arguments = vec![
            expected.map_or_else(|| "".into(), place),
            entry.by.as_str().into(),
            entry.id.as_str().into(),
            entry.body.as_ref().into(),
            count(self.keep.of(topic)),
            count(self.keep.bytes),
            i64::from(topic.has_snapshots()).into(),
            born(),
            ttl.into(),
            keys::channel(room).into(),
            topic.as_str().into(),
        ];
        let mut answer = Answer::of(self.run(&script::APPEND, room, topic, arguments).await?)?;
        let (what, epoch): (String, Epoch) = (answer.text()?, answer.parsed()?);
        match what.as_str() {
            "new" => {
                let seq = answer.place()?;
                self.metrics.bus_out.inc("entry");
                Ok(Appended::New(Position { epoch, seq }))
            }
            "repeated" => answer.entry().map(Appended::Repeated),
            "conflict" => answer.place().map(Appended::Conflict),
            other => Err(unlike(other)),
        }
    }

    async fn read(&self, room: &RoomId, topic: Topic, span: Span) -> Result<Page, LogError> {
        let (kind, seq, limit) = match span {
            Span::After(seq) => ("after", seq, 0),
            Span::Before(seq, limit) => ("before", seq, limit),
            Span::Newest(limit) => ("newest", Seq(0), limit),
        };
        let arguments = vec![kind.into(), place(seq), count(limit), self.unwritten()];
        Answer::of(self.run(&script::READ, room, topic, arguments).await?)?.page()
    }

    async fn load(&self, room: &RoomId, topic: Topic) -> Result<Loaded, LogError> {
        let mut answer = Answer::of(self.run(&script::LOAD, room, topic, vec![self.unwritten()]).await?)?;
        let end = answer.position()?;
        let (held, body) = (answer.place()?, answer.next()?);
        let snapshot = match body {
            Value::Null => None,
            body => Some(Snapshot {
                seq: held,
                body: text(body)?.into(),
            }),
        };
        let entries = answer.entries()?;
        Ok(Loaded { end, snapshot, entries })
    }

    async fn find(&self, room: &RoomId, topic: Topic, by: &UserId, id: &MessageId) -> Result<Option<Entry>, LogError> {
        let arguments = vec![by.as_str().into(), id.as_str().into(), self.unwritten()];
        match self.run(&script::FIND, room, topic, arguments).await? {
            Value::Null => Ok(None),
            found => entry(found).map(Some),
        }
    }

    async fn compact(&self, room: &RoomId, topic: Topic, epoch: Epoch, snapshot: Snapshot) -> Result<(), LogError> {
        if !topic.has_snapshots() {
            return Ok(());
        }
        let arguments = vec![
            epoch.to_string().into(),
            place(snapshot.seq),
            snapshot.body.as_ref().into(),
            count(self.keep.of(topic)),
            count(self.keep.bytes),
            born(),
        ];
        self.run(&script::COMPACT, room, topic, arguments).await.map(drop)
    }

    async fn witness(&self, room: &RoomId, topic: Topic, known: &Witness) -> Result<Page, LogError> {
        let (by, id) = known
            .entry
            .as_ref()
            .map_or(("", ""), |(by, id)| (by.as_str(), id.as_str()));
        let arguments = vec![
            known.position.epoch.to_string().into(),
            place(known.position.seq),
            by.into(),
            id.into(),
            born(),
            keys::channel(room).into(),
            topic.as_str().into(),
        ];
        Answer::of(self.run(&script::WITNESS, room, topic, arguments).await?)?.page()
    }

    fn kind(&self) -> Store {
        Store::Redis
    }
}

/// What a script answered, taken piece by piece.
struct Answer(std::vec::IntoIter<Value>);

impl Answer {
    fn of(value: Value) -> Result<Self, LogError> {
        match value {
            Value::Array(values) => Ok(Self(values.into_iter())),
            other => Err(unlike(&format!("{:?}", other.kind()))),
        }
    }

    fn next(&mut self) -> Result<Value, LogError> {
        self.0.next().ok_or_else(|| unlike("nothing"))
    }

    fn text(&mut self) -> Result<String, LogError> {
        self.next().and_then(text)
    }

    fn parsed<T: FromStr<Err: fmt::Display>>(&mut self) -> Result<T, LogError> {
        self.text().and_then(|text| parsed(&text))
    }

    fn place(&mut self) -> Result<Seq, LogError> {
        self.text().and_then(|id| seq(&id))
    }

    fn position(&mut self) -> Result<Position, LogError> {
        Ok(Position {
            epoch: self.parsed()?,
            seq: self.place()?,
        })
    }

    fn entry(&mut self) -> Result<Entry, LogError> {
        self.next().and_then(entry)
    }

    fn entries(&mut self) -> Result<Vec<Entry>, LogError> {
        Self::of(self.next()?)?.0.map(entry).collect()
    }

    fn page(mut self) -> Result<Page, LogError> {
        Ok(Page {
            end: self.position()?,
            first: self.place()?,
            entries: self.entries()?,
        })
    }
}

/// An entry of a stream: its id, and its fields with their values.
fn entry(value: Value) -> Result<Entry, LogError> {
    let mut parts = Answer::of(value)?;
    let seq = parts.place()?;
    let mut fields = Answer::of(parts.next()?)?;
    let mut field = |name: &str| match fields.text()? {
        found if found == name => fields.text(),
        other => Err(unlike(&other)),
    };
    let (by, id, body) = (field("by")?, field("id")?, field("body")?);
    Ok(Entry {
        seq,
        by: parsed(&by)?,
        id: parsed(&id)?,
        body: body.into(),
    })
}

fn text(value: Value) -> Result<String, LogError> {
    value.into_string().ok_or_else(|| unlike("no text"))
}

/// The place in a stream's id, which ends in `-0` with us.
fn seq(id: &str) -> Result<Seq, LogError> {
    let place = id.strip_suffix("-0").ok_or_else(|| unlike(id))?;
    parsed(place).map(Seq)
}

fn parsed<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, LogError> {
    text.parse()
        .map_err(|error: T::Err| LogError::Damaged(format!("{text:?}: {error}")))
}

fn unlike(found: &str) -> LogError {
    LogError::Damaged(format!("a log holds what it cannot: {found}"))
}
