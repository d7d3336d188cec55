//! The stages of a run, in the order of the flow. A stage knows the model and what stands above it here.

pub mod fetch;
pub mod decrypt;
pub mod read;
pub mod normalize;
pub mod resolve;
pub mod validate;
pub mod map;
pub mod publish;
