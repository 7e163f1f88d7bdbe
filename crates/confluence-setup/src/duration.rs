//! Durations as people write them: `90s`, `2m`, `1m30s`, `500ms`.

use std::time::Duration;

/// The longest deadline: beyond it, a client has given up long ago.
pub(crate) const LONGEST: Duration = Duration::from_hours(1);

/// The shortest deadline: below it, no call over a network succeeds.
pub(crate) const SHORTEST: Duration = Duration::from_millis(100);

/// Why a text is not a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDuration {
    /// It is not a duration.
    #[error("expected a duration such as `90s`, `2m` or `500ms`")]
    NotADuration,
    /// It is out of bounds.
    #[error("expected a duration from 100ms to 1h")]
    OutOfBounds,
}

/// Reads a deadline; a number alone is seconds.
///
/// # Errors
///
/// See [`InvalidDuration`].
pub fn parse(text: &str) -> Result<Duration, InvalidDuration> {
    let text = text.trim();
    let mut rest = text;
    let mut sum = Duration::ZERO;
    if rest.is_empty() {
        return Err(InvalidDuration::NotADuration);
    }
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let milliseconds: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            // Only as a whole: `1m30` may mean anything.
            "" if number.len() == text.len() => 1_000,
            _ => return Err(InvalidDuration::NotADuration),
        };
        if number.is_empty() {
            return Err(InvalidDuration::NotADuration);
        }
        // Digits alone fail only by being too many.
        let number: u64 = number.parse().map_err(|_too_many| InvalidDuration::OutOfBounds)?;
        let part = number.checked_mul(milliseconds).map(Duration::from_millis);
        sum = part.and_then(|it| sum.checked_add(it)).ok_or(InvalidDuration::OutOfBounds)?;
        rest = after;
    }
    if (SHORTEST..=LONGEST).contains(&sum) { Ok(sum) } else { Err(InvalidDuration::OutOfBounds) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{InvalidDuration, parse};

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for text in ["", " ", "s", "-5s", "5 s", "1m30", "1.5m", "5d", "5M", "five", "5s5", "５s"]
        {
            assert_eq!(parse(text), Err(InvalidDuration::NotADuration), "{text}");
        }
    }

    #[test]
    fn what_no_call_can_use_is_refused() {
        for text in
            ["0", "0s", "99ms", "61m", "2h", "99999999999999999999s", "18446744073709551615h"]
        {
            assert_eq!(parse(text), Err(InvalidDuration::OutOfBounds), "{text}");
        }
    }

    #[test]
    fn units_add_up() {
        assert_eq!(parse("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse(" 90 "), Ok(Duration::from_secs(90)));
        assert_eq!(parse("2m"), Ok(Duration::from_mins(2)));
        assert_eq!(parse("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse("1s500ms"), Ok(Duration::from_millis(1_500)));
        assert_eq!(parse("1h"), Ok(Duration::from_hours(1)));
    }
}
