//! The glossary: Oracle's words, one type each. Every stage knows this module; it knows none of them.

pub mod attribute;
pub mod buckets;
pub mod cells;
pub mod charset;
pub mod code;
pub mod date;
pub mod finding;
pub mod flag;
pub mod kind;
pub mod layout;
pub mod range;
pub mod row;
pub mod secret;
pub mod shape;
pub mod worker;
