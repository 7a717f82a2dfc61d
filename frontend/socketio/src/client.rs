//! The handle an application holds: it encodes what is to be sent and hands it to the driver. It never touches a socket,
//! and never waits.

pub(crate) mod command;
pub(crate) mod shared;

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_channel::{
    mpsc::{self, UnboundedReceiver, UnboundedSender},
    oneshot,
};
use serde::Serialize;

use self::{
    command::{Ask, Command},
    shared::{Place, Shared, Status},
};
use crate::{
    AckId, Config, EmitError, Payload, RequestError,
    packet::encode::{ack_frame, event_frame},
};

/// The result of a request.
pub(crate) type Answer = Result<Payload, RequestError>;

/// Whether a request outlives the connection it was made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Sent once. Fails with [`RequestError::Disconnected`] when the connection goes, and at once while offline.
    Once,
    /// Kept until acknowledged: made offline it waits, and after a reconnect, or when its acknowledgement does not come
    /// in time, it is sent again, in the order in which requests were made. The server may thus see it twice: give it
    /// an id of your own by which it can be recognised.
    Kept,
}

/// A handle to one client. Clones are handles to the same client; when the last is dropped the client closes.
///
/// Everything here returns at once. What is sent from one thread arrives in that order.
#[derive(Clone, Debug)]
pub struct Client {
    commands: UnboundedSender<Command>,
    shared: Arc<Shared>,
}

impl Client {
    /// A handle, and what its driver needs.
    pub(crate) fn new(config: &Config) -> (Self, UnboundedReceiver<Command>, Arc<Shared>) {
        let (commands, receiver) = mpsc::unbounded();
        let shared = Arc::new(Shared::new(config));
        (
            Self {
                commands,
                shared: Arc::clone(&shared),
            },
            receiver,
            shared,
        )
    }

    /// Emits an event. While a connection is being opened it waits for CONNECT; if that attempt fails it is lost.
    ///
    /// # Errors
    /// While offline, when too much is waiting already, after [`close`](Self::close), or if `payload` is not JSON.
    pub fn emit<T: Serialize + ?Sized>(&self, name: &str, payload: &T) -> Result<(), EmitError> {
        self.emit_binary(name, payload, Vec::new())
    }

    /// Emits an event with binary attachments. Where each belongs in `payload` is said by a
    /// [`Placeholder`](crate::Placeholder).
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub fn emit_binary<T: Serialize + ?Sized>(
        &self,
        name: &str,
        payload: &T,
        attachments: Vec<Bytes>,
    ) -> Result<(), EmitError> {
        self.shared.admit()?;
        self.hand_over(Command::Emit(event_frame(name, payload, None, attachments)?))
    }

    /// Emits an event only if it can leave at once: connected, and less than 64 KiB waiting for the network. For what
    /// the next one makes worthless, such as the position of a cursor. Returns whether it was handed over.
    pub fn emit_volatile<T: Serialize + ?Sized>(&self, name: &str, payload: &T) -> bool {
        self.shared.status() == Status::Connected
            && !self.shared.is_congested()
            && event_frame(name, payload, None, Vec::new())
                .is_ok_and(|frame| self.hand_over(Command::Volatile(frame)).is_ok())
    }

    /// Emits an event and asks for an acknowledgement, whose first argument is the answer.
    ///
    /// It is handed over by this call, not by the first poll, and dropping the future does not take it back.
    pub fn request<T: Serialize + ?Sized>(&self, name: &str, payload: &T, delivery: Delivery) -> Request {
        self.request_binary(name, payload, Vec::new(), delivery)
    }

    /// As [`request`](Self::request), with binary attachments.
    pub fn request_binary<T: Serialize + ?Sized>(
        &self,
        name: &str,
        payload: &T,
        attachments: Vec<Bytes>,
        delivery: Delivery,
    ) -> Request {
        match self.ask(name, payload, attachments, delivery) {
            Ok(answer) => Request(Asked::Waiting(answer)),
            Err(error) => Request(Asked::Refused(Some(error))),
        }
    }

    /// Answers an event that asked for it. Dropped when the connection that asked is gone: its server no longer waits.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub fn reply<T: Serialize + ?Sized>(&self, ack: AckId, payload: &T) -> Result<(), EmitError> {
        self.reply_binary(ack, payload, Vec::new())
    }

    /// As [`reply`](Self::reply), with binary attachments.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub fn reply_binary<T: Serialize + ?Sized>(
        &self,
        ack: AckId,
        payload: &T,
        attachments: Vec<Bytes>,
    ) -> Result<(), EmitError> {
        self.shared.admit()?;
        let frame = ack_frame(ack.id, payload, attachments)?;
        self.hand_over(Command::Reply { ack, frame })
    }

    /// Connects now, asking the auth provider again: ends a wait, and the rest after a refusal. While connected it
    /// sends what waits, closes the transport without a DISCONNECT, since it does not mean to leave, and connects
    /// anew; while an attempt is under way it does nothing.
    pub fn reconnect(&self) {
        self.order(Command::Reconnect);
    }

    /// The server asked us to come back after `delay`: the next reconnection waits exactly that long instead of what
    /// the backoff says. Also makes the client come back after the server disconnects it on purpose.
    pub fn retry_after(&self, delay: Duration) {
        self.order(Command::RetryAfter(delay));
    }

    /// Lets the kept requests go that [`Config::hold_kept`] holds back; until the connection goes new ones are sent as
    /// they come. Call it when the rooms are joined again.
    pub fn release(&self) {
        self.order(Command::Release);
    }

    /// How many kept requests are not yet acknowledged.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.shared.kept()
    }

    /// Whether the server has acknowledged CONNECT and the connection is not known to be gone.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.shared.status() == Status::Connected
    }

    /// Leaves for good: tells the server, closes the socket, fails what is waiting with [`RequestError::Closed`].
    pub fn close(&self) {
        self.order(Command::Close);
    }

    fn ask<T: Serialize + ?Sized>(
        &self,
        name: &str,
        payload: &T,
        attachments: Vec<Bytes>,
        delivery: Delivery,
    ) -> Result<oneshot::Receiver<Answer>, RequestError> {
        let place = match delivery {
            Delivery::Once => {
                self.shared.admit()?;
                None
            }
            Delivery::Kept => Some(Place::take(&self.shared)?),
        };
        let id = self.shared.next_ack();
        let frame = event_frame(name, payload, Some(id), attachments)?;
        let (reply, answer) = oneshot::channel();
        self.hand_over(Command::Ask(Ask {
            id,
            frame,
            reply,
            place,
        }))?;
        Ok(answer)
    }

    fn hand_over(&self, command: Command) -> Result<(), EmitError> {
        self.shared.handed_over(command.len());
        self.commands.unbounded_send(command).map_err(|_| EmitError::Closed)
    }

    /// Hands over what needs no result: on a closed client there is nothing left to do.
    fn order(&self, command: Command) {
        let _ = self.hand_over(command);
    }
}

/// An answer on its way. Resolves to the first argument of the acknowledgement, or to why there is none. It resolves
/// without being polled, and does nothing else when dropped than to forget the answer.
#[derive(Debug)]
pub struct Request(Asked);

#[derive(Debug)]
enum Asked {
    Refused(Option<RequestError>),
    Waiting(oneshot::Receiver<Answer>),
}

impl Future for Request {
    type Output = Result<Payload, RequestError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Asked::Refused(error) => Poll::Ready(Err(error.take().unwrap_or(RequestError::Closed))),
            Asked::Waiting(answer) => Pin::new(answer)
                .poll(context)
                .map(|answer| answer.unwrap_or(Err(RequestError::Closed))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Client, Request};

    #[test]
    fn a_handle_can_be_shared_between_threads() {
        fn shared<T: Clone + Send + Sync + 'static>() {}
        fn sent<T: Send + 'static>() {}
        shared::<Client>();
        sent::<Request>();
    }
}
