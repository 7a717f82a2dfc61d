//! What server and browser both compile: pages, features and their models.
//!
//! No file here asks whether it runs on the server or in the browser by a cargo feature. What differs is handed in by
//! context from the two edges: a [`backend::Backend`] by the server, a [`link::Link`] by the browser.

pub mod backend;
pub mod link;
