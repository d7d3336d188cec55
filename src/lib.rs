//! From Oracle Fusion HCM's extracts to the user file that another system imports.

pub mod model;
pub mod openpgp;
pub mod pipeline;
pub mod progress;
pub mod report;
pub mod run;
pub mod sample;
pub mod stages;
pub mod targets;
