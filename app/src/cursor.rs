//! Cursors: where the others point, and where I do.

pub mod pointer;
pub mod sky;
mod track;
