//! The stages of a run, in the order of the flow. A stage knows the model and what stands above it here.

pub mod decrypt;
pub mod fetch;
pub mod map;
pub mod normalize;
pub mod publish;
pub mod read;
pub mod resolve;
pub mod validate;
