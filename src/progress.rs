//! How a run tells what it is doing, without knowing who listens. The binary draws bars on a terminal and
//! writes a line per stage elsewhere; tests listen to nothing.

/// The listener of one run. Stages call it; none of them prints.
pub trait Progress: Sync {
    /// A stage begins; `total` is its size in `unit` ("bytes", "rows", "persons") where it is known.
    fn begin(&self, stage: &'static str, unit: &'static str, total: Option<u64>);
    /// The stage has done `amount` more of its unit. Called from any thread.
    fn advance(&self, amount: u64);
    /// The stage is done; `summary` is one sentence without personal values.
    fn end(&self, summary: &str);
}

/// Nobody listens.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &'static str, _: &'static str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn end(&self, _: &str) {}
}
