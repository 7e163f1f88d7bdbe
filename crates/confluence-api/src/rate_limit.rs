//! What Confluence says about how fast it wants to be asked, and how we keep to it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::{HeaderMap, header};
use jiff::Timestamp;
use tokio::time::Instant;

/// The rate-limit headers of one answer.
///
/// Source: Atlassian's rate-limit documentation (points quota, `Beta-` headers) of October 2026.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RateLimit {
    /// Points or requests in the window (`X-RateLimit-Limit`).
    pub limit: Option<u64>,
    /// What is left of them (`X-RateLimit-Remaining`).
    pub remaining: Option<u64>,
    /// When the window ends (`X-RateLimit-Reset`, ISO 8601).
    pub reset: Option<Timestamp>,
    /// Whether less than a fifth is left (`X-RateLimit-NearLimit`).
    pub near_limit: bool,
    /// Which quota ran out (`RateLimit-Reason`): an opaque word.
    pub reason: Option<String>,
}

impl RateLimit {
    /// Reads the headers; `None` if there are none.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
        let (beta_remaining, beta_reset) = text("beta-ratelimit").map_or((None, None), structured);
        let beta_limit = text("beta-ratelimit-policy").and_then(|it| parameter(it, "q"));
        let rate = Self {
            limit: text("x-ratelimit-limit").and_then(|it| it.parse().ok()).or(beta_limit),
            remaining: text("x-ratelimit-remaining")
                .and_then(|it| it.parse().ok())
                .or(beta_remaining),
            reset: text("x-ratelimit-reset").and_then(timestamp).or_else(|| {
                let seconds = i64::try_from(beta_reset?).ok()?;
                Timestamp::now().checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
            }),
            near_limit: text("x-ratelimit-nearlimit")
                .is_some_and(|it| it.eq_ignore_ascii_case("true")),
            reason: text("ratelimit-reason").map(str::to_owned),
        };
        (rate != Self::default()).then_some(rate)
    }

    /// How long to leave between requests so that the rest of the quota lasts until the reset, and
    /// how far off that is.
    fn spacing(&self, now: Timestamp) -> Option<(Duration, Duration)> {
        let scarce = self.near_limit
            || self.limit.zip(self.remaining).is_some_and(|(all, left)| left < all / 5);
        if !scarce {
            return None;
        }
        let left = u32::try_from(self.remaining.unwrap_or(0).min(10_000)).unwrap_or(10_000);
        let window = Duration::try_from(self.reset?.duration_since(now)).ok()?;
        Some(((window / (left + 1)).min(MAX_SPACING), window.min(MAX_PAUSE)))
    }
}

/// The longest pause that we choose ourselves; a longer one has to be asked for by the server.
const MAX_SPACING: Duration = Duration::from_secs(2);

/// The longest pause that one answer can cause: Atlassian's quotas start anew each hour.
const MAX_PAUSE: Duration = Duration::from_hours(1);

/// Reads an ISO 8601 time as Atlassian writes it: also without seconds (`2026-11-23T10:00Z`).
fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let minutes = text.strip_suffix('Z')?;
        format!("{minutes}:00Z").parse().ok()
    })
}

/// Remaining points and seconds to the reset of the scarcest entry of a `RateLimit` header.
fn structured(header: &str) -> (Option<u64>, Option<u64>) {
    let entries = header.split(',').map(|it| (parameter(it, "r"), parameter(it, "t")));
    entries.min_by_key(|(remaining, _)| remaining.unwrap_or(u64::MAX)).unwrap_or_default()
}

fn parameter(entry: &str, name: &str) -> Option<u64> {
    let pairs = entry.split([';', ',']).filter_map(|it| it.trim().split_once('='));
    pairs.filter(|(key, _)| *key == name).find_map(|(_, value)| value.parse().ok())
}

/// Reads `Retry-After`: seconds, or a date.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Duration::try_from(date.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO))
}

/// Keeps the requests of one or more clients within what the server allows.
///
/// Share one between the clients that share a quota: Atlassian counts all users of an OAuth
/// client together.
#[derive(Debug, Default)]
pub struct Pacer {
    state: Mutex<Pace>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Pace {
    /// No request before this.
    not_before: Option<Instant>,
    /// Time between requests while the quota is scarce, and when that ends.
    spacing: Option<(Duration, Instant)>,
}

impl Pacer {
    /// Reserves the next slot; returns when it begins.
    ///
    /// A slot after `deadline` is not taken: its time is returned as the error.
    pub(crate) fn reserve(&self, now: Instant, deadline: Instant) -> Result<Instant, Duration> {
        let mut pace = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let start = pace.not_before.map_or(now, |it| it.max(now));
        if start >= deadline {
            return Err(start - now);
        }
        // Later answers may say nothing about the quota, so the end has to be known now.
        let spacing = pace.spacing.filter(|(_, end)| start < *end);
        let pause = spacing.map_or(Duration::ZERO, |(spacing, _)| spacing);
        pace.not_before = Some(start + pause);
        Ok(start)
    }

    /// Takes in what an answer says about the quota.
    pub(crate) fn observe(&self, rate: Option<&RateLimit>, now: Instant) {
        let spacing = rate.and_then(|it| it.spacing(Timestamp::now()));
        let spacing = spacing.map(|(spacing, window)| (spacing, now + window));
        let mut pace = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if spacing.is_some() && pace.spacing.is_none() {
            tracing::warn!(spacing_ms = ?spacing.map(|it| it.0.as_millis()), "rate limit is near, slowing down");
        }
        if rate.is_some() {
            pace.spacing = spacing;
            if let Some((spacing, _)) = spacing {
                pace.not_before = pace.not_before.max(Some(now + spacing));
            }
        }
    }

    /// Stops all requests for as long as a 429 asked.
    pub(crate) fn pause(&self, wait: Duration, now: Instant) {
        let wait = wait.min(MAX_PAUSE);
        let mut pace = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        pace.not_before = pace.not_before.max(Some(now + wait));
    }
}

#[cfg(test)]
mod tests;
