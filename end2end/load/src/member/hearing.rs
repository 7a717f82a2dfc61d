//! The life of a connection: the one task that takes its events, and asks for the room whenever it has to. What the events
//! say is in `hearing/news.rs`.

mod news;

use std::{pin::Pin, sync::Arc, time::Duration};

use protocol::{
    Event as _, Refusal, Replay,
    document::DocumentEdited,
    room::{Join, Resume},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use socketio::{Delivery, Event, Events, Payload, RequestError};
use tokio::{sync::oneshot, time::sleep};

use super::{Me, chat::Line, text::Next};

/// A wish to join that is under way.
type Joining = Pin<Box<dyn Future<Output = Result<Payload, RequestError>> + Send>>;

/// Whom the first welcome is told, or why there is none.
type First = oneshot::Sender<Result<(), String>>;

/// A welcome, as far as it concerns us. What another server leaves out is not missed.
#[derive(Deserialize)]
struct Greeting<'a> {
    error: Option<Refusal>,
    #[serde(borrow)]
    chat: Option<&'a RawValue>,
    #[serde(borrow)]
    document: Option<&'a RawValue>,
}

/// Hears until the client is closed.
pub(super) async fn hear(me: Arc<Me>, mut events: Events, first: First) {
    let mut ear = Ear {
        me,
        first: Some(first),
        joining: None,
        live: false,
        early: Vec::new(),
    };
    loop {
        tokio::select! {
            event = events.next() => match event {
                Some(event) => ear.happened(event).await,
                None => break,
            },
            answer = answer(&mut ear.joining) => ear.answered(answer),
            () = ear.me.join.notified(), if ear.live && ear.joining.is_none() => ear.ask(Duration::ZERO),
        }
    }
    ear.interrupted();
}

async fn answer(joining: &mut Option<Joining>) -> Result<Payload, RequestError> {
    match joining {
        Some(asked) => {
            let answer = asked.await;
            *joining = None;
            answer
        }
        None => std::future::pending().await,
    }
}

struct Ear {
    me: Arc<Me>,
    first: Option<First>,
    joining: Option<Joining>,
    /// Whether the room is joined.
    live: bool,
    /// What came for the logs before the welcome did.
    early: Vec<(String, Payload)>,
}

impl Ear {
    async fn happened(&mut self, event: Event) {
        match event {
            Event::Connected { .. } => self.ask(Duration::ZERO),
            Event::Message { name, payload, .. } => self.heard(name, payload),
            Event::Refused { message, .. } => self.refused(&message).await,
            Event::Disconnected { reason } => {
                if reason != socketio::Reason::Closed {
                    self.me.state().disconnects += 1;
                    self.me.crowd.tally.lost_connection();
                }
                self.interrupted();
            }
            Event::Reconnecting { .. } => {}
        }
    }

    /// CONNECT was refused. Somebody who is told when to come back does; for others that is the end.
    async fn refused(&mut self, message: &str) {
        match Refusal::from_connect_error(message).retry_after_ms {
            Some(millis) => {
                sleep(Duration::from_millis(millis)).await;
                self.me.client.reconnect();
            }
            None => self.give_up(message),
        }
    }

    fn give_up(&mut self, words: &str) {
        match self.first.take() {
            // Whoever waits for the welcome counts it.
            Some(first) => drop(first.send(Err(words.to_owned()))),
            None => self.me.crowd.failed(words),
        }
    }

    fn interrupted(&mut self) {
        if std::mem::take(&mut self.live) {
            self.me.crowd.tally.parted();
        }
        self.joining = None;
        self.early.clear();
    }

    fn ask(&mut self, after: Duration) {
        let (chat, document) = {
            let state = self.me.state();
            (
                state.chat.position(),
                state.text.as_ref().and_then(super::Text::position),
            )
        };
        let resume = Resume {
            chat,
            document,
            note: None,
        };
        let join = Join {
            room: self.me.place.room.clone(),
            resume: (chat.is_some() || document.is_some()).then_some(resume),
            batch: self.me.crowd.target.batch,
            invite: None,
        };
        let client = self.me.client.clone();
        self.joining = Some(Box::pin(async move {
            if !after.is_zero() {
                sleep(after).await;
            }
            client.request(Join::NAME, &join, Delivery::Once).await
        }));
    }

    fn answered(&mut self, answer: Result<Payload, RequestError>) {
        let payload = match answer {
            Ok(payload) => payload,
            // Whoever lost the connection asks anew on the next one.
            Err(RequestError::Disconnected | RequestError::Closed) => return,
            Err(error) => return self.give_up(&format!("a join: {error}")),
        };
        match serde_json::from_str::<Greeting<'_>>(payload.get()) {
            Err(error) => self.give_up(&format!("a welcome that cannot be read: {error}")),
            Ok(Greeting {
                error: Some(refusal), ..
            }) => match refusal.retry_after_ms {
                Some(millis) => self.ask(Duration::from_millis(millis)),
                None => self.give_up(&format!("a join: {refusal}")),
            },
            Ok(greeting) => self.welcomed(&greeting),
        }
    }

    fn welcomed(&mut self, greeting: &Greeting<'_>) {
        let (fresh, next) = match self.take(greeting) {
            Ok(taken) => taken,
            Err(error) => return self.give_up(&format!("a welcome that cannot be read: {error}")),
        };
        for line in &fresh {
            self.told(line);
        }
        self.me.follow(next);
        if !std::mem::replace(&mut self.live, true) {
            self.me.crowd.tally.joined();
        }
        for (name, payload) in std::mem::take(&mut self.early) {
            self.heard(name, payload);
        }
        self.me.client.release();
        if let Some(first) = self.first.take() {
            first.send(Ok(())).ok();
        }
    }

    fn take(&self, greeting: &Greeting<'_>) -> serde_json::Result<(Vec<Line>, Next)> {
        let now = self.me.crowd.clock.micros();
        let mut state = self.me.state();
        let replay = greeting
            .chat
            .and_then(|chat| serde_json::from_str::<Replay<Line>>(chat.get()).ok());
        let fresh = match replay {
            Some(replay) => state.chat.welcomed(replay),
            None => {
                state.chat.welcomed_without();
                Vec::new()
            }
        };
        // Who comes for the first time was not there when these were said.
        let fresh = if state.welcomes.is_empty() { Vec::new() } else { fresh };
        state.welcomes.push(now);
        let next = match (&mut state.text, greeting.document) {
            (Some(text), Some(document)) => {
                let replay: Replay<DocumentEdited, String> = serde_json::from_str(document.get())?;
                text.welcomed(replay)
            }
            _ => Next::Rest,
        };
        Ok((fresh, next))
    }
}
