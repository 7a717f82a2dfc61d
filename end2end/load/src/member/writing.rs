//! What a person sends, until it is answered: lines of the chat, and edits one after the other.

use std::{sync::Arc, time::Duration};

use protocol::{
    Answer, MessageId, Refusal, Request,
    chat::{Said, Say},
    document::{EditDocument, Edited},
};
use socketio::{Delivery, RequestError};
use tokio::time::sleep;

use super::{
    Me,
    text::{Next, Text},
};

impl Me {
    pub(super) async fn say_until_answered(&self, id: &str, text: &str) -> Result<(), String> {
        let say = Say {
            room: self.place.room.clone(),
            text: text.to_owned(),
            id: Some(id.parse().map_err(|error| format!("{error}"))?),
        };
        loop {
            match self.ask(&say, Delivery::Kept).await {
                Ok(Ok(Said { .. })) => return Ok(()),
                Ok(Err(refusal)) => self.wait_as_asked(refusal).await?,
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    async fn ask<R: Request>(
        &self,
        request: &R,
        delivery: Delivery,
    ) -> Result<Result<R::Reply, Refusal>, RequestError> {
        let payload = self.client.request(R::NAME, request, delivery).await?;
        let malformed = |error: serde_json::Error| Refusal::new(protocol::Code::Malformed, error.to_string());
        Ok(payload
            .parse::<Answer<R::Reply>>()
            .map_or_else(|error| Err(malformed(error)), Into::into))
    }

    /// A refusal that names a time is waited out; another is final.
    async fn wait_as_asked(&self, refusal: Refusal) -> Result<(), String> {
        match refusal.retry_after_ms {
            Some(millis) => {
                sleep(Duration::from_millis(millis)).await;
                Ok(())
            }
            None => Err(refusal.to_string()),
        }
    }

    /// Sends what was edited, if no edit is under way.
    pub(super) fn send_edit(self: &Arc<Self>) {
        let next = {
            let mut state = self.state();
            let id = state.id(self).parse().ok();
            state.text.as_mut().map_or(Next::Rest, |text| text.take(|| id))
        };
        self.follow(next);
    }

    /// Does what comes next of the document.
    pub(super) fn follow(self: &Arc<Self>, next: Next) {
        match next {
            Next::Rest => {}
            Next::Join => self.join.notify_one(),
            Next::Astray => {
                self.crowd.failed("a document went astray");
                self.join.notify_one();
            }
            Next::Send(sending) => {
                let me = Arc::clone(self);
                let edit = EditDocument {
                    room: me.place.room.clone(),
                    base: sending.base,
                    operation: sending.operation,
                    id: Some(sending.id.clone()),
                };
                tokio::spawn(async move {
                    let answer = me.ask(&edit, Delivery::Once).await;
                    me.edit_answered(&sending.id, answer).await;
                });
            }
        }
    }

    async fn edit_answered(self: &Arc<Self>, id: &MessageId, answer: Result<Result<Edited, Refusal>, RequestError>) {
        // An edit that had no answer is said again with the next welcome.
        let answer = match answer {
            Ok(answer) => answer,
            Err(RequestError::Timeout) => return self.join.notify_one(),
            Err(_) => return,
        };
        let after = answer.as_ref().err().and_then(|refusal| refusal.retry_after_ms);
        let next = match &mut self.state().text {
            Some(text) => text.answered(id, answer.map(|edited| edited.seq)),
            None => Ok(Next::Rest),
        };
        match (next, after) {
            (Ok(Next::Rest), Some(millis)) => {
                sleep(Duration::from_millis(millis)).await;
                let again = self.state().text.as_ref().map_or(Next::Rest, Text::again);
                // One that was confirmed meanwhile is not under way any more; another one is known by its id.
                self.follow(again);
            }
            (Ok(Next::Rest), None) => self.send_edit(),
            (Ok(next), _) => self.follow(next),
            (Err(refusal), _) => self.crowd.failed(&format!("an edit: {refusal}")),
        }
    }
}
