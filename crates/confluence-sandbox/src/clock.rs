//! The time as the sandbox sees it: the system's, one ahead of it, or one that only tests move.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;

/// Where the sandbox reads the time from.
///
/// Clones of a clock that can be moved share one time, so a test keeps a clone and moves it.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A clock that stands still until it is moved; milliseconds since 1970.
    Manual(Arc<AtomicI64>),
    /// The system's clock, moved forward; milliseconds that it is ahead.
    Ahead(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start` until it is moved.
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.as_millisecond())))
    }

    /// A clock that goes with the system's, and can be moved forward.
    pub fn ahead() -> Self {
        Self::Ahead(Arc::new(AtomicI64::new(0)))
    }

    /// The present moment, to the millisecond, which is all that Confluence ever shows.
    pub fn now(&self) -> Timestamp {
        let milliseconds = match self {
            Self::System => Timestamp::now().as_millisecond(),
            Self::Manual(at) => at.load(Ordering::Relaxed),
            Self::Ahead(by) => {
                Timestamp::now().as_millisecond().saturating_add(by.load(Ordering::Relaxed))
            }
        };
        Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
    }

    /// Moves a clock forward that can be moved; the system's clock does not care.
    ///
    /// Gives back whether it has moved.
    pub fn advance(&self, by: Duration) -> bool {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        match self {
            Self::System => false,
            Self::Manual(at) | Self::Ahead(at) => {
                at.fetch_add(by, Ordering::Relaxed);
                true
            }
        }
    }
}

/// `later` after `at`, at the end of time at most.
pub(crate) fn after(at: Timestamp, later: Duration) -> Timestamp {
    i64::try_from(later.as_millis())
        .ok()
        .and_then(|it| at.as_millisecond().checked_add(it))
        .and_then(|it| Timestamp::from_millisecond(it).ok())
        .unwrap_or(Timestamp::MAX)
}

/// A moment as Confluence writes it: `2026-07-03T13:48:15.974Z`.
pub(crate) fn iso(at: Timestamp) -> String {
    format!("{at:.3}")
}
