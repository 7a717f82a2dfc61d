//! One person: a connection that joins its room again whenever it has to, and remembers what it heard.
//!
//! This file is what a scenario has them do; `member/hearing.rs` is what they hear.

pub(crate) mod chat;
mod hearing;
mod sky;
mod text;
mod writing;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, anyhow};
use protocol::{Event as _, cursor::MoveCursor};
use socketio::{Client, Config, connect};
use tokio::{
    sync::{Notify, oneshot},
    task::JoinHandle,
    time::{interval, timeout},
};

use self::{
    chat::{Chat, fingerprint},
    sky::Sky,
    text::Text,
};
use crate::{clock, place::Place, scenario::Crowd};

/// How long anybody waits for their first welcome.
const WELCOME: Duration = Duration::from_secs(60);
/// How long an answer may take before it counts as none.
const ANSWER: Duration = Duration::from_secs(20);
/// How often somebody who waits looks.
const LOOK: Duration = Duration::from_millis(5);

/// A person in a room. Dropped, they leave without a word.
pub(crate) struct Member {
    me: Arc<Me>,
    hearing: JoinHandle<()>,
}

/// What a person's tasks share.
pub(crate) struct Me {
    client: Client,
    crowd: Arc<Crowd>,
    place: Arc<Place>,
    index: usize,
    /// Something is missing: the room has to be joined again.
    join: Notify,
    state: Mutex<State>,
}

/// What a person knows.
pub(crate) struct State {
    pub(crate) chat: Chat,
    pub(crate) sky: Sky,
    /// `None` for who does not edit.
    pub(crate) text: Option<Text>,
    /// The fingerprints of own lines that were acknowledged.
    pub(crate) said: Vec<u64>,
    /// Own lines that have no answer yet.
    pub(crate) waiting: usize,
    /// When each welcome came, in microseconds.
    pub(crate) welcomes: Vec<u64>,
    /// How often the connection went without having been asked to.
    pub(crate) disconnects: u64,
    numbers: u64,
}

impl Member {
    /// Connects, and joins the room.
    ///
    /// # Errors
    /// When there is no welcome.
    pub(crate) async fn come(crowd: &Arc<Crowd>, place: &Arc<Place>, index: usize) -> anyhow::Result<Self> {
        let began = crowd.clock.micros();
        let mut config = Config::new(crowd.target.url(index));
        config.hold_kept = true;
        config.ack_timeout = ANSWER;
        config.connect_timeout = ANSWER;
        let auth = {
            let (crowd, place) = (Arc::clone(crowd), Arc::clone(place));
            move || {
                let auth = crowd.target.auth(&place.room, index).map_err(|error| error.to_string());
                std::future::ready(auth)
            }
        };
        let (client, events) = connect(config, auth);
        let me = Arc::new(Me {
            client,
            crowd: Arc::clone(crowd),
            place: Arc::clone(place),
            index,
            join: Notify::new(),
            state: Mutex::new(State::new(index, crowd.edits)),
        });
        let (tell, told) = oneshot::channel();
        let hearing = tokio::spawn(hearing::hear(Arc::clone(&me), events, tell));
        let member = Self { me, hearing };
        let welcomed = timeout(WELCOME, told).await.context("no welcome within a minute")?;
        welcomed
            .context("the connection was closed")?
            .map_err(|words| anyhow!(words))?;
        crowd.tally.joins.of(false).record([crowd.clock.micros() - began]);
        Ok(member)
    }

    /// Sends the next position, unless the socket is congested.
    pub(crate) fn step(&self) {
        let Me { crowd, place, .. } = &*self.me;
        let Some(number) = place.next_position(self.me.index, crowd.clock.micros()) else {
            return;
        };
        let moved = MoveCursor {
            room: place.room.clone(),
            x: number as f64,
            y: self.me.index as f64,
        };
        let sent = self.me.client.emit_volatile(MoveCursor::NAME, &moved);
        if !sent {
            place.take_back(self.me.index);
        }
        crowd.tally.moved(sent);
    }

    /// Says a line, which is kept until it is acknowledged.
    pub(crate) fn say(&self) {
        let me = Arc::clone(&self.me);
        let (id, text) = {
            let mut state = me.state();
            state.waiting += 1;
            (
                state.id(&me),
                "orrery ".repeat(me.crowd.chat_bytes / 7 + 1)[..me.crowd.chat_bytes].to_owned(),
            )
        };
        tokio::spawn(async move {
            let answer = me.say_until_answered(&id, &text).await;
            let mut state = me.state();
            state.waiting -= 1;
            match answer {
                Ok(()) => state.said.push(fingerprint(&id)),
                Err(words) => me.crowd.failed(&format!("a line in the chat: {words}")),
            }
        });
    }

    /// Writes a word into the document.
    pub(crate) fn edit(&self) {
        if let Some(text) = &mut self.me.state().text {
            text.edit(["sky ", "star\n", "orbit, ", "moon"][fastrand::usize(0..4)]);
        }
        self.me.send_edit();
    }

    /// Lets the connection go without a word to the server, and comes back.
    pub(crate) fn cut(&self) {
        self.me.client.reconnect();
    }

    /// What they know now.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.me.state()
    }

    /// Which replica they are on.
    pub(crate) fn replica(&self) -> usize {
        self.me.crowd.target.replica(self.me.index)
    }

    /// Until they have heard so many lines, and nothing of their own is on its way.
    ///
    /// # Errors
    /// When that takes too long.
    pub(crate) async fn has_heard(&self, lines: usize) -> anyhow::Result<()> {
        let heard = async {
            let mut looks = interval(LOOK);
            while !self.state().is_settled() || self.state().chat.lines().len() < lines {
                looks.tick().await;
            }
        };
        timeout(ANSWER, heard).await.context("not all was heard in time")
    }

    /// Leaves, and waits until the connection is closed.
    pub(crate) async fn leave(mut self) {
        self.me.client.close();
        // Whoever does not get away within this time is let go.
        timeout(ANSWER, &mut self.hearing).await.ok();
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.me.client.close();
        self.hearing.abort();
    }
}

impl State {
    fn new(index: usize, edits: bool) -> Self {
        Self {
            chat: Chat::default(),
            sky: Sky::new(index),
            text: edits.then(Text::default),
            said: Vec::new(),
            waiting: 0,
            welcomes: Vec::new(),
            disconnects: 0,
            numbers: 0,
        }
    }

    fn id(&mut self, me: &Me) -> String {
        self.numbers += 1;
        clock::id(me.crowd.clock.micros(), me.index, self.numbers)
    }

    /// Whether nothing of their own is on its way.
    pub(crate) fn is_settled(&self) -> bool {
        self.waiting == 0 && self.text.as_ref().is_none_or(Text::is_settled)
    }
}

impl Me {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
