//! What came of a load: how many calls, how long each took, and what they cost whom.

use std::time::Duration;

use anyhow::Result;
use hdrhistogram::Histogram;

/// Precision of latencies, in decimal digits.
const DIGITS: u8 = 3;

/// The longest latency that is told from longer ones, in nanoseconds: an hour.
const LONGEST: u64 = 3_600_000_000_000;

/// The durations of calls.
#[derive(Debug, Clone)]
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    /// None yet.
    ///
    /// # Errors
    ///
    /// Never with the bounds used here.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, LONGEST, DIGITS)?))
    }

    pub(crate) fn record(&mut self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.0.saturating_record(nanoseconds.max(1));
    }

    /// Adds those of another.
    ///
    /// # Errors
    ///
    /// Never, as all have the same bounds.
    pub(crate) fn add(&mut self, other: &Self) -> Result<()> {
        Ok(self.0.add(&other.0)?)
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// The duration that this part of the calls, from 0 to 1, did not exceed.
    pub(crate) fn quantile(&self, part: f64) -> Duration {
        Duration::from_nanos(self.0.value_at_quantile(part))
    }
}

/// One turn of load on one target.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub(crate) latencies: Latencies,
    pub(crate) elapsed: Duration,
    /// All calls, those that warmed up included.
    pub(crate) calls: u64,
    /// Processor time of the server, in milliseconds.
    pub(crate) server: u64,
    /// Processor time of the sandbox, in milliseconds.
    pub(crate) sandbox: u64,
    /// Processor time of the load, in milliseconds.
    pub(crate) load: u64,
}

impl Turn {
    pub(crate) fn calls_per_second(&self) -> f64 {
        real(self.latencies.count()) / self.elapsed.as_secs_f64()
    }
}

/// The middle one; the upper of two.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// As a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^52")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_come_from_all_calls() {
        let mut all = Latencies::new().unwrap();
        for part in [1..=50_u64, 51..=100] {
            let mut latencies = Latencies::new().unwrap();
            part.for_each(|it| latencies.record(Duration::from_micros(it)));
            all.add(&latencies).unwrap();
        }
        assert_eq!(all.count(), 100);
        let half = all.quantile(0.5).as_nanos();
        assert!((50_000..50_100).contains(&half), "{half}");
    }

    #[test]
    fn the_median_is_a_value_that_was_there() {
        assert!((median([3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median([1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!(median([]).abs() < f64::EPSILON);
    }
}
