//! Where the tests of the state machine play: a real handle, the state machine, and a clock that moves when told to. The stage
//! is the driver and the server.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures_channel::mpsc::UnboundedReceiver;
use serde_json::{Value, json};

use super::{Connection, Input, Moment, Output};
use crate::{
    Client, Config, Event, Payload, Request, RequestError,
    client::{command::Command, shared::Shared},
};

/// The pings of the stage's server: one every 10 s, late by at most 5 s.
pub(super) const HANDSHAKE: &str = r#"0{"sid":"e","upgrades":[],"pingInterval":10000,"pingTimeout":5000}"#;

pub(super) struct Stage {
    pub(super) client: Client,
    pub(super) connection: Connection,
    commands: UnboundedReceiver<Command>,
    shared: Arc<Shared>,
    pub(super) now: Duration,
    /// What was sent on the present transport.
    pub(super) sent: Vec<String>,
    pub(super) told: Vec<Event>,
    /// Whether the transport is open or opening.
    pub(super) line: bool,
    /// Whether the auth provider has been asked and has not answered.
    pub(super) asked: bool,
    /// How often the transport was let go cleanly.
    pub(super) left: usize,
}

impl Stage {
    pub(super) fn new(config: &Config) -> Self {
        let (client, commands, shared) = Client::new(config);
        let mut stage = Self {
            client,
            connection: Connection::new(config),
            commands,
            shared,
            now: Duration::ZERO,
            sent: Vec::new(),
            told: Vec::new(),
            line: false,
            asked: false,
            left: 0,
        };
        stage.feed(Input::Started);
        stage
    }

    /// A client with the usual settings whose CONNECT has been acknowledged.
    pub(super) fn connected() -> Self {
        let mut stage = Self::new(&Config::new("ws://here"));
        stage.connect();
        stage
    }

    /// Walks from the question for auth to the acknowledged CONNECT.
    pub(super) fn connect(&mut self) {
        self.feed(Input::Authorized(Ok(json!({ "token": "t" }))));
        self.hear(HANDSHAKE);
        self.hear(r#"40{"sid":"s"}"#);
    }

    pub(super) fn hear(&mut self, text: &str) {
        self.feed(Input::Text(text));
    }

    pub(super) fn lose(&mut self) {
        self.feed(Input::Lost(String::from("gone")));
    }

    /// Does what the handles have wished.
    pub(super) fn settle(&mut self) {
        while let Ok(command) = self.commands.try_recv() {
            self.shared.taken(command.len());
            self.feed(Input::Wished(command));
        }
    }

    /// Lets time pass, ringing whenever something is due.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(due) = self.connection.deadline().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.feed(Input::Elapsed);
        }
        self.now = end;
    }

    pub(super) fn feed(&mut self, input: Input<'_>) {
        self.connection.handle(
            input,
            Moment {
                now: self.now,
                random: 0.5,
            },
        );
        while let Some(output) = self.connection.output() {
            match output {
                Output::Authorize => self.asked = true,
                Output::Open => {
                    (self.asked, self.line) = (false, true);
                    self.sent.clear();
                }
                Output::Send(frame) => {
                    assert!(self.line, "sent without a transport: {}", frame.text);
                    self.sent.push(frame.text);
                }
                Output::HangUp => (self.asked, self.line) = (false, false),
                Output::Leave => {
                    (self.asked, self.line) = (false, false);
                    self.left += 1;
                }
                Output::Tell(event) => self.told.push(event),
            }
        }
        self.shared.publish(self.connection.status(), self.connection.queued());
    }

    /// What was sent since the last call.
    pub(super) fn take_sent(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent)
    }

    /// What was told last.
    pub(super) fn last(&self) -> &Event {
        self.told.last().expect("something was told")
    }
}

/// A request's result, if it has one.
pub(super) fn result(request: &mut Request) -> Option<Result<Value, RequestError>> {
    match Pin::new(request).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer.map(|payload: Payload| payload.parse().expect("JSON"))),
        Poll::Pending => None,
    }
}
