//! The glossary: Oracle's words, one type each. Every stage knows this module; it knows none of them.

pub mod attribute;
pub mod code;
pub mod date;
pub mod kind;
pub mod secret;
