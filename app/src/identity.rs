//! Identity: what I am called and how I am coloured.

pub mod model;
pub mod view;
