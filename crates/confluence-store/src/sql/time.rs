//! Times as the database keeps them: to the microsecond.

use jiff::Timestamp;

/// Microseconds since 1970.
pub(super) fn to_micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// The time, or the nearest that can be told.
pub(super) fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}
