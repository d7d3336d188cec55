//! (placeholder, replaced by its owner)

pub mod guards;
