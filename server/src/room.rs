//! What happens in a room. One actor a room and replica owns all of its state.
//!
//! [`state`] is pure: a command and the time go in, effects come out. [`actor`] is the shell that waits, writes and sends.
//! Nothing here names axum, socketioxide or fred: how effects reach people is an [`outbox::Outlet`]'s business.

pub mod access;
pub mod actor;
pub mod book;
pub mod chat;
pub mod command;
pub mod document;
pub mod note;
pub mod notification;
pub mod outbox;
pub mod presence;
pub mod state;
pub mod tick;
pub mod typing;
pub mod writer;
