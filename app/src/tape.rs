//! The telemetry tape: how the system itself is doing, as this page sees it.

pub mod meter;
pub mod model;
pub mod view;
