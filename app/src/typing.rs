//! Typing: who is writing something in the chat just now.

pub mod model;
pub mod view;
