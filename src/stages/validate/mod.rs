//! Validate: what is wrong with the people who are to be emitted (`resolution.md` sections 8 and 10), whether anything
//! was lost (rule 27), and whether the outcome may be published at all (guards).

pub mod attributes;
pub mod balance;
pub mod guards;
#[cfg(test)]
mod tests;
pub mod uniqueness;
