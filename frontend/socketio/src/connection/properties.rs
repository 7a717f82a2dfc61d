//! What holds for the state machine whatever happens to it, in whatever order.

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    Input,
    stage::{HANDSHAKE, Stage, result},
};
use crate::{Config, Delivery, Request, client::shared::Status};

/// Something that can happen.
#[derive(Clone, Debug)]
enum Step {
    Authorized(bool),
    Handshake,
    Connect,
    Refusal,
    Dismissal,
    Ping,
    /// The server acknowledges the request with this number, if it was sent.
    Ack(u64),
    Nonsense(String),
    Binary,
    Lost,
    Pass(u64),
    Emit,
    Once,
    Kept,
    Release,
    Reconnect,
    RetryAfter(u64),
    Woken,
    WentOffline,
    Hid,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Authorized(true)),
        1 => Just(Step::Authorized(false)),
        6 => Just(Step::Handshake),
        6 => Just(Step::Connect),
        1 => Just(Step::Refusal),
        1 => Just(Step::Dismissal),
        3 => Just(Step::Ping),
        8 => (0_u64..40).prop_map(Step::Ack),
        1 => "4?[0-9a-z\\[\\]\"]{0,12}".prop_map(Step::Nonsense),
        1 => Just(Step::Binary),
        2 => Just(Step::Lost),
        4 => (0_u64..20_000).prop_map(Step::Pass),
        3 => Just(Step::Emit),
        4 => Just(Step::Once),
        5 => Just(Step::Kept),
        2 => Just(Step::Release),
        2 => Just(Step::Reconnect),
        1 => (0_u64..5_000).prop_map(Step::RetryAfter),
        2 => Just(Step::Woken),
        1 => Just(Step::WentOffline),
        1 => Just(Step::Hid),
    ]
}

/// A run: the stage, and every request that was made in it, in order, with its number on the wire.
struct Run {
    stage: Stage,
    once: Vec<(u64, Request, bool)>,
    kept: Vec<(u64, Request, bool)>,
    asked: u64,
}

impl Run {
    fn new(hold_kept: bool) -> Self {
        let mut config = Config::new("ws://here");
        config.hold_kept = hold_kept;
        config.offline_queue = 1_000;
        Self {
            stage: Stage::new(&config),
            once: Vec::new(),
            kept: Vec::new(),
            asked: 0,
        }
    }

    fn take(&mut self, step: Step) {
        let stage = &mut self.stage;
        // A real transport says nothing before it was asked for.
        if !stage.line && step.needs_line() {
            return;
        }
        match step {
            Step::Authorized(well) if stage.asked => {
                stage.feed(Input::Authorized(if well {
                    Ok(Value::Null)
                } else {
                    Err(String::new())
                }));
            }
            Step::Authorized(_) => {}
            Step::Handshake => stage.hear(HANDSHAKE),
            Step::Connect => stage.hear(r#"40{"sid":"s"}"#),
            Step::Refusal => stage.hear(r#"44{"message":"no"}"#),
            Step::Dismissal => stage.hear("41"),
            Step::Ping => stage.hear("2"),
            Step::Ack(id) => stage.hear(&format!("43{id}[{id}]")),
            Step::Nonsense(text) => stage.hear(&text),
            Step::Binary => stage.feed(Input::Binary(Bytes::new())),
            Step::Lost => stage.lose(),
            Step::Pass(millis) => stage.pass(Duration::from_millis(millis)),
            Step::Emit => drop(stage.client.emit("e", &1)),
            Step::Once => self.ask(Delivery::Once),
            Step::Kept => self.ask(Delivery::Kept),
            Step::Release => stage.client.release(),
            Step::Reconnect => stage.client.reconnect(),
            Step::RetryAfter(millis) => stage.client.retry_after(Duration::from_millis(millis)),
            Step::Woken => stage.feed(Input::Woken),
            Step::WentOffline => stage.feed(Input::WentOffline),
            Step::Hid => stage.feed(Input::Hid),
        }
        self.stage.settle();
    }

    fn ask(&mut self, delivery: Delivery) {
        let refused = delivery == Delivery::Once && self.stage.connection.status() == Status::Offline;
        let request = self.stage.client.request("r", &self.asked, delivery);
        let requests = if delivery == Delivery::Once {
            &mut self.once
        } else {
            &mut self.kept
        };
        requests.push((self.asked, request, false));
        // A request that the handle refuses uses up no number.
        if !refused {
            self.asked += 1;
        }
    }

    /// Looks which requests have ended. A second end would be a panic of the one-shot's own.
    fn check(&mut self) {
        for (id, request, ended) in self.kept.iter_mut().filter(|(.., ended)| !ended) {
            if let Some(answer) = result(request) {
                assert_eq!(
                    answer,
                    Ok(json!(*id)),
                    "a kept request ends by its own acknowledgement alone"
                );
                *ended = true;
            }
        }
        for (id, request, ended) in self.once.iter_mut().filter(|(.., ended)| !ended) {
            if let Some(answer) = result(request) {
                assert!(answer.is_err() || answer == Ok(json!(*id)));
                *ended = true;
            }
        }
        let waiting = self.kept.iter().filter(|(.., ended)| !ended).count();
        assert_eq!(self.stage.client.waiting(), waiting, "no kept request is lost");
        self.check_sent();
    }

    /// Nothing but the greeting and pongs leaves before CONNECT is acknowledged.
    fn check_sent(&self) {
        if self.stage.line && self.stage.connection.status() == Status::Opening {
            assert!(
                self.stage.sent.iter().all(|sent| sent.starts_with("40") || sent == "3"),
                "{:?}",
                self.stage.sent
            );
        }
    }
}

impl Step {
    fn needs_line(&self) -> bool {
        matches!(
            self,
            Self::Handshake
                | Self::Connect
                | Self::Refusal
                | Self::Dismissal
                | Self::Ping
                | Self::Ack(_)
                | Self::Nonsense(_)
                | Self::Binary
                | Self::Lost
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn requests_end_once_and_nothing_leaves_before_connect(
        hold: bool,
        steps in proptest::collection::vec(step(), 0..120),
    ) {
        let mut run = Run::new(hold);
        for step in steps {
            run.take(step);
            run.check();
        }
        // In the end a server that answers gets everything that was kept, in the order in which it was made.
        run.stage.client.reconnect();
        run.stage.settle();
        if run.stage.connection.status() != Status::Connected {
            run.stage.lose();
            run.stage.client.reconnect();
            run.stage.settle();
            run.stage.connect();
        }
        run.stage.client.release();
        run.stage.settle();
        let expected: Vec<String> = run.kept.iter().filter(|(.., ended)| !ended).map(|(id, ..)| format!("42{id}[\"r\",{id}]")).collect();
        let sent: Vec<String> = run.stage.take_sent().into_iter().filter(|sent| sent.contains("\"r\"")).collect();
        prop_assert_eq!(sent, expected);
        let open: Vec<u64> = run.kept.iter().filter(|(.., ended)| !ended).map(|(id, ..)| *id).collect();
        for id in open {
            run.take(Step::Ack(id));
        }
        run.stage.pass(Duration::from_secs(5));
        run.check();
        prop_assert_eq!(run.stage.client.waiting(), 0);
        prop_assert!(run.once.iter().all(|(.., ended)| *ended), "a request made once ends in time");
    }

    #[test]
    fn silence_is_always_noticed(pings in proptest::collection::vec(0_u64..14_000, 0..10)) {
        let mut stage = Stage::connected();
        for millis in pings {
            stage.pass(Duration::from_millis(millis));
            stage.hear("2");
        }
        prop_assert_eq!(stage.connection.status(), Status::Connected);
        stage.pass(Duration::from_millis(14_999));
        prop_assert_eq!(stage.connection.status(), Status::Connected);
        stage.pass(Duration::from_millis(1));
        prop_assert_ne!(stage.connection.status(), Status::Connected);
    }
}
