//! How much is measured.

use std::time::Duration;

/// How often and how long everything is done.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Processes started for each kind of start.
    pub(crate) starts: usize,
    /// Turns that each target gets for each load.
    pub(crate) rounds: usize,
    /// How long one turn lasts.
    pub(crate) turn: Duration,
    /// Calls in flight; empty where speed is not measured.
    pub(crate) in_flight: &'static [usize],
    /// Calls of the run that shows whether memory stays flat.
    pub(crate) endurance_calls: u64,
    /// Whether the document is written.
    pub(crate) writes_document: bool,
}

impl Plan {
    /// Everything, in a quarter of an hour.
    pub(crate) fn full() -> Self {
        Self {
            starts: 60,
            rounds: 5,
            turn: Duration::from_millis(1500),
            in_flight: &[1, 16, 64],
            endurance_calls: 1_000_000,
            writes_document: true,
        }
    }

    /// Enough to see a change, in two minutes.
    pub(crate) fn quick() -> Self {
        Self {
            starts: 15,
            rounds: 2,
            turn: Duration::from_millis(500),
            in_flight: &[1, 16, 64],
            endurance_calls: 50_000,
            writes_document: false,
        }
    }

    /// Only what does not depend on the machine's speed.
    pub(crate) fn check() -> Self {
        Self {
            starts: 1,
            rounds: 0,
            turn: Duration::ZERO,
            in_flight: &[],
            endurance_calls: 50_000,
            writes_document: false,
        }
    }
}
