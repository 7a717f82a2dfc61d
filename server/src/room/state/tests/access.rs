//! Who has no role hears nothing: random people come, go, write, and change access, over a log in memory.

use super::*;
use crate::{
    room::{access::Gate, book::Book as _},
    store::{Log, Retention, memory::MemoryLog},
};
use futures::FutureExt;
use proptest::{collection::vec, prelude::*};
use protocol::{
    InviteId, MessageId,
    access::{AccessChange, ChangeAccess},
};
use std::collections::{HashSet, VecDeque};

const PEOPLE: u8 = 4;

#[derive(Clone, Debug)]
enum Step {
    Join(u8, Option<u8>),
    Leave(u8),
    Lose(u8),
    Say(u8),
    Point(u8),
    Change(u8, AccessChange, u8),
}

/// A room, its log, and the connections that hear it.
struct Play {
    state: State,
    log: MemoryLog,
    hearing: HashSet<PeerId>,
    said: u32,
}

fn sky() -> RoomId {
    "sky".parse().unwrap()
}

fn user(n: u8) -> UserId {
    format!("u{n}").parse().unwrap()
}

fn peer(n: u8) -> PeerId {
    PeerId(n.into())
}

fn invite(n: u8) -> InviteId {
    format!("{n:022}").parse().unwrap()
}

/// A store in memory never waits.
fn now<T>(answer: impl Future<Output = Result<T, LogError>>) -> Result<T, LogError> {
    answer.now_or_never().unwrap()
}

impl Play {
    fn new() -> Self {
        let keep = Retention {
            chat: 10,
            document: 10,
            note: 10,
            access: 3,
            bytes: usize::MAX,
        };
        let log = MemoryLog::new(keep, 10);
        let load = |topic| now(log.load(&sky(), topic)).unwrap();
        let opened = Opened {
            chat: load(Topic::Chat),
            document: load(Topic::Document),
            note: load(Topic::Note),
            access: load(Topic::Access),
        };
        let settings = Settings {
            instance: "test".into(),
            mode: Mode::Memory,
            members: 10,
            open: true,
            grace: Duration::from_secs(2),
            life: None,
        };
        let state = State::open(sky(), settings.into(), &opened).unwrap();
        Self {
            state,
            log,
            hearing: HashSet::new(),
            said: 0,
        }
    }

    /// Those who may hear the room, as the log itself has it.
    fn let_in(&self) -> HashSet<PeerId> {
        let gate = Gate::open(sky(), &now(self.log.load(&sky(), Topic::Access)).unwrap()).unwrap();
        let people = (0..PEOPLE).filter(|n| gate.role(&user(*n), None, true).is_some());
        people.map(peer).collect()
    }

    /// Does one step and all that follows from it; what was told, to whom.
    fn step(&mut self, step: &Step) -> Vec<(PeerId, String)> {
        let (ticket, _) = ticket();
        self.said += 1;
        let id: MessageId = self.said.to_string().parse().unwrap();
        let command = match step {
            Step::Join(n, by) => {
                let who = Identity {
                    user_id: user(*n),
                    name: "Somebody".parse().unwrap(),
                    hue: protocol::Hue::of(&user(*n)),
                };
                let join = Join {
                    room: sky(),
                    resume: None,
                    batch: true,
                    invite: by.map(invite),
                };
                Command::Join {
                    peer: peer(*n),
                    wished: Box::new((who, join)),
                    granted: None,
                    ticket,
                }
            }
            Step::Leave(n) => Command::Leave { peer: peer(*n), ticket },
            Step::Lose(n) => {
                self.hearing.remove(&peer(*n));
                Command::Lose(peer(*n))
            }
            Step::Say(n) => {
                let (room, text) = (sky(), "a secret".to_owned());
                let say = Say {
                    room,
                    text,
                    id: Some(id),
                };
                Command::Say {
                    peer: peer(*n),
                    say: Box::new(say),
                    ticket,
                }
            }
            Step::Point(n) => Command::MoveCursor {
                peer: peer(*n),
                x: 1.0,
                y: self.said.into(),
                ticket,
            },
            Step::Change(n, change, by) => {
                let (room, change) = (sky(), change.clone());
                let change = ChangeAccess {
                    room,
                    change,
                    id: Some(id),
                };
                let wished = Box::new((change, invite(*by)));
                Command::ChangeAccess {
                    peer: peer(*n),
                    wished,
                    ticket,
                }
            }
        };
        let mut out = Outbox::new();
        self.state.handle(Now::read(), command, &mut out);
        // A tick, so that what moved is told too.
        self.state.wake(Now::read().after(Duration::from_secs(1)), &mut out);
        let (mut effects, mut told) = (VecDeque::from(out), Vec::new());
        while let Some(effect) = effects.pop_front() {
            let done = self.happen(effect, &mut told);
            let mut out = Outbox::new();
            if let Some(done) = done {
                self.state.finish(Now::read(), done, &mut out);
            }
            effects.extend(out);
        }
        told
    }

    fn happen(&mut self, effect: Effect, told: &mut Vec<(PeerId, String)>) -> Option<Done> {
        let room = sky();
        match effect {
            Effect::Out(Out::Admit { peer, .. }) => _ = self.hearing.insert(peer),
            Effect::Out(Out::Dismiss(peer) | Out::PutOut(peer, _)) => _ = self.hearing.remove(&peer),
            Effect::Out(Out::Emit(_, event)) => {
                let heard = format!("{event:?}");
                told.extend(self.hearing.iter().map(|peer| (*peer, heard.clone())));
            }
            Effect::Out(Out::Frame(frame)) => {
                let heard = format!("{frame:?}");
                told.extend(self.hearing.iter().map(|peer| (*peer, heard.clone())));
            }
            Effect::Out(Out::Tell(peer, event)) => told.push((peer, format!("{event:?}"))),
            Effect::Out(Out::Notify(..) | Out::Answer(..)) | Effect::Lease(_) | Effect::Tell(_) => {}
            Effect::Log(LogCall::Append { topic, expected, entry }) => {
                return Some(Done::Appended(
                    topic,
                    now(self.log.append(&room, topic, expected, entry)),
                ));
            }
            Effect::Log(LogCall::Find { topic, by, id, refusal }) => {
                return Some(Done::Found(topic, refusal, now(self.log.find(&room, topic, &by, &id))));
            }
            Effect::Log(LogCall::Read { spans, purpose }) => {
                let pages = spans.into_iter().map(|(topic, span)| {
                    let page = now(self.log.read(&room, topic, span));
                    page.map(|page| (topic, page))
                });
                return Some(Done::Read(purpose, pages.collect()));
            }
            Effect::Log(LogCall::Load(topic)) => {
                return Some(Done::Loaded(topic, now(self.log.load(&room, topic))));
            }
            Effect::Log(LogCall::Witness(..)) => unreachable!("no store in memory loses anything"),
            Effect::Log(LogCall::Compact { topic, epoch, snapshot }) => {
                now(self.log.compact(&room, topic, epoch, snapshot)).unwrap();
                return Some(Done::Compacted);
            }
        }
        None
    }
}

fn step() -> impl Strategy<Value = Step> {
    let roles = prop::sample::select(vec![Role::Viewer, Role::Editor, Role::Owner]);
    let change = prop_oneof![
        3 => Just(AccessChange::Private),
        1 => Just(AccessChange::Open),
        3 => (0..PEOPLE, prop::option::of(roles.clone())).prop_map(|(n, role)| AccessChange::Role { user: user(n), role }),
        2 => roles.prop_map(|role| AccessChange::Invite { role, ttl_seconds: None }),
        1 => (0_u8..3).prop_map(|n| AccessChange::Withdraw { invite: invite(n) }),
    ];
    prop_oneof![
        4 => (0..PEOPLE, prop::option::of(0_u8..3)).prop_map(|(n, by)| Step::Join(n, by)),
        1 => (0..PEOPLE).prop_map(Step::Leave),
        1 => (0..PEOPLE).prop_map(Step::Lose),
        3 => (0..PEOPLE).prop_map(Step::Say),
        2 => (0..PEOPLE).prop_map(Step::Point),
        4 => (0..PEOPLE, change, 0_u8..3).prop_map(|(n, change, by)| Step::Change(n, change, by)),
    ]
}

proptest! {
    /// Whoever hears anything has a role by the log, before the step or after it: an owner who makes a room private is
    /// heard by nobody who is put out, and whoever is let in hears at once.
    #[test]
    fn who_has_no_role_hears_nothing(steps in vec(step(), 1..60)) {
        let mut play = Play::new();
        for step in &steps {
            let before = play.let_in();
            let told = play.step(step);
            let after = play.let_in();
            for (peer, event) in told {
                prop_assert!(before.contains(&peer) || after.contains(&peer), "{peer} heard {event} of {step:?}");
            }
            prop_assert!(play.hearing.is_subset(&after), "{:?} hear, {after:?} may", play.hearing);
        }
    }
}
