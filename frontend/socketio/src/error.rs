//! Why a message could not be sent, or a request was not answered. What went wrong with the connection itself is a
//! [`Reason`](crate::Reason).

use thiserror::Error;

/// Why an emit was not accepted. One that was accepted may still be lost with the connection: only an acknowledgement
/// proves that the server has it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EmitError {
    /// There is no connection, and none is being opened at this moment.
    #[error("there is no connection")]
    Offline,
    /// More than [`Config::send_buffer`](crate::Config::send_buffer) bytes wait to be sent already.
    #[error("too much is waiting to be sent")]
    QueueFull,
    /// The client was closed.
    #[error("the client is closed")]
    Closed,
    /// The payload cannot be written as JSON.
    #[error("the payload cannot be encoded: {0}")]
    Encode(String),
}

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RequestError {
    /// No acknowledgement within [`Config::ack_timeout`](crate::Config::ack_timeout). The server may still have acted.
    #[error("the server did not answer in time")]
    Timeout,
    /// There was no connection, or it went before the answer came. The server may have acted.
    #[error("the connection is gone")]
    Disconnected,
    /// As many kept requests as [`Config::offline_queue`](crate::Config::offline_queue) allows are unacknowledged, or
    /// too much is waiting to be sent.
    #[error("too many requests are waiting")]
    QueueFull,
    /// The client was closed.
    #[error("the client is closed")]
    Closed,
    /// The payload cannot be written as JSON.
    #[error("the payload cannot be encoded: {0}")]
    Encode(String),
}

impl From<EmitError> for RequestError {
    fn from(error: EmitError) -> Self {
        match error {
            EmitError::Offline => Self::Disconnected,
            EmitError::QueueFull => Self::QueueFull,
            EmitError::Closed => Self::Closed,
            EmitError::Encode(reason) => Self::Encode(reason),
        }
    }
}
