//! What server and browser both compile: pages, features and their models.
//!
//! No file here asks whether it runs on the server or in the browser by a cargo feature. What differs is handed in by
//! context from the two edges: a [`backend::Backend`] by the server, a [`link::Link`] by the browser.

pub mod access;
pub mod backend;
pub mod canvas;
pub mod changing;
pub mod chat;
pub mod clipboard;
pub mod clock;
pub mod connection;
pub mod cursor;
pub mod document;
pub mod drawn;
pub mod header;
pub mod icon;
pub mod identity;
pub mod link;
pub mod log;
pub mod note;
pub mod notification;
pub mod pages;
pub mod panel;
pub mod presence;
pub mod session;
pub mod shell;
pub mod tape;
pub mod theme;
pub mod typing;
pub mod unsent;
