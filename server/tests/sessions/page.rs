//! Somebody's page without a browser: the models that pages are made from, tied to a real socket as the browser edge does.

use crate::{plan::Act, process::Process};
use app::{
    chat, document,
    log::Heard,
    note::{self},
};
use futures::FutureExt;
use protocol::{
    Answer, Code, Hue, MessageId, Refusal, Request, RoomId, Seq, ServerEvent, VERSION,
    chat::{ChatMessage, Said, Say},
    document::{EditDocument, Edited},
    note::{Change, ChangeNote, Note, Noted},
    room::{Join, Resume, Welcome},
};
use serde_json::json;
use socketio::{Backoff, Client, Config, Delivery, Event, connect};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// What a page hears.
enum News {
    Socket(Event),
    Joined(Result<Box<Welcome>, Refusal>),
    Said(MessageId, Result<Said, Refusal>),
    Edited(MessageId, Result<Edited, Refusal>),
    Noted(MessageId, Result<Noted, Refusal>),
}

/// A page.
pub(crate) struct Page {
    name: String,
    client: Client,
    news: mpsc::UnboundedReceiver<News>,
    tell: mpsc::UnboundedSender<News>,
    live: bool,
    ids: u32,
    /// When it was connected, each time.
    pub(crate) connected: Vec<Instant>,
    pub(crate) chat: chat::model::Model,
    pub(crate) document: document::model::Model,
    pub(crate) note: note::model::Model,
}

/// The room in which all are.
pub(crate) fn room() -> RoomId {
    "sky".parse().unwrap()
}

impl Page {
    /// Opens a page of one of the people.
    pub(crate) fn open(process: &Process, person: usize) -> Self {
        Self::at(process.address, person)
    }

    /// Opens a page that somebody serves there.
    pub(crate) fn at(address: SocketAddr, person: usize) -> Self {
        let name = format!("p{person}");
        let auth = json!({ "token": Process::token(&name), "version": VERSION });
        let mut config = Config::new(format!("http://{address}"));
        config.hold_kept = true;
        config.ack_timeout = Duration::from_secs(2);
        config.backoff = Backoff {
            base: Duration::from_millis(20),
            cap: Duration::from_millis(100),
        };
        let (client, mut events) = connect(config, move || std::future::ready(Ok(auth.clone())));
        let (tell, news) = mpsc::unbounded_channel();
        let hearing = tell.clone();
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                hearing.send(News::Socket(event)).ok();
            }
        });
        let me = || name.parse().unwrap();
        Self {
            chat: chat::model::Model::new(me(), Vec::new()),
            document: document::model::Model::new(me()),
            note: note::model::Model::new(me()),
            name,
            client,
            news,
            tell,
            live: false,
            ids: 0,
            connected: Vec::new(),
        }
    }

    /// Waits until it is in the room.
    pub(crate) async fn is_live(&mut self) {
        while !self.live {
            self.hear_one().await;
        }
    }

    /// Does something.
    pub(crate) fn act(&mut self, act: Act) {
        match act {
            Act::Say(text) => self.say(text),
            Act::Write(text, caret) => {
                self.document.typed(&text, Some(caret), 0.0).unwrap();
                self.send_edit();
            }
            Act::Undo => {
                self.document.undo();
                self.send_edit();
            }
            Act::Make(name) => self.change(Change::Make {
                note: name.parse().unwrap(),
                x: 0.0,
                y: 0.0,
                hue: Hue::try_from(0).unwrap(),
                text: String::new(),
            }),
            Act::Move(at, x) => self.change_note(at, |note| Change::Move {
                note: note.id,
                x,
                y: -x,
            }),
            Act::Edit(at, text) => self.change_note(at, |note| Change::Edit {
                note: note.id,
                version: note.version,
                text,
            }),
            Act::Delete(at) => self.change_note(at, |note| Change::Delete { note: note.id }),
            Act::Break => self.client.reconnect(),
            Act::Kill | Act::Restart | Act::Rest => unreachable!("not one person's doing"),
        }
    }

    /// Hears all that has come.
    pub(crate) fn hear_what_came(&mut self) {
        while let Some(Some(news)) = self.news.recv().now_or_never() {
            self.hear(news);
        }
    }

    /// Waits for the next thing to come.
    pub(crate) async fn hear_one(&mut self) {
        let news = self.news.recv().await.unwrap();
        self.hear(news);
    }

    /// Hears until nothing of its own is on its way.
    pub(crate) async fn hear_until_settled(&mut self) {
        self.hear_what_came();
        while !self.is_settled() {
            self.hear_one().await;
        }
    }

    /// Whether it is in the room, and nothing of its own is on its way.
    pub(crate) fn is_settled(&self) -> bool {
        let said = self.chat.drafts().is_empty();
        self.live && said && !self.document.is_pending() && self.note.waiting() == 0
    }

    /// Where it stands in each log.
    pub(crate) fn stands(&self) -> [Option<Seq>; 3] {
        [self.chat.position(), self.document.position(), self.note.position()]
            .map(|position| position.map(|position| position.seq))
    }

    /// What a failure has to tell.
    pub(crate) fn state(&self) -> String {
        let (drafts, notes) = (self.chat.drafts().len(), self.note.waiting());
        let pending = self.document.is_pending();
        format!(
            "{}: live {}, stands {:?}, {drafts} lines, {notes} notes, document {pending}",
            self.name,
            self.live,
            self.stands(),
        )
    }

    /// Asks and waits for the answer.
    pub(crate) async fn ask<R: Request>(&self, request: &R) -> Result<R::Reply, Refusal> {
        let payload = self.client.request(R::NAME, request, Delivery::Once).await.unwrap();
        payload.parse::<Answer<R::Reply>>().unwrap().into()
    }

    /// Fails unless it shows just this. Of the chat it has but a stretch, to the end.
    pub(crate) fn agrees(&self, text: &str, notes: &[Note], chat: &[ChatMessage]) {
        assert_eq!(self.document.text(), text, "{}", self.name);
        assert_eq!(self.document.shown(), text, "{}", self.name);
        assert_eq!(self.note.shown().notes(), notes, "{}", self.name);
        assert!(chat.ends_with(self.chat.lines()), "{}", self.name);
    }

    fn hear(&mut self, news: News) {
        match news {
            News::Socket(Event::Connected { .. }) => {
                self.connected.push(Instant::now());
                self.join();
            }
            News::Socket(Event::Message { name, payload, .. }) => {
                if let Some(event) = ServerEvent::decode(&name, payload.get()) {
                    self.happened(event.unwrap());
                }
            }
            News::Socket(Event::Refused { message, .. }) => {
                let refusal = Refusal::from_connect_error(&message);
                assert!(refusal.retry_after_ms.is_some(), "{}: {refusal}", self.name);
                self.client.reconnect();
            }
            News::Socket(Event::Disconnected { .. } | Event::Reconnecting { .. }) => self.interrupted(),
            News::Joined(Ok(welcome)) => self.welcomed(*welcome),
            News::Joined(Err(refusal)) => {
                assert!(refusal.retry_after_ms.is_some(), "{}: {refusal}", self.name);
                self.join();
            }
            News::Said(id, answer) => {
                assert!(answer.is_ok(), "{}: {answer:?}", self.name);
                self.chat.answered(&id, answer);
            }
            News::Edited(id, answer) => match self.document.answered(&id, answer) {
                document::model::After::Send => self.send_edit(),
                document::model::After::Again(_) => self.send_edit_again(),
                document::model::After::Join => self.join(),
            },
            News::Noted(id, answer) => {
                if let Some(refused) = self.note.answered(&id, answer) {
                    let code = refused.refusal.code;
                    assert!(
                        matches!(code, Code::Conflict | Code::UnknownNote),
                        "{}",
                        refused.refusal
                    );
                }
                self.send_notes();
            }
        }
        self.document.show((0, 0), |_| {});
    }

    fn happened(&mut self, event: ServerEvent) {
        let heard = match event {
            ServerEvent::Chat(line) => self.chat.heard(line),
            ServerEvent::DocumentEdited(edited) => {
                let heard = self.document.heard(edited);
                self.send_edit();
                heard
            }
            ServerEvent::NoteChanged(changed) => {
                let heard = self.note.heard(changed);
                self.send_notes();
                heard
            }
            ServerEvent::Draining(draining) => {
                self.client.retry_after(Duration::from_millis(draining.retry_after_ms));
                Heard::Taken
            }
            ServerEvent::Refused(refused) => panic!("{}: {}", self.name, refused.error),
            _ => Heard::Taken,
        };
        if heard == Heard::Gap {
            self.join();
        }
    }

    fn interrupted(&mut self) {
        self.live = false;
        self.chat.interrupted();
        self.document.interrupted();
        self.note.interrupted();
    }

    fn join(&mut self) {
        let resume = Resume {
            chat: self.chat.position(),
            document: self.document.position(),
            note: self.note.position(),
        };
        let join = Join {
            room: room(),
            resume: Some(resume),
            batch: true,
            invite: None,
        };
        self.chat.join_asked();
        self.document.join_asked();
        self.note.join_asked();
        let client = self.client.clone();
        self.request(join, Delivery::Once, move |answer: Result<Welcome, Refusal>| {
            if answer.is_ok() {
                client.release();
            }
            News::Joined(answer.map(Box::new))
        });
    }

    fn welcomed(&mut self, welcome: Welcome) {
        self.live = true;
        let heard = [
            self.chat.replayed(welcome.chat),
            self.document.replayed(welcome.document, &welcome.carets),
            self.note.replayed(welcome.note),
        ];
        if heard.contains(&Heard::Gap) {
            self.join();
        }
        self.send_notes();
        self.send_edit_again();
    }

    fn say(&mut self, text: String) {
        let id = self.id();
        self.chat.said(id.clone(), text.clone());
        let say = Say {
            room: room(),
            text,
            id: Some(id.clone()),
        };
        self.request(say, Delivery::Kept, |answer| News::Said(id, answer));
    }

    fn change_note(&mut self, at: usize, change: impl FnOnce(Note) -> Change) {
        let note = self.note.shown().notes().get(at).cloned();
        if let Some(note) = note {
            self.change(change(note));
        }
    }

    fn change(&mut self, change: Change) {
        let id = self.id();
        // What cannot be done to what is shown is not to be sent.
        if self.note.changed(id, change).is_ok() {
            self.send_notes();
        }
    }

    fn send_notes(&mut self) {
        for (id, change) in self.note.due() {
            let change = ChangeNote {
                room: room(),
                change,
                id: Some(id.clone()),
            };
            self.request(change, Delivery::Kept, |answer| News::Noted(id, answer));
        }
    }

    fn send_edit(&mut self) {
        if self.live {
            let id = self.id();
            let edit = self.document.take_edit(|| Some(id));
            self.send_document(edit);
        }
    }

    fn send_edit_again(&mut self) {
        match self.document.again() {
            Some(edit) => self.send_document(Some(edit)),
            None => self.send_edit(),
        }
    }

    fn send_document(&mut self, edit: Option<::document::client::Sending>) {
        if let Some(::document::client::Sending { id, base, operation }) = edit {
            let edit = EditDocument {
                room: room(),
                base,
                operation,
                id: Some(id.clone()),
            };
            self.request(edit, Delivery::Once, |answer| News::Edited(id, answer));
        }
    }

    /// Asks; the answer comes as news, if any comes.
    fn request<R: Request>(
        &self,
        request: R,
        delivery: Delivery,
        news: impl FnOnce(Result<R::Reply, Refusal>) -> News + Send + 'static,
    ) where
        R::Reply: Send,
    {
        let (asked, tell) = (self.client.request(R::NAME, &request, delivery), self.tell.clone());
        tokio::spawn(async move {
            if let Ok(payload) = asked.await {
                let answer: Result<R::Reply, Refusal> = payload.parse::<Answer<R::Reply>>().unwrap().into();
                tell.send(news(answer)).ok();
            }
        });
    }

    fn id(&mut self) -> MessageId {
        self.ids += 1;
        format!("{}-{}", self.name, self.ids).parse().unwrap()
    }
}
