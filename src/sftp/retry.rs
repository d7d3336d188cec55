//! Doing it again: after what may pass, with pauses that double, unless somebody asked to stop.

use std::time::Duration;

use backon::{BlockingRetryable, ExponentialBuilder};

use super::Surroundings;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long a wait may not notice that somebody asked to stop.
pub const LONGEST_NAP: Duration = Duration::from_millis(100);

/// Attempts it once, and again as often as `retries` says while its error is one that `passes`.
pub fn retrying<T, E>(
    retries: u8,
    here: &Surroundings<'_>,
    passes: impl Fn(&E) -> bool,
    attempt: impl FnMut() -> Result<T, E>,
) -> Result<T, E> {
    let pauses = ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(retries.into());
    attempt.retry(pauses).when(|error| passes(error) && !(here.stopped)()).call()
}
