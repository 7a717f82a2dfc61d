//! Stories: what people, programs and vandals do, over real sockets against a real server on a free port.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod access;
mod auth;
mod chaos;
mod chat;
mod connect;
mod cursor;
mod document;
mod drain;
mod enter;
mod file;
mod limits;
mod note;
mod presence;
mod revocation;
mod secrets;
mod security;
mod shard;
mod stage;
mod stall;
mod stalled;
mod typing;
mod vandal;
mod web;
