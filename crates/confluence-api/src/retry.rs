//! Whether to send again, and when: decided here as a pure function, slept in `client.rs`.

use std::time::Duration;

use http::{Method, StatusCode};

use crate::transport::TransportErrorKind;

/// How often one call is sent at most. Atlassian advises about four attempts.
pub(crate) const MAX_ATTEMPTS: u32 = 4;

/// First pause without `Retry-After`; it doubles with each attempt.
const BASE: Duration = Duration::from_millis(400);

/// The longest pause that the server did not ask for.
const MAX_PAUSE: Duration = Duration::from_secs(8);

/// How an attempt failed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Failure {
    /// The server refused, and may have said how long to wait.
    Answer(StatusCode, Option<Duration>),
    /// No answer came.
    Transport(TransportErrorKind),
}

/// The pause before the next attempt, or `None` to report the failure.
///
/// `attempt` counts from one; `jitter` is uniform in 0..1.
pub(crate) fn pause(
    method: &Method,
    failure: Failure,
    attempt: u32,
    jitter: f64,
) -> Option<Duration> {
    if attempt >= MAX_ATTEMPTS || !may_repeat(method, failure) {
        return None;
    }
    let backoff = (BASE * 2_u32.pow(attempt - 1)).min(MAX_PAUSE);
    match failure {
        // Jitter is added, never taken away: the server's figure is a minimum.
        Failure::Answer(_, Some(asked)) => Some(asked + BASE.mul_f64(jitter)),
        Failure::Answer(_, None) | Failure::Transport(_) => Some(backoff.mul_f64(0.5 + jitter)),
    }
}

fn may_repeat(method: &Method, failure: Failure) -> bool {
    let read = *method == Method::GET;
    match failure {
        // The server has not acted: a 429 is given before a request is handled.
        Failure::Answer(StatusCode::TOO_MANY_REQUESTS, _)
        | Failure::Transport(TransportErrorKind::Connect) => true,
        // These come from whatever is in between.
        Failure::Answer(status, _) => {
            read && matches!(
                status,
                StatusCode::BAD_GATEWAY
                    | StatusCode::SERVICE_UNAVAILABLE
                    | StatusCode::GATEWAY_TIMEOUT
            )
        }
        Failure::Transport(TransportErrorKind::Interrupted) => read,
        Failure::Transport(TransportErrorKind::Setup | TransportErrorKind::TooLarge { .. }) => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, pause};
    use crate::transport::TransportErrorKind::{Connect, Interrupted, Setup, TooLarge};
    use http::{Method, StatusCode};
    use std::time::Duration;

    #[track_caller]
    fn check(method: &Method, failure: Failure, repeated: bool) {
        assert_eq!(pause(method, failure, 1, 0.5).is_some(), repeated, "{method} {failure:?}");
    }

    fn answer(status: u16) -> Failure {
        Failure::Answer(StatusCode::from_u16(status).unwrap(), None)
    }

    #[test]
    fn reads_are_repeated_when_something_in_between_failed() {
        for status in [429, 502, 503, 504] {
            check(&Method::GET, answer(status), true);
        }
        for status in [301, 400, 401, 403, 404, 409, 410, 413, 500, 501] {
            check(&Method::GET, answer(status), false);
        }
        check(&Method::GET, Failure::Transport(Connect), true);
        check(&Method::GET, Failure::Transport(Interrupted), true);
        check(&Method::GET, Failure::Transport(Setup), false);
        check(&Method::GET, Failure::Transport(TooLarge { limit: 1 }), false);
    }

    #[test]
    fn writes_are_repeated_only_when_the_server_cannot_have_acted() {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            check(&method, answer(429), true);
            check(&method, Failure::Transport(Connect), true);
            check(&method, Failure::Transport(Interrupted), false);
            for status in [500, 502, 503, 504] {
                check(&method, answer(status), false);
            }
        }
    }

    #[test]
    fn four_attempts_are_enough() {
        assert!(pause(&Method::GET, answer(503), 3, 0.0).is_some());
        assert!(pause(&Method::GET, answer(503), 4, 0.0).is_none());
    }

    #[test]
    fn the_servers_figure_is_a_minimum() {
        let asked = Duration::from_secs(7);
        let failure = Failure::Answer(StatusCode::TOO_MANY_REQUESTS, Some(asked));
        assert_eq!(pause(&Method::GET, failure, 1, 0.0), Some(asked));
        assert!(pause(&Method::GET, failure, 1, 0.9) > Some(asked));
    }

    #[test]
    fn pauses_grow_and_are_jittered() {
        let at = |attempt, jitter| pause(&Method::GET, answer(503), attempt, jitter).unwrap();
        assert!(at(1, 0.0) < at(1, 0.9));
        assert!(at(1, 0.5) < at(2, 0.5) && at(2, 0.5) < at(3, 0.5));
    }
}
