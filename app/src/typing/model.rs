//! Who is typing, as this page knows it; and when it is time to say that I am. Pure: times are milliseconds of one steady
//! clock.

use protocol::{PeerId, limits::TYPING_MS, typing::TypingAt};

/// How long somebody is shown as typing who does not say so again: a second more than the server waits, so that this only
/// matters where the end was lost.
const FORGOTTEN: f64 = TYPING_MS as f64 + 1000.0;

/// How often one says that one is still typing.
const AGAIN: f64 = TYPING_MS as f64 / 2.0;

/// Who is typing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// Who, and when that was last said.
    typing: Vec<(PeerId, f64)>,
}

impl Model {
    /// Who is typing, those who began first first.
    pub fn peers(&self) -> impl Iterator<Item = PeerId> + '_ {
        self.typing.iter().map(|(peer, _)| *peer)
    }

    /// Those who are typing when one comes in.
    pub fn welcomed(&mut self, typing: &[PeerId], now: f64) {
        self.typing = typing.iter().map(|peer| (*peer, now)).collect();
    }

    /// Somebody began, went on, or ended.
    pub fn heard(&mut self, TypingAt(peer, typing): TypingAt, now: f64) {
        let known = self.typing.iter_mut().find(|(known, _)| *known == peer);
        match (known, typing) {
            (Some((_, since)), true) => *since = now,
            (None, true) => self.typing.push((peer, now)),
            (_, false) => self.typing.retain(|(known, _)| *known != peer),
        }
    }

    /// Whether somebody is to be forgotten: who left, or has not said so for long.
    pub fn is_stale(&self, now: f64, present: impl Fn(PeerId) -> bool) -> bool {
        self.typing.iter().any(|one| !holds(one, now, &present))
    }

    /// Forgets those who left, and those who have not said so for long.
    pub fn retain(&mut self, now: f64, present: impl Fn(PeerId) -> bool) {
        self.typing.retain(|one| holds(one, now, &present));
    }
}

fn holds((peer, since): &(PeerId, f64), now: f64, present: impl Fn(PeerId) -> bool) -> bool {
    now - since < FORGOTTEN && present(*peer)
}

/// My own typing: what to say of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hand {
    /// When I last said that I am typing; `None` where I am not.
    said: Option<f64>,
}

impl Hand {
    /// The field has this in it now. `Some` where that is to be said.
    pub fn wrote(&mut self, something: bool, now: f64) -> Option<bool> {
        match (something, self.said) {
            (true, Some(said)) if now - said < AGAIN => None,
            (true, _) => {
                self.said = Some(now);
                Some(true)
            }
            (false, Some(_)) => self.stopped(),
            (false, None) => None,
        }
    }

    /// I am done: sent, or left the field. `Some` where that is to be said.
    pub fn stopped(&mut self) -> Option<bool> {
        self.said.take().map(|_| false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOB: PeerId = PeerId(2);

    #[test]
    fn typing_ends_when_it_is_said_when_one_leaves_and_by_itself() {
        let mut typing = Model::default();
        let begin = |typing: &mut Model| typing.heard(TypingAt(BOB, true), 0.0);
        begin(&mut typing);
        typing.heard(TypingAt(BOB, false), 10.0);
        assert_eq!(typing.peers().count(), 0);
        begin(&mut typing);
        assert!(typing.is_stale(10.0, |_| false));
        typing.retain(10.0, |_| false);
        assert_eq!(typing.peers().count(), 0);
        begin(&mut typing);
        assert!(!typing.is_stale(FORGOTTEN - 1.0, |_| true));
        assert!(typing.is_stale(FORGOTTEN, |_| true));
        typing.retain(FORGOTTEN, |_| true);
        assert_eq!(typing.peers().count(), 0);
    }

    #[test]
    fn who_goes_on_stays() {
        let mut typing = Model::default();
        typing.welcomed(&[BOB], 0.0);
        typing.heard(TypingAt(BOB, true), 4000.0);
        typing.retain(FORGOTTEN, |_| true);
        assert_eq!(typing.peers().collect::<Vec<_>>(), [BOB]);
    }

    #[test]
    fn i_say_it_now_and_then_and_the_end_once() {
        let mut hand = Hand::default();
        assert_eq!(hand.wrote(false, 0.0), None);
        assert_eq!(hand.wrote(true, 0.0), Some(true));
        assert_eq!(hand.wrote(true, AGAIN - 1.0), None);
        assert_eq!(hand.wrote(true, AGAIN), Some(true));
        assert_eq!(hand.wrote(false, AGAIN + 1.0), Some(false));
        assert_eq!(hand.stopped(), None);
    }
}
