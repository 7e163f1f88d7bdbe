//! Rate limits: points per hour for OAuth apps, and a burst limit for everybody.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

use crate::clock;

/// Which limits are on; none of them by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RateLimits {
    /// Points per hour, counted for access tokens only: traffic of API tokens is free.
    pub quota: Option<Quota>,
    /// Requests in a short time, counted for everybody.
    pub burst: Option<Burst>,
}

/// A budget of points that starts anew with every hour of UTC.
///
/// A request costs one point and one more for each object it returns, two for a person; a
/// write costs one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Points per hour.
    pub points: u64,
    /// Whether exceeding it is answered with 429; if not, headers with `Beta-` only warn.
    pub enforced: bool,
}

/// A limit on requests in a short time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// Requests let through in that time.
    pub requests: u64,
    /// The time.
    pub per: Duration,
}

/// Name of the quota's policy in the structured headers.
const POLICY: &str = "global-app-quota";

/// Seconds in the window of the quota.
const HOUR: i64 = 3600;

/// What has been used up so far.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    hour: i64,
    points: u64,
    burst_start: i64,
    burst_requests: u64,
}

/// What a limit says about a request.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) refused: bool,
    pub(crate) headers: HeaderMap,
}

impl Meter {
    /// Starts over, as if an hour had begun.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Whether a request may pass.
    pub(crate) fn admit(&mut self, limits: &RateLimits, metered: bool, now: Timestamp) -> Verdict {
        if let Some(burst) = limits.burst {
            let window = i64::try_from(burst.per.as_millis()).unwrap_or(i64::MAX).max(1);
            if now.as_millisecond() >= self.burst_start.saturating_add(window) {
                self.burst_start = now.as_millisecond();
                self.burst_requests = 0;
            }
            if self.burst_requests >= burst.requests {
                let reset = at(self.burst_start.saturating_add(window));
                return refusal(burst.requests, reset, now, "confluence-burst-based");
            }
            self.burst_requests += 1;
        }
        if let (Some(quota), true) = (limits.quota, metered) {
            self.roll(now);
            if quota.enforced && self.points >= quota.points {
                return refusal(
                    quota.points,
                    self.reset_at(),
                    now,
                    "confluence-quota-global-based",
                );
            }
        }
        Verdict::default()
    }

    /// Books the points of an answer and gives the headers that go with it.
    pub(crate) fn book(
        &mut self,
        limits: &RateLimits,
        metered: bool,
        points: u64,
        now: Timestamp,
    ) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let (Some(quota), true) = (limits.quota, metered) else { return headers };
        self.roll(now);
        self.points = self.points.saturating_add(points);
        let left = quota.points.saturating_sub(self.points);
        let near = left.saturating_mul(5) < quota.points;
        set(&mut headers, "x-ratelimit-limit", &quota.points.to_string());
        set(&mut headers, "x-ratelimit-remaining", &left.to_string());
        set(&mut headers, "x-ratelimit-reset", &clock::iso(self.reset_at()));
        if near {
            set(&mut headers, "x-ratelimit-nearlimit", "true");
        }
        let (policy, state) = if quota.enforced {
            ("ratelimit-policy", "ratelimit")
        } else {
            ("beta-ratelimit-policy", "beta-ratelimit")
        };
        set(&mut headers, policy, &format!("\"{POLICY}\";q={};w={HOUR}", quota.points));
        let seconds = seconds_between(now, self.reset_at());
        let remaining = if near { format!("r={left};") } else { String::new() };
        set(&mut headers, state, &format!("\"{POLICY}\";{remaining}t={seconds}"));
        headers
    }

    fn roll(&mut self, now: Timestamp) {
        let hour = now.as_second().div_euclid(HOUR);
        if hour != self.hour {
            self.hour = hour;
            self.points = 0;
        }
    }

    fn reset_at(&self) -> Timestamp {
        at(self.hour.saturating_add(1).saturating_mul(HOUR).saturating_mul(1000))
    }
}

fn refusal(limit: u64, reset: Timestamp, now: Timestamp, reason: &str) -> Verdict {
    let mut headers = HeaderMap::new();
    set(&mut headers, "retry-after", &seconds_between(now, reset).to_string());
    set(&mut headers, "x-ratelimit-limit", &limit.to_string());
    set(&mut headers, "x-ratelimit-remaining", "0");
    set(&mut headers, "x-ratelimit-reset", &clock::iso(reset));
    set(&mut headers, "x-ratelimit-nearlimit", "true");
    set(&mut headers, "ratelimit-reason", reason);
    Verdict { refused: true, headers }
}

fn at(millisecond: i64) -> Timestamp {
    Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::MAX)
}

/// Whole seconds to wait, rounded up, one at least.
fn seconds_between(now: Timestamp, later: Timestamp) -> i64 {
    let milliseconds = later.as_millisecond().saturating_sub(now.as_millisecond());
    milliseconds.saturating_add(999).div_euclid(1000).max(1)
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
