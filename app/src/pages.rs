//! The pages, one file each.

pub mod about;
pub mod lobby;
pub mod missing;
pub mod room;
